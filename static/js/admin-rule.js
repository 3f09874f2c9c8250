/* The form of a rule: shows only what a row needs, says what goes into it, and offers words to pick.
   Without it every field is there, and the server says what is wrong. */
"use strict";

const help = JSON.parse(document.getElementById("rule-help").textContent);

function part(row, name) {
  const input = row.querySelector(`[name$="-${name}"]`);
  return { input, box: input.closest(".rule-field") };
}

function show(row, name, visible) {
  part(row, name).box.hidden = !visible;
}

function tell(input, text) {
  let hint = input.parentElement.querySelector(".rule-hint");
  if (!hint) {
    hint = document.createElement("span");
    hint.className = "sub rule-hint";
    hint.id = `${input.id}-hint`;
    input.after(hint);
    input.setAttribute("aria-describedby", hint.id);
  }
  hint.textContent = text;
}

function listed(input) {
  return input.value.split(",").map((word) => word.trim()).filter(Boolean);
}

// Buttons for the words that a field knows; pressed ones stand in it.
function offer(input, words, one) {
  const box = input.closest(".rule-field");
  box.querySelector(".rule-words")?.remove();
  if (!words.length) return;
  const list = document.createElement("div");
  list.className = "rule-words";
  for (const [value, label] of words) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.dataset.word = value;
    button.addEventListener("click", () => {
      const has = listed(input).includes(value);
      const others = one ? [] : listed(input).filter((word) => word !== value);
      input.value = (has ? others : [...others, value]).join(", ");
      press(list, input);
    });
    list.append(button);
  }
  box.append(list);
  press(list, input);
  input.oninput = () => press(list, input);
}

function press(list, input) {
  const chosen = listed(input);
  for (const button of list.children) {
    button.setAttribute("aria-pressed", String(chosen.includes(button.dataset.word)));
  }
}

function arrangeCondition(row) {
  const known = help.fields[part(row, "field").input.value];
  for (const name of ["operator", "values"]) show(row, name, known);
  show(row, "about", known && known.asks_about);
  if (!known) return;
  const select = part(row, "operator").input;
  row.operators ||= [...select.options];
  const before = select.value;
  select.replaceChildren(...row.operators.filter((option) => known.operators.includes(option.value)));
  select.value = known.operators.includes(before) ? before : known.operators[0];
  const values = part(row, "values").input;
  values.type = known.input;
  tell(values, known.hint);
  offer(values, known.words, known.one);
}

function arrangeEffect(row) {
  const known = help.actions[part(row, "action").input.value];
  for (const name of ["value", "text", "choices"]) {
    const label = known && known.labels[name];
    const { input, box } = part(row, name);
    box.hidden = !label;
    if (!label) continue;
    box.querySelector("label").textContent = `${label}:`;
    if (name === "value") {
      input.type = known.input;
      offer(input, known.words, true);
    }
    if (name !== "choices") tell(input, known.hint);
  }
}

function arrange(row) {
  (row.querySelector('[name$="-action"]') ? arrangeEffect : arrangeCondition)(row);
}

for (const row of document.querySelectorAll(".rule-row")) {
  arrange(row);
  row.addEventListener("change", (event) => {
    if (/-(field|action)$/.test(event.target.name)) arrange(row);
  });
}
