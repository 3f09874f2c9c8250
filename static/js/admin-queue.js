// The queue: one box that chooses every row of the page.
"use strict";

const everything = document.querySelector("[data-all-rows]");
if (everything) {
  const box = everything.querySelector("input");
  const rows = [...document.querySelectorAll(".action-select")];
  const tell = () => {
    const count = rows.filter((row) => row.checked).length;
    box.checked = count === rows.length;
    box.indeterminate = count > 0 && count < rows.length;
  };
  everything.hidden = false;
  box.addEventListener("change", () => rows.forEach((row) => { row.checked = box.checked; }));
  rows.forEach((row) => row.addEventListener("change", tell));
  tell();
}
