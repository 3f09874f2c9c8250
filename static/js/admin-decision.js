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

function openPanel(bar) {
  bar.classList.add("actions-open");
  bar.querySelector("[data-first], .panel :is(textarea, input:not([type=hidden]))")?.focus();
}

// A link that htmx could not follow is followed as a link.
function followPlainly(event) {
  const address = event.target.closest("[href]")?.href;
  if (address) window.location.assign(address);
}

// A session that ended answers a fragment with the sign-in page, which belongs in the window.
function leaveForSignIn(event) {
  if (!new URL(event.detail.xhr.responseURL).pathname.endsWith("/login/")) return;
  event.detail.shouldSwap = false;
  window.location.reload();
}

// The browser has taken the form by then: a second press would only be refused.
function pressOnce(event) {
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = true;
  });
}

document.addEventListener("keydown", followKey);
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-preview]")) showPreview(event.target);
});
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-ready] .chip")) useReadyText(event.target);
});
document.addEventListener("submit", pressOnce);
document.addEventListener("htmx:beforeSwap", leaveForSignIn);
document.addEventListener("htmx:responseError", followPlainly);
document.addEventListener("htmx:sendError", followPlainly);
document.addEventListener("htmx:afterSwap", (event) => {
  prepare(event.target);
  if (event.target.id === "actions") openPanel(event.target);
});
// Coming back by the browser's own button finds the page as it was left.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit]:disabled:not([data-off])")) {
    button.disabled = false;
  }
});
prepare(document);
