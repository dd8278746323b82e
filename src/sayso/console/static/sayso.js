// The console's own script. Every page works without it.

// A passkey that was cancelled or is not there is no error of the program: say so where the button stands.
document.addEventListener("allauth.error", (event) => {
  const problem = document.getElementById("passkey-problem");
  if (problem) {
    event.preventDefault();
    problem.hidden = false;
  }
});

// A key that acts by itself: outside fields and dialogs, and only while they are not switched off (WCAG 2.1.4).
const KEYS_OFF = "sayso-keys-off";
const singleKey = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !localStorage.getItem(KEYS_OFF) &&
  !event.target.closest("input, textarea, select, dialog, [contenteditable]");

// "/" goes to the field that finds something, "?" lists the keys.
document.addEventListener("keydown", (event) => {
  if (!singleKey(event)) return;
  const wanted = { "/": "input[type=search]", "?": "#keys" }[event.key];
  const found = [...document.querySelectorAll(wanted ?? "#none")].find((each) => event.key === "?" || each.offsetParent);
  if (!found) return;
  event.preventDefault();
  // Asked for by name: a click may come before htmx has seen the link, and would leave the page.
  if (event.key === "?") htmx.ajax("GET", found.href, "#dialog");
  else found.focus();
});
const keySwitch = () => {
  const box = document.getElementById("single-keys");
  if (box) box.checked = !localStorage.getItem(KEYS_OFF);
};
keySwitch();
document.addEventListener("htmx:after:swap", keySwitch);
document.addEventListener("change", ({ target }) => {
  if (target.id !== "single-keys") return;
  if (target.checked) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "yes");
});

// Enter in a field with a button of its own presses that one, not the form's first.
document.addEventListener("keydown", (event) => {
  const button = event.key === "Enter" && document.getElementById(event.target.dataset?.enter);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

// A menu closes with Escape, which gives its button the focus again, and when somebody looks elsewhere.
const MENUS = "details.menu-more[open]";
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(MENUS)) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", ({ key, target }) => {
  const menu = key === "Escape" && target.closest(MENUS);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A question that htmx brought opens as a dialog: Escape and the safe button close it.
const settled = () => {
  for (const dialog of document.querySelectorAll("dialog[data-opens]:not([open])")) {
    dialog.removeAttribute("data-opens");
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }
};
document.addEventListener("click", ({ target }) => target.closest("[data-close]")?.closest("dialog").close());
document.addEventListener("htmx:after:swap", settled);

// Where a row was swapped for what became of it, its button keeps the focus, once no dialog stands over it.
document.addEventListener("htmx:after:swap", () => {
  const next = document.querySelector("[data-focus]");
  if (!next) return;
  next.removeAttribute("data-focus");
  const focus = () => document.getElementById(next.id)?.focus();
  focus();
  requestAnimationFrame(focus);
});

// What comes in meanwhile takes nobody's place: the focus stays where it stood, or on what is left before it, and
// where the answer is about more than this field (data-keeps) a field keeps what was typed since it was asked for.
const REACHED = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
let stood = [];
let typed = null;
document.addEventListener("htmx:before:swap", () => {
  const at = document.activeElement;
  if (!at || at === document.body) return;
  const all = [...document.querySelectorAll(REACHED)];
  stood = all.slice(0, all.indexOf(at) + 1).reverse();
  const kept = at.matches("[data-keeps] :is(input, textarea)") && at.selectionStart !== null;
  typed = kept ? { id: at.id, value: at.value, from: at.selectionStart, to: at.selectionEnd } : null;
});
// At once as each part has come in: until the swap is told as done a key may be pressed, which would go nowhere.
const refocus = () => {
  for (const each of document.activeElement === document.body ? stood : []) {
    const next = each.isConnected ? each : document.getElementById(each.id);
    next?.focus({ preventScroll: true });
    if (document.activeElement !== document.body) break;
  }
  const field = typed && document.activeElement.id === typed.id ? document.activeElement : null;
  if (field?.matches("input, textarea") && field.value !== typed.value) {
    field.value = typed.value;
    field.setSelectionRange(typed.from, typed.to);
  }
};
document.addEventListener("htmx:before:settle", refocus);
document.addEventListener("htmx:finally:swap", () => {
  stood = [];
  typed = null;
});

// "Done" stays 8 s, and for as long as someone points at it or is in it.
const leave = (toast) => {
  if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000, toast);
  else toast.remove();
};
const toasts = () => {
  for (const toast of document.querySelectorAll("[data-toast]:not([data-leaving])")) {
    toast.dataset.leaving = "soon";
    setTimeout(leave, 8000, toast);
  }
};
toasts();
document.addEventListener("htmx:after:swap", toasts);

// Live parts: one stream a page, for the topics that stand on it, and none while nobody looks at the page
// (a browser gives a server few connections, and three telephones take three pages).
let stream = null;
let heard = "";
let missed = false;
const notLive = document.getElementById("not-live");
const topicsHere = () => {
  const parts = [...document.querySelectorAll("[data-live]")];
  return [...new Set(parts.flatMap((part) => part.dataset.live.split(" ")))].sort();
};
const changed = (topic) => document.body.dispatchEvent(new CustomEvent(`live-${topic}`));
const mute = () => {
  if (stream) stream.close();
  stream = null;
  heard = "";
};
const listen = () => {
  const topics = document.hidden ? [] : topicsHere();
  if (topics.join() === heard) return;
  if (stream) missed = true;
  mute();
  if (!topics.length) return;
  heard = topics.join();
  stream = new EventSource(`/live/?topics=${heard}`);
  for (const topic of topics) stream.addEventListener(topic, () => changed(topic));
  stream.addEventListener("open", () => {
    if (notLive) notLive.hidden = true;
    if (missed) topics.forEach(changed);
    missed = false;
  });
  stream.addEventListener("error", () => {
    missed = true;
    if (notLive?.hidden) {
      notLive.querySelector("span").textContent = new Date().toTimeString().slice(0, 5);
      notLive.hidden = false;
    }
    // Refused for good (too many streams, signed out): the browser won't try again, so we do.
    if (stream?.readyState === EventSource.CLOSED) setTimeout(() => { mute(); listen(); }, 10000);
  });
};
document.addEventListener("visibilitychange", listen);
document.addEventListener("htmx:after:swap", listen);
window.addEventListener("pagehide", mute);
window.addEventListener("pageshow", listen);

// Signed out under an open page, and in again beside it: its forms take the new session's token.
const again = async () => {
  const told = document.getElementById("signed-out");
  if (document.hidden || !told?.childElementCount) return;
  const answer = await fetch(location.href);
  if (answer.redirected || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) if (token) field.value = token;
  told.replaceChildren();
};
document.addEventListener("visibilitychange", again);
window.addEventListener("focus", again);

// "Copy" beside what is shown once.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return; // It is selected: the person's own keys copy it.
    }
    document.getElementById("say").textContent = "Copied.";
    button.lastChild.textContent = "Copied";
  });
}
