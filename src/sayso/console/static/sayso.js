// The console's own script. Every page works without it.

// A passkey that was cancelled or is not there is no error of the program: say so where the button stands.
document.addEventListener("allauth.error", (event) => {
  const problem = document.getElementById("passkey-problem");
  if (problem) {
    event.preventDefault();
    problem.hidden = false;
  }
});

// "/" goes to the field that finds something, when no field has the focus (WCAG 2.1.4).
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const find = document.querySelector("input[type=search]");
  if (find) {
    event.preventDefault();
    find.focus();
  }
});
