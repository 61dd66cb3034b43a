// Selecting rows on Requires attention: all at once, a stretch with Shift, and how many there are.
// The rule to know: the boxes in the page are the only state, so rows may be replaced at any time.

const BOX = '.c-sel input[name="order"]';
let last = null;

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("placed", show);
  document.addEventListener("reset", (event) => event.target.id === "selection" && setTimeout(show));
}

function onClick(event) {
  const box = event.target.closest?.(BOX);
  if (!box) return;
  if (event.shiftKey && last?.isConnected) {
    for (const one of between(boxes(), last, box)) one.checked = box.checked;
  }
  last = box;
}

function onChange(event) {
  const all = event.target.closest?.("[data-select-all]");
  if (all) for (const box of boxes(all.closest("table"))) box.checked = all.checked;
  if (all || event.target.matches?.(BOX)) show();
}

function boxes(within = document) {
  return [...within.querySelectorAll(BOX)];
}

function between(list, one, other) {
  const [from, to] = [list.indexOf(one), list.indexOf(other)].sort((a, b) => a - b);
  return list.slice(from, to + 1);
}

function show() {
  const bar = document.getElementById("selection");
  if (!bar) return;
  const ticked = boxes().filter((box) => box.checked);
  const count = bar.querySelector("[data-selection-count]");
  count.value = ticked.length === 1 ? count.dataset.one : count.dataset.many.replace("{n}", ticked.length);
  const link = bar.querySelector("[data-selection-link]");
  link.href = `${bar.action}?${new URLSearchParams(new FormData(bar))}`;
  for (const all of document.querySelectorAll("[data-select-all]")) showAll(all);
}

function showAll(all) {
  const list = boxes(all.closest("table"));
  const ticked = list.filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === list.length;
  all.indeterminate = ticked > 0 && ticked < list.length;
}
