// The decision screen's conveniences: keys, ready reasons, a preview. All works without them.
"use strict";

const TYPING = "input, textarea, select, [contenteditable]";

// One key alone can be struck by accident or by a voice: whoever wants can switch them off.
const KEYS_OFF = "decision-keys-off";

function keysAreOff() {
  try { return localStorage.getItem(KEYS_OFF) === "yes"; } catch { return false; }
}

function switchKeys() {
  try { localStorage.setItem(KEYS_OFF, keysAreOff() ? "no" : "yes"); } catch { return; }
  showKeys(document);
}

function showKeys(root) {
  for (const keys of root.querySelectorAll("[data-keys]")) {
    keys.hidden = false;
    keys.classList.toggle("keys-off", keysAreOff());
    keys.querySelector("[data-keys-switch]").setAttribute("aria-pressed", String(!keysAreOff()));
  }
}

function followKey(event) {
  if (keysAreOff() && event.key !== "Escape") return;
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
  field.value = button.dataset.text;
  field.focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
  showPreview(field);
}

function prepare(root) {
  showKeys(root);
  for (const ready of root.querySelectorAll("[data-ready]")) ready.hidden = false;
  for (const field of root.querySelectorAll("[data-preview]")) showPreview(field);
  for (const line of root.querySelectorAll("[data-whole]")) showWhy(line);
}

// Why not all units are approved is asked only where not all of them are.
function showWhy(line) {
  const units = line.querySelector("select, input[type=number]");
  const why = line.querySelector("[data-only-in-part]");
  if (why && units) why.hidden = Number(units.value) >= Number(line.dataset.whole);
}

function openPanel(bar) {
  bar.classList.add("actions-open");
  // What decides comes first, so that a second key is enough; a form to be written, its field.
  const first = bar.querySelector("[data-first]") ?? bar.querySelector(".panel :is(textarea, input:not([type=hidden]))");
  first?.focus();
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
  event.target.dataset.pressed = "yes";
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = true;
  });
}

// A preview that the same press set off would only come too late.
function skipPreview(event) {
  if (event.target.closest("form")?.dataset.pressed) event.preventDefault();
}

document.addEventListener("keydown", followKey);
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-preview]")) showPreview(event.target);
});
document.addEventListener("change", (event) => {
  const line = event.target.closest("[data-whole]");
  if (line) showWhy(line);
});
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-ready] .chip")) useReadyText(event.target);
  if (event.target.matches("[data-keys-switch]")) switchKeys();
});
document.addEventListener("submit", pressOnce);
document.addEventListener("htmx:beforeRequest", skipPreview);
document.addEventListener("htmx:beforeSwap", leaveForSignIn);
document.addEventListener("htmx:responseError", followPlainly);
document.addEventListener("htmx:sendError", followPlainly);
document.addEventListener("htmx:afterSwap", (event) => {
  prepare(event.target);
  if (event.target.id === "actions") openPanel(event.target);
});
// Coming back by the browser's own button finds the page as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-pressed]")) delete form.dataset.pressed;
  for (const button of document.querySelectorAll("button[type=submit]:disabled:not([data-off])")) {
    button.disabled = false;
  }
});
prepare(document);
