// Short sentences: `say` shows one for a while, `announce` is for screen readers alone.

const SHOWN_MS = 8000;
let clearing = 0;

export function say(text) {
  const said = document.getElementById("said");
  if (!said || !text) return;
  said.textContent = text;
  clearing = window.setTimeout(() => said.replaceChildren(), SHOWN_MS, window.clearTimeout(clearing));
}

export function announce(text) {
  const heard = document.getElementById("heard");
  if (heard) heard.textContent = text;
}

export function start() {
  say(document.getElementById("said")?.textContent ?? "");
}
