// `<button data-copy="text">` copies its text.

import { say } from "./said.js";
import { word } from "./words.js";

async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  return copiedFromField(text); // a page that was not served over TLS has no clipboard
}

function copiedFromField(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "vh";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

export function start() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) say(word((await copied(button.dataset.copy)) ? "copied" : "notCopied"));
  });
}
