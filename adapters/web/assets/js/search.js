// Filters: an address without empty fields; what is typed into the search box is looked for at once.

import { go, isList } from "./navigation.js";

const TYPING_MS = 250;
let typing = 0;

function queryOf(form, submitter = null) {
  return new URLSearchParams([...new FormData(form, submitter)].filter(([, value]) => value));
}

function typed(event) {
  const form = event.target.closest?.("form[role='search']");
  if (!form || event.target.type !== "search") return;
  window.clearTimeout(typing);
  typing = window.setTimeout(() => {
    const url = new URL(window.location.href);
    url.search = queryOf(form);
    if (url.search !== window.location.search) go(url, { info: { kind: "typed" }, history: "replace" });
  }, TYPING_MS);
}

function sent(event) {
  const form = event.target;
  if (form.method !== "get" || form.closest("dialog") || event.defaultPrevented) return;
  const { submitter } = event;
  const action = submitter?.getAttribute("formaction") || form.getAttribute("action");
  const url = new URL(action || window.location.pathname, window.location.href);
  if (!isList(url)) return;
  event.preventDefault();
  window.clearTimeout(typing);
  url.search = queryOf(form, submitter);
  form.closest("[popover]")?.hidePopover();
  go(url);
}

export function start() {
  if (!window.navigation) return;
  document.addEventListener("input", typed);
  document.addEventListener("submit", sent);
}
