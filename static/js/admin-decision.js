// The decision screen's conveniences: keys, ready reasons, a preview. All works without them.
"use strict";

const TYPING = "input, textarea, select, [contenteditable]";

function followKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
}

function showPreview(field) {
  const preview = document.getElementById(field.dataset.preview);
  if (!preview) return;
  preview.hidden = !field.value.trim();
  preview.querySelector("blockquote").textContent = field.value;
}

function useReadyText(button) {
  const field = document.getElementById(button.closest("[data-ready]").dataset.ready);
  field.value = button.textContent;
  field.focus();
  showPreview(field);
}

function prepare(root) {
  for (const ready of root.querySelectorAll("[data-ready]")) ready.hidden = false;
  for (const field of root.querySelectorAll("[data-preview]")) showPreview(field);
}

document.addEventListener("keydown", followKey);
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-preview]")) showPreview(event.target);
});
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-ready] .chip")) useReadyText(event.target);
});
document.addEventListener("htmx:afterSwap", (event) => {
  prepare(event.target);
  if (event.target.id === "actions") {
    event.target.classList.add("actions-open");
    const first = event.target.querySelector("textarea") ?? event.target.querySelector("#panel-title");
    first?.focus();
  }
});
prepare(document);
