// What changes while one looks: the counter, the rows shown, the open order, how many are new.
// The rule to know: nothing moves under the pointer; what is new waits behind a bar.

import { listen } from "./feed.js";
import { openOrder } from "./navigation.js";
import { ask, contentOf, find, placePanel, reloadResults } from "./regions.js";
import { announce } from "./said.js";
import { rowOf, rows } from "./rows.js";
import { counted, shopPath, word } from "./words.js";

const GATHER_MS = 300;
const WAIT_MS = 2000;
const moved = new Set();
const isNew = new Set();
let panelsAsked = 0;
let gathering = 0;
let count = null;
let state = "";

const HEARD = {
  attention: (data) => showCount(data.count),
  state: (data) => showState((state = data)),
  order: (data) => gather(data.order_id),
  orders: () => renew(),
  missed: () => renew(),
};

function renew() {
  reloadResults();
  refreshPanel();
}

function showCount(n) {
  const hasChanged = count !== null && count !== n;
  count = n;
  for (const counter of document.querySelectorAll("[data-attention]")) writeCount(counter, n);
  document.title = `${n ? `(${n}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
  if (hasChanged) announce(n ? counted("attention", n) : word("attentionNone"));
}

function writeCount(counter, n) {
  const number = [...counter.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && /\d/.test(node.data));
  if (number) number.data = String(n);
  counter.hidden = n === 0;
}

function showState(shown) {
  for (const light of document.querySelectorAll("[data-live]")) {
    light.dataset.state = shown;
    if (light.textContent !== word(shown)) light.textContent = word(shown);
  }
}

function gather(id) {
  moved.add(id);
  gathering ||= window.setTimeout(() => {
    gathering = 0;
    const ids = [...moved];
    moved.clear();
    if (ids.includes(openOrder())) refreshPanel();
    if (find("results")) patch(ids);
  }, GATHER_MS);
}

/** Reads these rows again: shown ones are put in place, those above the first are counted. */
async function patch(ids) {
  const bar = document.querySelector("[data-new-orders]");
  const isFirst = bar?.dataset.isFirst === "true" || rows().length === 0;
  const wanted = isFirst ? ids : ids.filter(rowOf);
  if (!wanted.length) return;
  const url = new URL(`${shopPath()}/orders/rows${window.location.search}`, window.location.href);
  for (const id of wanted) url.searchParams.append("id", id);
  const answer = await ask(url, "results").catch(() => null);
  if (!answer?.ok) return;
  const content = await contentOf(answer);
  for (const row of content.querySelectorAll("tr[data-order]")) take(row);
  if (!bar && isNew.size) return reloadResults();
  if (bar && isNew.size) showNew(bar);
}

function take(row) {
  const shown = rowOf(row.dataset.order);
  if (!shown) return void (isNewHere(row) && isNew.add(row.dataset.order));
  if (shown.dataset.version && Number(row.dataset.version) < Number(shown.dataset.version)) return;
  const focused = shown.contains(document.activeElement) ? document.activeElement : null;
  const at = [...shown.querySelectorAll("a, button, input")].indexOf(focused);
  const box = row.querySelector("input[type='checkbox']");
  if (box) box.checked = shown.querySelector("input[type='checkbox']")?.checked ?? false;
  if (shown.hasAttribute("aria-current")) row.setAttribute("aria-current", "true");
  shown.replaceWith(row);
  if (focused) row.querySelectorAll("a, button, input")[at]?.focus({ preventScroll: true });
}

function isNewHere(row) {
  if (row.classList.contains("gone")) return false;
  const first = rows()[0];
  return !first || Date.parse(row.dataset.created) > Date.parse(first.dataset.created);
}

function showNew(bar) {
  const { one, many } = bar.dataset;
  bar.textContent = (isNew.size === 1 ? one : many).replace("{n}", String(isNew.size));
  bar.hidden = false;
}

/** Reads the open order again, once nobody is in the middle of something in it; of two the last one counts. */
async function refreshPanel() {
  const id = openOrder();
  const panel = find("panel");
  if (!id || !panel || window.location.pathname.includes("/at/")) return;
  if (isInUse(panel)) return void window.setTimeout(refreshPanel, WAIT_MS);
  const turn = ++panelsAsked;
  const answer = await ask(window.location.href, "panel").catch(() => null);
  const content = answer?.ok ? await contentOf(answer) : null;
  if (!content || turn !== panelsAsked || openOrder() !== id || panel.dataset.order !== id) return;
  if (isInUse(panel)) return void window.setTimeout(refreshPanel, WAIT_MS);
  placePanel(content);
}

function isInUse(panel) {
  const selection = window.getSelection();
  const isSelecting = !selection.isCollapsed && panel.contains(selection.anchorNode);
  const fields = [...panel.querySelectorAll("textarea, input[type='text']")];
  const isTyping = fields.some((field) => field.value !== field.defaultValue);
  const isAsking = document.getElementById("dialog").open || panel.querySelector(":popover-open, [data-sending]");
  return isSelecting || isTyping || Boolean(isAsking);
}

export function start() {
  if (!shopPath()) return;
  document.addEventListener("placed", (event) => {
    if (event.target.contains(find("results"))) isNew.clear();
    if (state) showState(state);
  });
  listen(shopPath(), ({ name, data }) => HEARD[name](data));
}
