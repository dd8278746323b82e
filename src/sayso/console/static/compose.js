// The composer's own script. It works without: each of these buttons then sends the form, and saves nothing.

const box = document.getElementById("id_body");
const written = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

// A name goes where the cursor is; letters are replaced in every box at one press.
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-insert]");
  const plain = event.target.closest("[data-plain]");
  if (!name && !plain) return;
  event.preventDefault();
  if (name) {
    box.setRangeText(name.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    name.closest("details").open = false;
    written(box);
  } else {
    const table = JSON.parse(plain.dataset.plain);
    for (const id of ["id_body", "id_opt_out_message", "id_fallback_body"]) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = [...field.value].map((sign) => table[sign] ?? sign).join("");
      written(field);
    }
  }
  box.focus();
});
