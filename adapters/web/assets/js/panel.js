// What an order's panel does by itself: says which section is read, closes its menu, copies its link,
// and leaves who wrote a note at the place to write.

import * as history from "./history.js";

const READ_AT_PX = 60;
let isNoteSent = false;

function markSection(body) {
  const links = [...body.querySelectorAll(".sect-nav a")];
  const top = body.getBoundingClientRect().top + READ_AT_PX;
  const isAtEnd = body.scrollTop > 0 && body.scrollTop + body.clientHeight >= body.scrollHeight - 1;
  const passed = links.filter((link) => sectionOf(link)?.getBoundingClientRect().top <= top);
  const current = isAtEnd ? links.at(-1) : (passed.at(-1) ?? links[0]);
  for (const link of links) {
    if (link === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

const sectionOf = (link) => document.getElementById(link.hash.slice(1));

function shown() {
  const body = document.querySelector(".panel-body");
  if (body) markSection(body);
  if (isNoteSent) document.getElementById("note-text")?.focus({ preventScroll: true });
  isNoteSent = false;
}

function clicked(event) {
  const button = event.target.closest("[data-copy-address]");
  // The server does not know under which name it is reached.
  if (button) button.dataset.copy = new URL(button.dataset.copyAddress, window.location.href).href;
  event.target.closest("[popover] :is(a, button)")?.closest("[popover]").hidePopover();
}

export function start() {
  history.start();
  document.addEventListener("click", clicked, { capture: true });
  const scrolled = (event) => event.target.classList?.contains("panel-body") && markSection(event.target);
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  document.addEventListener("submit", (event) => { isNoteSent = event.target.matches(".note-form"); });
  document.addEventListener("placed", shown);
  shown();
}
