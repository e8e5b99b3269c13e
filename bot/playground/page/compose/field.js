// One option of a command as a chip with an input: what it is, what was typed, what is wrong.

import { act, Refused } from "../core/api.js";
import { freshId, h } from "../core/dom.js";
import { me, place } from "../core/here.js";
import { suggest, unsuggest } from "./suggestions.js";
import { Kind, choicesFor, kindOf, readTyped } from "./values.js";
import { translated } from "./commands.js";

const PATIENCE = 120;
const MOST_SHOWN = 25;

/** `order` is the command being written: {path, values(without), changed(), next(field)}. */
export class Field {
  constructor(spec, order) {
    this.spec = spec;
    this.order = order;
    this.picked = null;
    this.asking = 0;
    const ids = { name: freshId("option"), about: freshId("about"), problem: freshId("problem") };
    const offers = Boolean(spec.autocomplete || choicesFor(spec));
    const oneLine = offers || spec.type !== Kind.STRING;
    this.input = h(oneLine ? "input" : "textarea", {
      class: "option-input",
      id: freshId("value"),
      rows: oneLine ? null : "1",
      autocomplete: "off",
      spellcheck: "false",
      dir: "auto",
      role: offers ? "combobox" : null,
      "aria-expanded": offers ? "false" : null,
      "aria-autocomplete": offers ? "list" : null,
      "aria-labelledby": ids.name,
      "aria-describedby": `${ids.about} ${ids.problem}`,
      "aria-required": spec.required ? "true" : null,
      data: { option: spec.name },
      on: { input: () => this.typed(), focus: () => this.offer(), blur: () => this.left() },
    });
    this.problem = h("p", { class: "problem", id: ids.problem, role: "alert" });
    this.node = h(
      "div",
      { class: `option ${spec.required ? "required" : ""}`, on: { click: () => this.input.focus() } },
      h("span", { class: "option-name isolated", id: ids.name }, translated(spec, "name")),
      h("div", { class: "option-value" }, this.input),
      h("span", { class: "unseen", id: ids.about }, `${translated(spec, "description")} (${kindOf(spec)})`),
      this.problem,
    );
    this.size();
  }

  get name() {
    return this.spec.name;
  }

  get isEmpty() {
    return this.input.value === "" && this.picked === null;
  }

  /** What travels; undefined where nothing was put in. */
  get value() {
    if (this.picked) return this.picked.value;
    return this.input.value === "" ? undefined : readTyped(this.spec, this.input.value);
  }

  focus() {
    this.input.focus();
  }

  put(text) {
    this.input.value = text;
    this.picked = null;
    this.size();
  }

  say(words) {
    this.problem.textContent = words;
    this.node.classList.toggle("wrong", Boolean(words));
    if (words) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  typed() {
    // An option is one line; what is pasted becomes one.
    if (this.input.value.includes("\n")) this.input.value = this.input.value.replaceAll(/\s*\n\s*/g, " ");
    this.picked = null;
    this.say("");
    this.size();
    this.offer();
    this.order.changed();
  }

  /** As wide and as high as what stands in it, where CSS alone cannot do it. */
  size() {
    if (CSS.supports("field-sizing", "content")) return;
    this.input.style.setProperty("width", `${Math.min(Math.max(this.input.value.length + 1, 6), 60)}ch`);
    if (this.input.tagName !== "TEXTAREA") return;
    this.input.style.setProperty("height", "auto");
    this.input.style.setProperty("height", `${this.input.scrollHeight}px`);
  }

  left() {
    clearTimeout(this.timer);
    this.asking += 1;
    unsuggest(this.input);
  }

  pick(one) {
    this.picked = one;
    this.input.value = one.label;
    this.say("");
    this.size();
    this.order.next(this);
  }

  // -- what is offered --

  offer() {
    const fixed = choicesFor(this.spec);
    if (fixed) this.show(this.filtered(fixed));
    else if (this.spec.autocomplete) this.ask();
    else this.show([]);
  }

  filtered(list) {
    const wanted = this.picked ? "" : this.input.value.trim().toLowerCase();
    return list.filter((one) => `${one.label} ${one.detail ?? ""}`.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
  }

  show(list, note = "") {
    if (document.activeElement !== this.input) return;
    const required = this.spec.required ? h("span", { class: "tag" }, "required") : null;
    const head = [
      h("span", { class: "head-name isolated" }, translated(this.spec, "name")),
      h("span", { class: "head-kind" }, kindOf(this.spec)),
      required,
      h("span", { class: "head-about isolated" }, translated(this.spec, "description")),
      note && h("span", { class: "head-note", role: "status" }, note),
    ];
    const items = list.map((one) => ({ label: one.label, detail: one.detail, pick: () => this.pick(one) }));
    const mustChoose = Boolean(this.spec.autocomplete) && !this.input.value;
    suggest(this.input, { title: `Choices for ${translated(this.spec, "name")}`, head, items, aimed: items.length && !mustChoose ? 0 : -1 });
  }

  ask() {
    this.show([], "Loading options…");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), PATIENCE);
  }

  async load() {
    this.asking += 1;
    const mine = this.asking;
    const typed = this.picked ? "" : this.input.value;
    let found;
    let note = "";
    try {
      found = await this.choices(typed, this.order.values(this.name));
      if (!found.length) note = "No options match your search.";
    } catch {
      note = "Loading options failed";
    }
    if (mine !== this.asking) return;
    this.show((found ?? []).map((one) => ({ value: one.value, label: one.name })), note);
  }

  /** What the application offers. Another field that is wrong as yet is left out. */
  async choices(typed, options) {
    const asked = { user: me().id, channel: place().id, name: this.order.path, option: this.name, typed };
    try {
      return (await act("autocomplete", { ...asked, options })).choices;
    } catch (error) {
      if (!(error instanceof Refused) || !(error.field in options)) throw error;
      const rest = Object.entries(options).filter(([name]) => name !== error.field);
      return this.choices(typed, Object.fromEntries(rest));
    }
  }
}
