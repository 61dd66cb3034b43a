// Moves an order's panel through its past: by the slider, and by the links beside it.
// The rule to know: the slider itself stays in place, so that it can be dragged; only what it shows
// is replaced, and the last moment asked for wins.

import { go, isPlain } from "./navigation.js";
import { ask, contentOf } from "./regions.js";

const WAIT_MS = 100;
const KIND = "history";
let waiting = 0;

function slid(event) {
  const slider = event.target.closest?.("[data-history]");
  if (!slider) return;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => step(slider, slider.value, "replace"), WAIT_MS);
}

function clicked(event) {
  const link = event.target.closest?.("a[data-past-step][href]");
  if (!link || !isPlain(event) || !window.navigation) return;
  event.preventDefault();
  const slider = link.closest(".past").querySelector("[data-history]");
  step(slider, link.dataset.pastStep, "replace");
}

function step(slider, version, history) {
  go(new URL(slider.dataset.history.replace("VERSION", version), window.location.href), { info: { kind: KIND }, history });
}

/** Is started before the navigation of whole regions, which would replace the slider too. */
function take(event) {
  if (event.info?.kind !== KIND || !event.canIntercept) return;
  event.stopImmediatePropagation();
  const handler = () => show(event.destination.url, event.signal);
  event.intercept({ focusReset: "manual", scroll: "manual", handler });
}

async function show(url, signal) {
  const panel = document.querySelector(".panel");
  panel.setAttribute("aria-busy", "true");
  const answer = await ask(url, "panel", { signal });
  if (!answer) return;
  const fresh = await contentOf(answer);
  if (signal.aborted) return;
  panel.removeAttribute("aria-busy");
  if (!fresh.querySelector("[data-history]")) return void panel.replaceWith(fresh);
  const focused = document.activeElement?.dataset?.pastGo;
  for (const part of panel.querySelectorAll("[data-past-part]")) {
    part.replaceChildren(...fresh.querySelector(`[data-past-part="${part.dataset.pastPart}"]`).childNodes);
  }
  settle(panel.querySelector("[data-history]"), fresh.querySelector("[data-history]"));
  if (focused) refocus(panel, focused);
}

function settle(slider, fresh) {
  slider.max = fresh.max;
  slider.setAttribute("aria-valuetext", fresh.getAttribute("aria-valuetext"));
  if (document.activeElement !== slider) slider.value = fresh.value;
}

function refocus(panel, direction) {
  const link = panel.querySelector(`[data-past-go="${direction}"][href]`);
  (link ?? panel.querySelector("[data-history]")).focus();
}

export function start() {
  window.navigation?.addEventListener("navigate", take);
  document.addEventListener("input", slid);
  document.addEventListener("click", clicked);
}
