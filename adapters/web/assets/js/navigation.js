// Takes links and GET forms among the orders of a shop, and swaps the part that changes.
// The rule to know: a browser without the Navigation API opens every address as a whole page.

import { fromTemplate } from "./html.js";
import { changing, rememberScroll, restoreScroll } from "./moving.js";
import { ask, contentOf, find, place, placePanel, showUnloaded } from "./regions.js";
import { linkOf, markOpenRow, rowOf } from "./rows.js";
import { shopPath } from "./words.js";

const CURSORS = ["after", "before"];
/** The address of what is shown: not that of the bar while something loads, or after it failed. */
let shown = null;

/** Goes to an address; info.kind "page" loads a whole page, "typed" keeps all but the results. */
export function go(url, { info, history = "auto" } = {}) {
  if (!window.navigation) return window.location.assign(url);
  const going = window.navigation.navigate(String(url), { info, history });
  for (const step of [going.committed, going.finished]) step.catch(() => {});
}

export function closePanel() {
  const url = new URL(window.location.href);
  url.pathname = `${shopPath()}/orders`;
  url.hash = "";
  if (openOrder()) go(url);
}

/** The order that the address names. */
export function openOrder() {
  return window.location.pathname.match(/\/orders\/([0-9a-f-]{36})(\/at\/|$)/)?.[1] ?? null;
}

export function isPlain(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

function take(event) {
  if (!event.canIntercept || event.hashChange || event.downloadRequest !== null || event.formData) return;
  const to = new URL(event.destination.url);
  if (event.navigationType === "reload" || event.info?.kind === "page") return;
  if (!isList(to) || !isList(new URL(window.location.href))) return;
  const before = openOrder();
  if (event.navigationType !== "replace") rememberScroll();
  const handler = () => (isClosing(to) ? close(to, before) : swap(to, regionFor(to, event.info), event));
  event.intercept({ focusReset: "manual", scroll: "manual", handler });
}

/** Says whether an address shows the list, with an order beside it or none; `find` leads to one. */
export function isList(url) {
  const shop = shopPath();
  if (!shop || !url.pathname.startsWith(`${shop}/`)) return false;
  return /^\/orders(\/find|\/[0-9a-f-]{36}(\/at\/\d+)?)?$/.test(url.pathname.slice(shop.length));
}

const isClosing = (to) => shown?.search === to.search && shown.pathname !== to.pathname && to.pathname.endsWith("/orders");

function regionFor(to, info) {
  if (!shown || to.pathname.endsWith("/find")) return "work";
  if (shown.pathname !== to.pathname) return shown.search === to.search ? "panel" : "work";
  const isSameList = info?.kind === "typed" || shown.search === to.search || isPaging(to);
  return isSameList && find("results") ? "results" : "work";
}

function isPaging(to) {
  const [was, is] = [shown, to].map(({ searchParams }) => {
    const others = new URLSearchParams(searchParams);
    for (const name of CURSORS) others.delete(name);
    return String(others);
  });
  return was === is;
}

async function swap(to, region, { signal, info, navigationType }) {
  const place = find(region) ?? find("work");
  for (const left of document.querySelectorAll("[data-region][aria-busy]")) left.removeAttribute("aria-busy");
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(addressOf(to, region), region, { signal });
    if (!answer) return;
    const leadsTo = answer.headers.get("X-Leads-To") ?? (answer.redirected && region === "work" ? answer.url : null);
    if (leadsTo) return go(leadsTo, { history: "replace" });
    const content = await contentOf(answer);
    if (signal.aborted) return;
    shown = to;
    await show(region, content, info);
    if (navigationType === "traverse") restoreScroll();
  } catch (error) {
    if (!signal.aborted) fail(region, to);
  } finally {
    if (!signal.aborted) place.removeAttribute("aria-busy");
  }
}

function addressOf(url, region) {
  const address = new URL(url);
  if (region === "results") address.pathname = `${shopPath()}/orders`;
  return address;
}

async function show(region, content, info) {
  if (region !== "panel") {
    place(find(region), content);
    if (document.activeElement === document.body) (find(region).querySelector(".scroller") ?? find("work")).focus();
    return;
  }
  const isOpening = !find("panel")?.childElementCount;
  await changing(isOpening, () => focusPanel(placePanel(content), info?.focus));
}

function focusPanel(panel, wanted) {
  if (panel.contains(document.activeElement)) return;
  const focused = (wanted && panel.querySelector(wanted)) ?? panel.querySelector("#panel-title");
  focused?.focus();
}

function fail(region, to) {
  shown = region === "work" ? null : to;
  if (region === "panel") placePanel(fromTemplate("unloaded"));
  else showUnloaded(find(region));
}

async function close(to, orderId) {
  shown = to;
  find("work").removeAttribute("aria-busy");
  await changing(true, () => find("panel")?.replaceChildren());
  find("panel")?.removeAttribute("data-order");
  markOpenRow();
  (linkOf(rowOf(orderId)) ?? find("work")).focus();
}

function clicked(event) {
  if (event.target.closest("[data-close]") && isPlain(event)) {
    event.preventDefault();
    return closePanel();
  }
  const retry = event.target.closest("[data-region]:not(dialog) [data-retry]");
  if (!retry) return;
  event.preventDefault();
  const { region } = retry.closest("[data-region]").dataset;
  swap(new URL(window.location.href), region, { signal: new AbortController().signal });
}

/** A form that leads back here says where that is now: the page may have been written for another address. */
function leadBack({ target: form }) {
  const back = form.querySelector("input[data-here]");
  if (back && shopPath()) back.value = window.location.pathname + window.location.search;
}

export function start() {
  if (!window.navigation) return;
  document.addEventListener("submit", leadBack);
  shown = new URL(window.location.href);
  const panel = find("panel");
  if (panel) panel.dataset.order = openOrder() ?? "";
  window.navigation.addEventListener("navigate", take);
  window.navigation.addEventListener("navigatesuccess", () => {
    if (shown) shown = new URL(window.location.href); // another module may have shown it
  });
  document.addEventListener("click", clicked);
}
