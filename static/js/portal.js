/* Small comforts on top of pages that work without them. */
"use strict";

document.documentElement.dataset.script = "on";

// − and + beside a number: one unit at a time, within what can be returned.
function step(button) {
  const input = document.getElementById(button.dataset.for);
  const next = (Number.parseInt(input.value, 10) || 1) + Number(button.dataset.step);
  input.value = String(Math.min(Math.max(next, 1), Number(input.dataset.most)));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.step) step(button);
  if ("print" in button.dataset) window.print();
});

// Whoever moves on does not wait for the running total, and hears nothing of its end.
let asking = null;

document.addEventListener("htmx:beforeSend", (event) => {
  asking = event.detail.xhr;
});

document.addEventListener("submit", () => {
  if (!asking) return;
  asking.onabort = null;
  asking.abort();
});

// A second press while the first is on its way says nothing new. The server holds for itself.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const leaves = event.submitter && event.submitter.hasAttribute("formaction");
  if (!("once" in form.dataset) || leaves) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
});

// A page that the browser brings back from its memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
});
