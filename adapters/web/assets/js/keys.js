// Single keys, never where one types or with another key held; they can be switched off.

import { openDialog } from "./dialogs.js";
import { fromTemplate } from "./html.js";
import { closePanel, go, openOrder } from "./navigation.js";
import { find } from "./regions.js";
import { linkOf, rows } from "./rows.js";
import { shopPath } from "./words.js";

const OFF = "single-keys-off";
const SECOND_KEY_MS = 1000;
let isAfterG = false;

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  c: () => find("panel")?.querySelector("[data-copy]")?.click(),
  "/": () => document.querySelector("form[role='search'] input[type='search']")?.focus(),
  "?": showKeys,
  g: waitForSecond,
};
const AFTER_G = {
  a: () => go(`${shopPath()}/orders?tab=attention`),
  o: () => go(`${shopPath()}/orders`),
};

function move(by) {
  const all = rows();
  const from = document.activeElement.closest("tr[data-order]");
  const at = from ? all.indexOf(from) : all.findIndex((row) => row.dataset.order === openOrder());
  const row = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  linkOf(row)?.focus();
}

function waitForSecond() {
  isAfterG = true;
  window.setTimeout(() => (isAfterG = false), SECOND_KEY_MS);
}

function showKeys() {
  openDialog(fromTemplate("keys"));
  const box = document.querySelector("dialog [data-single-keys]");
  box.checked = areOn();
}

const areOn = () => localStorage.getItem(OFF) === null;

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isElsewhere(event.target)) return;
  if (event.key === "Escape") return closePanel();
  if (!areOn()) return;
  const act = (isAfterG && AFTER_G[event.key]) || ACTIONS[event.key];
  isAfterG = false;
  if (!act) return;
  event.preventDefault();
  act();
}

function isElsewhere(target) {
  const isTyping = target.closest?.("input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable]");
  return isTyping || document.querySelector("dialog[open], :popover-open, .side details[open]");
}

export function start() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) showKeys();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-single-keys]")) return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "");
  });
}
