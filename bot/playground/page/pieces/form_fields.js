// The fields of a form. Each is {id, node, read(), say(problem), focus()}; `read` may be a promise,
// and undefined keeps what the form proposed.

import { freshId, h } from "../core/dom.js";
import { choicesOf } from "../talk/choices.js";
import { filesField } from "./form_files.js";
import { menuOf } from "./listbox.js";

const TEXT_INPUT = 4;
const FILES = 19;
const RADIO = 21;
const TICKS = 22;
const TICK = 23;
const PARAGRAPH = 2;

/** The field for a component, with its label and what is said about it. */
export function fieldOf(one, { label, description, userId, channelId }) {
  const ids = { control: freshId("field"), label: freshId("label"), about: freshId("about"), problem: freshId("problem") };
  const make = KINDS.get(one.type) ?? select;
  const control = make(one, ids, { label, userId, channelId });
  const problem = h("p", { class: "problem", id: ids.problem, role: "alert" });
  const required = one.required && one.type !== TICK;
  const words = [label, required && h("span", { class: "required", "aria-hidden": "true" }, " *")];
  const about = description && h("p", { class: "field-about isolated", id: ids.about }, description);
  const name = control.group
    ? h("p", { class: "field-label isolated", id: ids.label }, words)
    : h("label", { class: "field-label isolated", id: ids.label, for: ids.control }, words);
  const node = h("div", { class: "form-field" }, name, about, control.node, problem);
  return { id: one.custom_id, node, read: control.read, focus: control.focus, say: (text) => say(node, problem, text) };
}

function say(node, problem, text) {
  problem.textContent = text;
  const inputs = node.querySelectorAll("input, textarea, [role='combobox'], [role='radiogroup'], [role='group']");
  for (const input of inputs) {
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

const described = (ids) => ({ "aria-describedby": `${ids.about} ${ids.problem}` });

function text(one, ids) {
  const long = one.style === PARAGRAPH;
  const node = h(long ? "textarea" : "input", {
    id: ids.control,
    class: "field",
    placeholder: one.placeholder,
    "aria-required": one.required ? "true" : null,
    rows: long ? "5" : null,
    dir: "auto",
    value: one.value ?? "",
    ...described(ids),
  });
  if (!one.max_length || one.max_length > 100 || !long) return { node, read: () => node.value, focus: () => node.focus() };
  const left = h("p", { class: "counter", "aria-hidden": "true" });
  const count = () => {
    left.textContent = String(one.max_length - [...node.value].length);
  };
  node.addEventListener("input", count);
  count();
  return { node: h("div", {}, node, left), read: () => node.value, focus: () => node.focus() };
}

function select(one, ids, { label }) {
  const { options, chosen } = choicesOf(one);
  let values = chosen;
  const node = menuOf({
    name: label,
    labelledBy: ids.label,
    describedBy: `${ids.about} ${ids.problem}`,
    placeholder: one.placeholder || "Make a selection",
    options,
    chosen,
    least: one.required ? one.min_values : 0,
    most: one.max_values,
    onPick: (picked) => {
      values = picked;
    },
  });
  return { node, group: true, read: () => values, focus: () => node.querySelector("button").focus() };
}

function boxes(type) {
  return (one, ids) => {
    const inputs = one.options.map((option) => h("input", { type, name: ids.control, value: option.value, checked: Boolean(option.default) }));
    const rows = one.options.map((option, nth) =>
      h("label", { class: "form-choice" }, inputs[nth], h("span", {}, h("span", { class: "isolated" }, option.label), option.description && h("span", { class: "option-detail" }, option.description))),
    );
    const role = type === "radio" ? "radiogroup" : "group";
    const node = h("div", { role, "aria-labelledby": ids.label, ...described(ids) }, rows);
    const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
    const read = () => (type === "radio" ? chosen()[0] : chosen());
    return { node, group: true, read, focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus() };
  };
}

function tick(one, ids) {
  const node = h("input", { type: "checkbox", id: ids.control, checked: Boolean(one.default), ...described(ids) });
  return { node, read: () => node.checked, focus: () => node.focus() };
}

const KINDS = new Map([
  [TEXT_INPUT, text],
  [FILES, filesField],
  [RADIO, boxes("radio")],
  [TICKS, boxes("checkbox")],
  [TICK, tick],
]);
