// How the page moves: a panel that comes or goes, and where a list was scrolled to before.

import { find } from "./regions.js";

const scrolledByKey = new Map();

/** Moves the eye along when the panel comes or goes, where the browser can. */
export async function changing(isMoving, change) {
  if (!isMoving || !document.startViewTransition) return change();
  const transition = document.startViewTransition(change);
  for (const step of [transition.ready, transition.finished]) step.catch(() => {});
  await transition.updateCallbackDone;
}

export function rememberScroll() {
  const scroller = find("results")?.querySelector(".scroller");
  scrolledByKey.set(window.navigation.currentEntry.key, scroller?.scrollTop ?? 0);
}

export function restoreScroll() {
  const scroller = find("results")?.querySelector(".scroller");
  if (scroller) scroller.scrollTop = scrolledByKey.get(window.navigation.currentEntry.key) ?? 0;
}
