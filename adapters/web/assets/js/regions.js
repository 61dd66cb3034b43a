// Parts of the page: asking the server for one, and putting it in place of what is shown.
// The rule to know: what is shown stays until its successor is here; then `placed` is told.

import { fromTemplate, parse } from "./html.js";
import { openOrder } from "./navigation.js";
import { markOpenRow } from "./rows.js";

/** What tells an element from others; a button that sends needs its value as well. */
const NAMING = ["id", "name", "value", "data-focus", "data-step", "data-copy", "popovertarget", "href"];

export const find = (name) => document.querySelector(`[data-region="${name}"]`);

/** Asks for a region; null when the page is being left, because nobody is signed in any more. */
export async function ask(url, region, options = {}) {
  const headers = { "X-Region": region, ...options.headers };
  const answer = await fetch(url, { ...options, headers });
  if (answer.status !== 401) return answer;
  window.location.reload();
  return null;
}

export async function contentOf(answer) {
  return parse(await answer.text());
}

/** Puts content in place; what had the focus gets it again if it is there again. */
export function place(element, content) {
  const focused = selectorOf(element);
  element.replaceChildren(content);
  element.removeAttribute("aria-busy");
  markOpenRow();
  if (focused) refocus(element.querySelector(focused));
  element.dispatchEvent(new CustomEvent("placed", { bubbles: true }));
}

/** Puts an order's panel in place; of the same order, where one reads and works stays, but its past begins at the top. */
export function placePanel(content) {
  const panel = find("panel") ?? addPanel();
  const order = openOrder() ?? "";
  const isSame = panel.dataset.order === order;
  const entersPast = !panel.querySelector(".past") && content.querySelector(".past");
  const scrolled = panel.querySelector(".panel-body")?.scrollTop ?? 0;
  const unfolded = isSame ? folds(panel).map((fold) => fold.open) : [];
  panel.dataset.order = order;
  place(panel, content);
  const body = panel.querySelector(".panel-body");
  if (isSame && body && !entersPast) body.scrollTop = scrolled;
  folds(panel).forEach((fold, n) => (fold.open ||= unfolded[n] ?? false));
  return panel;
}

const folds = (panel) => [...panel.querySelectorAll("details")];

/** Names the focused element so that it can be found in new content. */
function selectorOf(element) {
  const focused = document.activeElement;
  if (element === focused || !element.contains(focused)) return null;
  const names = NAMING.filter((name) => focused.getAttribute(name)).slice(0, focused.type === "submit" ? 2 : 1);
  const parts = names.map((name) => `[${name}="${CSS.escape(focused.getAttribute(name))}"]`);
  return parts.length ? `${focused.localName}${parts.join("")}:not([type="hidden"])` : null;
}

function refocus(element) {
  element?.focus({ preventScroll: true });
  if (element?.type === "search") element.setSelectionRange(element.value.length, element.value.length);
}

function addPanel() {
  const panel = document.createElement("div");
  panel.className = "panel-region";
  panel.dataset.region = "panel";
  find("work").append(panel);
  return panel;
}

export function showUnloaded(element) {
  place(element, fromTemplate("unloaded"));
}

/** Asks for the rows of the list again. */
export async function reloadResults() {
  const results = find("results");
  if (!results) return;
  const list = new URL(window.location.href);
  list.pathname = list.pathname.replace(/\/orders\/.*$/, "/orders");
  const answer = await ask(list, "results").catch(() => null);
  if (answer?.ok && results.isConnected) placeResults(await contentOf(answer));
}

/** Puts the rows of the same list in place: one stays where one has scrolled to, and boxes ticked. */
export function placeResults(content) {
  const results = find("results");
  const scrolled = results.querySelector(".scroller")?.scrollTop ?? 0;
  const ticked = [...results.querySelectorAll("tbody input:checked")].map((box) => box.value);
  place(results, content);
  const scroller = results.querySelector(".scroller");
  if (scroller) scroller.scrollTop = scrolled;
  for (const box of results.querySelectorAll("tbody input[type='checkbox']")) {
    if (ticked.includes(box.value)) box.click();
  }
}
