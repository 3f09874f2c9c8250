/* Shows a form's preview anew while somebody types; without it, a button does. */
"use strict";

const PAUSE = 500;

for (const button of document.querySelectorAll("button[formtarget]")) {
  let waiting = 0;
  button.form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => button.form.requestSubmit(button), PAUSE);
  });
}
