// The rows of a list: each has one link, and the whole row opens it.

import { go, openOrder } from "./navigation.js";

const CONTROLS = "a, button, input, label, select, summary";

export const rows = () => [...document.querySelectorAll("tr[data-order]")];

export const rowOf = (id) => document.querySelector(`tr[data-order="${id}"]`);

export const linkOf = (row) => row?.querySelector('a[href*="/orders/"]') ?? null;

export function markOpenRow() {
  const id = openOrder();
  for (const row of rows()) {
    if (row.dataset.order === id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function openRow(event) {
  const row = event.target.closest("tr[data-order]");
  if (!row || event.defaultPrevented || event.target.closest(CONTROLS)) return;
  if (!window.getSelection().isCollapsed) return;
  const { ctrlKey, metaKey, shiftKey } = event;
  const click = { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey };
  linkOf(row)?.dispatchEvent(new MouseEvent("click", click));
}

function openNeighbour(button) {
  const at = rows().findIndex((row) => row.dataset.order === openOrder());
  const link = at < 0 ? null : linkOf(rows()[at + Number(button.dataset.step)]);
  if (link) go(link.href, { info: { focus: `[data-step="${button.dataset.step}"]` } });
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) openNeighbour(button);
    else openRow(event);
  });
}
