// Questions over the page: a link opens one, its form is sent by script, the answer goes where it says.
// The rule to know: a form is sent once at a time, and what may have been done says so.

import { fromTemplate } from "./html.js";
import { go, isPlain, openOrder } from "./navigation.js";
import { refreshed } from "./preview.js";
import { ask, contentOf, find, place, placePanel, placeResults, reloadResults } from "./regions.js";
import { say } from "./said.js";
import { word } from "./words.js";

const FIRST_ERROR = '[aria-invalid="true"], [role="alert"], .err';
let address = "";
let opener = null;

const dialog = () => document.getElementById("dialog");

/** Shows content over the page; who opened it gets the focus back. */
export function openDialog(content, from = document.activeElement) {
  opener = from;
  place(dialog(), content);
  const title = dialog().querySelector("h1, h2");
  if (title) dialog().setAttribute("aria-labelledby", (title.id ||= "dialog-title"));
  if (!dialog().open) dialog().showModal();
}

async function openFrom(link) {
  const answer = await ask(link.href, "dialog").catch(() => null);
  if (!answer) return say(word("unreachable"));
  address = link.href;
  openDialog(await contentOf(answer), link);
}

async function send(form, submitter) {
  if (form.hasAttribute("data-sending") || form.getAttribute("aria-busy") === "true") return;
  const body = new URLSearchParams(new FormData(form, submitter));
  const release = hold(form, submitter);
  try {
    const answer = await ask(addressOf(form, submitter), "dialog", { method: "POST", body });
    if (answer) await show(answer, form);
  } catch (error) {
    form.prepend(fromTemplate("unsent"));
    form.querySelector("[role='alert']").focus();
  } finally {
    release();
  }
}

/** Shows the question as the fields are now; a button may bring a field of its own. */
async function askAgain(form, submitter) {
  const url = addressOf(form, submitter);
  url.search = new URLSearchParams([...url.searchParams, ...new FormData(form, submitter)]);
  const answer = await ask(url, "dialog").catch(() => null);
  if (answer) place(dialog(), await contentOf(answer));
}

/** A form without an action belongs to the address that it was read from. */
function addressOf(form, submitter) {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const own = form.closest("dialog") ? address : window.location.href;
  return new URL(action || own, own);
}

function hold(form, submitter) {
  const button = submitter ?? form.querySelector("button:not([type='button'], [formmethod])");
  const words = [...(button?.childNodes ?? [])];
  form.setAttribute("data-sending", "");
  if (button) button.disabled = true;
  button?.replaceChildren(button.dataset.busy ?? "…");
  return () => {
    form.removeAttribute("data-sending");
    if (button) button.disabled = false;
    button?.replaceChildren(...words);
  };
}

async function show(answer, form) {
  if (answer.redirected) return go(answer.url, { info: { kind: "page" } });
  const region = answer.headers.get("X-Region");
  if (region === "panel") await showPanel(answer, form);
  else if (region === "results") placeResults(await contentOf(answer));
  else if (region === "work") place(find(region), await contentOf(answer));
  else return showAgain(await contentOf(answer));
  if (dialog().open) dialog().close();
  say(decodeURIComponent(answer.headers.get("X-Said") ?? ""));
}

async function showPanel(answer, form) {
  const isAboutOpen = openOrder() && !form.closest("[data-region='results']");
  if (!isAboutOpen) return reloadResults();
  const panel = placePanel(await contentOf(answer));
  opener = panel.contains(document.activeElement) ? document.activeElement : null;
}

function showAgain(content) {
  openDialog(content, opener?.isConnected ? opener : document.activeElement);
  const error = dialog().querySelector(FIRST_ERROR);
  if (error && !error.matches("input, select, textarea, button, a")) error.tabIndex = -1;
  error?.focus();
}

function closed() {
  dialog().replaceChildren();
  const focused = opener?.isConnected ? opener : document.getElementById("panel-title");
  focused?.focus({ preventScroll: true });
  opener = null;
}

function clicked(event) {
  const { target } = event;
  const link = target.closest("a[data-dialog]");
  if (link && isPlain(event)) {
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    return void openFrom(link);
  }
  if (!target.closest("dialog")) return;
  if (target === dialog() || target.closest("[data-close-dialog]")) {
    event.preventDefault();
    return dialog().close();
  }
  if (!target.closest("[data-retry]")) return;
  event.preventDefault();
  openFrom({ href: address });
}

function sent(event) {
  const { target: form, submitter } = event;
  if (!form.closest("dialog") && !form.hasAttribute("data-act")) return;
  event.preventDefault();
  const method = submitter?.getAttribute("formmethod") ?? form.method;
  if (method === "get") askAgain(form, submitter);
  else send(form, submitter);
}

export function start() {
  if (!dialog()) return;
  document.addEventListener("click", clicked);
  document.addEventListener("submit", sent);
  for (const name of ["input", "change"]) {
    dialog().addEventListener(name, (event) => refreshed(event, (form) => addressOf(form, null)));
  }
  dialog().addEventListener("close", closed);
}
