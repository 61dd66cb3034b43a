// What a question says will happen follows its fields, before anything is done.
// The rule to know: while the preview is being read the form cannot be sent, so what is done was shown.

import { ask, contentOf } from "./regions.js";

const TYPING_MS = 250;
let waiting = 0;
let asking = new AbortController();

/** Reads the preview again after a change of a field; `addressOf` says of which address. */
export function refreshed({ target, type }, addressOf) {
  const form = target.closest("form[data-preview]");
  const isText = target.matches("input:not([type='checkbox'], [type='radio']), textarea");
  if (!form || (isText ? "input" : "change") !== type) return;
  form.setAttribute("aria-busy", "true");
  holdButton(form, true);
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => read(form, addressOf(form)), isText ? TYPING_MS : 0);
}

async function read(form, url) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  for (const [name, value] of new FormData(form)) url.searchParams.append(name, value);
  try {
    const answer = await ask(url, "dialog", { signal });
    const content = answer && (await contentOf(answer));
    const fresh = content?.querySelector("form[data-preview]");
    if (signal.aborted) return;
    if (fresh && form.isConnected) renew(form, fresh);
    else holdButton(form, false);
  } catch (error) {
    if (signal.aborted) return; // a newer one is under way
    holdButton(form, false); // sending will say what is wrong
  }
  form.removeAttribute("aria-busy");
}

function renew(form, fresh) {
  const parts = fresh.querySelectorAll("[data-preview-part]");
  form.querySelectorAll("[data-preview-part]").forEach((part, n) => keepFocus(part, parts[n]));
  markWrong(form, fresh);
  const [button, freshButton] = [form, fresh].map(doingButton);
  if (button && freshButton) {
    button.replaceChildren(...freshButton.childNodes);
    button.disabled = freshButton.disabled;
  }
  const expected = fresh.querySelector("input[name='expected']");
  const shown = form.querySelector("input[name='expected']");
  if (expected && shown) shown.value = expected.value;
}

function holdButton(form, isHeld) {
  const button = doingButton(form);
  if (button) button.disabled = isHeld;
}

function markWrong(form, fresh) {
  for (const { id, ariaInvalid } of fresh.querySelectorAll("input[id]")) {
    const field = form.querySelector(`#${CSS.escape(id)}`);
    if (field) field.ariaInvalid = ariaInvalid;
  }
}

const doingButton = (form) => form.querySelector("[data-doing]");

function keepFocus(part, fresh) {
  if (!fresh) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  part.replaceChildren(...fresh.childNodes);
  if (focused?.name) part.querySelector(`[name="${CSS.escape(focused.name)}"]`)?.focus();
}
