// A large file comes in pieces: none is too large for a door, and a broken line costs one piece, not the file.
const form = document.getElementById("bring");
const PIECE = 2 * 1000 * 1000;
const MOST_TRIES = 5;

const ask = async (address, body) => {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(address, { method: "POST", headers, body, redirect: "error" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.sentence ?? ""), { told: Boolean(said.sentence) });
  return said;
};

// What the server has said counts; what it could not say, a line that broke, is tried again.
const patiently = async (address, body) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(address, body);
    } catch (error) {
      if (error.told || tries === MOST_TRIES) throw error;
      await new Promise((over) => setTimeout(over, 1000 * tries));
    }
  }
};

const show = (at, file) => {
  const share = Math.floor((100 * at) / Math.max(file.size, 1));
  document.querySelector("#bringing progress").value = share;
  document.getElementById("brought").textContent = `Bringing ${file.name}: ${share} %`;
};

const bring = async (file) => {
  const announced = new URLSearchParams({ file_name: file.name, size: file.size });
  const to = await ask(form.action, announced);
  for (let at = 0; at < file.size; at += PIECE) {
    await patiently(`${to.pieces}?at=${at}`, file.slice(at, at + PIECE));
    show(Math.min(at + PIECE, file.size), file);
  }
  location.assign(to.page);
};

form?.addEventListener("submit", (event) => {
  const [file] = form.elements.file.files;
  if (!file) return;
  event.preventDefault();
  const button = form.querySelector("button.btn-primary");
  const problem = document.getElementById("not-brought");
  problem.hidden = true;
  button.disabled = true;
  document.getElementById("bringing").hidden = false;
  show(0, file);
  bring(file).catch((error) => {
    document.getElementById("bringing").hidden = true;
    problem.querySelector("span").textContent =
      error.message && error.told ? error.message : "The line broke, and nothing was stored. Send it again.";
    problem.hidden = false;
    button.disabled = false;
  });
});
