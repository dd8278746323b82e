// The inbox's own script. Every page works without it.

// Words that are being written outlive a reload: kept in this tab until they are sent. Once they are sent the
// server keeps them, should the session be over.
const box = () => document.querySelector("form[data-draft] textarea");
const place = () => `draft-${box()?.form.dataset.draft}`;
const restore = () => {
  const words = box() && sessionStorage.getItem(place());
  if (!words || box().value) return;
  box().value = words;
  window.addEventListener("load", () => box().dispatchEvent(new Event("input", { bubbles: true })));
};
document.addEventListener("input", (event) => {
  if (event.target === box()) sessionStorage.setItem(place(), box().value);
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.draft) sessionStorage.removeItem(place());
});
restore();

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
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
  if (event.key === "r" && box()) {
    event.preventDefault();
    box().focus();
  }
});
