// The inbox's own script. Every page works without it.

// Words that are being written outlive a reload and a server that did not answer: kept in this tab until the
// page says that they were sent. Should the session be over, the server keeps them too.
const box = () => document.querySelector("form[data-draft] textarea");
const place = () => `draft-${box()?.form.dataset.draft}`;
const restore = () => {
  const sending = sessionStorage.getItem("draft-sending");
  sessionStorage.removeItem("draft-sending");
  if (sending && document.querySelector("[data-toast]")) sessionStorage.removeItem(sending);
  const words = box() && sessionStorage.getItem(place());
  if (!words || box().value) return;
  box().value = words;
  window.addEventListener("load", () => box().dispatchEvent(new Event("input", { bubbles: true })));
};
document.addEventListener("input", (event) => {
  if (event.target === box()) sessionStorage.setItem(place(), box().value);
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.draft) sessionStorage.setItem("draft-sending", place());
});
restore();

// A text that arrives while somebody reads further up moves nothing: it is told, and one press leads to it.
// Until then a reply answers only what was on the screen (R12.2).
const scroll = document.getElementById("scroll");
const newer = document.getElementById("newer");
const AT_END = 48;
const theirs = () => [...document.querySelectorAll("#talk .said:not(.ours)[id]")].map((said) => said.id);
const seen = () => [...document.querySelectorAll("#talk input[name=seen]")];
let known = new Set(theirs());
let unseen = 0;
let last = seen()[0]?.value; // the newest text that was on the screen
let newest = last; // the newest that there is
let anchor = null;
const atEnd = () => Math.abs(scroll.scrollTop) < AT_END;
const tell = () => {
  newer.hidden = !unseen;
  newer.textContent = unseen ? `${unseen} new text${unseen > 1 ? "s" : ""} ↓` : "";
  if (unseen) for (const field of seen()) field.value = last;
};
const arrived = () => {
  unseen = 0;
  last = newest;
  for (const field of seen()) field.value = last;
  tell();
};
document.addEventListener("htmx:before:swap", () => {
  if (!scroll || atEnd()) anchor = null;
  else {
    const top = scroll.getBoundingClientRect().top;
    const first = [...scroll.querySelectorAll("#talk [id]")].find((said) => said.getBoundingClientRect().bottom > top);
    anchor = first && [first.id, first.getBoundingClientRect().top];
  }
});
document.addEventListener("htmx:after:swap", () => {
  if (!scroll) return;
  const fresh = theirs().filter((id) => !known.has(id)).length;
  known = new Set(theirs());
  if (seen()[0]?.value !== last) newest = seen()[0]?.value;
  if (!anchor) {
    if (!unseen) arrived();
    return;
  }
  const [id, top] = anchor;
  const now = document.getElementById(id);
  if (now) scroll.scrollTop += now.getBoundingClientRect().top - top;
  unseen += fresh;
  tell();
});
scroll?.addEventListener("scroll", () => unseen && atEnd() && arrived(), { passive: true });
newer?.addEventListener("click", () => {
  scroll.scrollTop = 0;
  arrived();
  (box() ?? scroll).focus({ preventScroll: true });
});

// Ctrl+Enter sends; r goes to the box; j and k go down and up the list. Letters act only outside fields.
const step = (by) => {
  const rows = [...document.querySelectorAll(".convos a")];
  const here = rows.findIndex((row) => row === document.activeElement || (row.ariaCurrent && !rows.includes(document.activeElement)));
  rows[Math.min(Math.max(here + by, 0), rows.length - 1)]?.focus();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === box()) {
    event.preventDefault();
    box().form.requestSubmit();
  }
  if (!singleKey(event)) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
  if (event.key === "r" && box()) {
    event.preventDefault();
    box().focus();
  }
});
