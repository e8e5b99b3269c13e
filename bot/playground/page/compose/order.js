// A command being written: its name, its options as chips, what can be added, and sending it.
// Rule: what Discord's client refuses stands at its option, in Discord's words; nothing is lost.

import { act, Refused } from "../core/api.js";
import { freshId, h, refill } from "../core/dom.js";
import { me, place } from "../core/here.js";
import { follow } from "../talk/pending.js";
import { translated } from "./commands.js";
import { Field } from "./field.js";
import { FileField } from "./file_field.js";
import { steer, suggest, unsuggest } from "./suggestions.js";
import { Kind, kindOf } from "./values.js";

/** `onEnd` is called when the command was sent or given up. */
export class Order {
  constructor(command, { onEnd, values = {} }) {
    this.command = command;
    this.onEnd = onEnd;
    this.fields = [];
    this.adder = h("input", {
      class: "option-adder",
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-label": "Add an option",
      autocomplete: "off",
      on: { input: () => this.offer(), focus: () => this.offer(), blur: () => unsuggest(this.adder) },
    });
    this.problem = h("p", { class: "problem order-problem", role: "alert" });
    this.chips = h("div", { class: "order-chips" });
    this.node = h("form", { class: "order", tabindex: "-1", id: freshId("order"), "aria-label": `Command /${command.title}`, novalidate: true, on: { keydown: (event) => this.key(event), submit: (event) => this.submitted(event) } }, this.chips, this.problem);
    for (const spec of command.options) {
      if (spec.required || spec.name in values) this.add(spec, { draw: false }).put?.(String(values[spec.name] ?? ""));
    }
    this.draw();
  }

  get path() {
    return this.command.path;
  }

  get rest() {
    const used = new Set(this.fields.map((field) => field.name));
    return this.command.options.filter((spec) => !used.has(spec.name));
  }

  // -- its parts --

  add(spec, { draw = true } = {}) {
    const field = spec.type === Kind.FILE ? new FileField(spec, this) : new Field(spec, this);
    this.fields.push(field);
    if (draw) this.draw();
    return field;
  }

  remove(field) {
    const at = this.fields.indexOf(field);
    field.left?.();
    this.fields.splice(at, 1);
    this.draw();
    (this.fields[at - 1] ?? this.fields[0] ?? this.adder).focus();
  }

  draw() {
    const rest = this.rest;
    this.adder.placeholder = rest.length ? `+ ${rest.length} more` : "";
    this.adder.hidden = rest.length === 0;
    const name = h("span", { class: "order-name" }, `/${this.command.title}`);
    // Moving the focused input would take the focus from it.
    const had = document.activeElement;
    refill(this.chips, name, this.fields.map((field) => field.node), this.adder);
    if (this.chips.contains(had) && document.activeElement !== had) had.focus();
  }

  /** Where one begins to write; where all is written, the command itself, so that Enter sends it. */
  begin() {
    const nothing = this.fields.length + this.rest.length === 0;
    const written = this.fields.length > 0 && !this.fields.some((field) => field.isEmpty);
    (nothing || written ? this.node : (this.fields.find((field) => field.isEmpty) ?? this.adder)).focus();
  }

  changed() {
    this.problem.textContent = "";
  }

  next(field) {
    const at = this.fields.indexOf(field);
    const empty = this.fields.slice(at + 1).find((one) => one.isEmpty) ?? this.fields.find((one) => one.isEmpty);
    if (empty) empty.focus();
    else if (this.rest.length) this.adder.focus();
    else field.offer();
  }

  /** What was put in, by option; `without` one of them. */
  values(without = null) {
    const filled = this.fields.filter((field) => field.name !== without && field.value !== undefined);
    return Object.fromEntries(filled.map((field) => [field.name, field.value]));
  }

  /** The option that a dropped file is for: the one in focus, an empty one, one to add. */
  fileField() {
    const files = this.fields.filter((field) => field instanceof FileField);
    const focused = files.find((field) => field.node.contains(document.activeElement));
    const spec = this.rest.find((one) => one.type === Kind.FILE);
    return focused ?? files.find((field) => field.isEmpty) ?? (spec ? this.add(spec) : files[0]);
  }

  // -- options to add --

  offer() {
    if (document.activeElement !== this.adder) return;
    const wanted = this.adder.value.trim().toLowerCase();
    const fits = this.rest.filter((spec) => translated(spec, "name").toLowerCase().includes(wanted));
    const items = fits.map((spec) => ({ label: translated(spec, "name"), detail: translated(spec, "description"), hint: kindOf(spec), pick: () => this.pick(spec) }));
    const head = h("span", { class: "head-about" }, items.length ? "Optional, in any order" : "There is no such option");
    // Enter sends: an option is picked with it only after somebody went to the list.
    suggest(this.adder, { title: "Options", head: [head], items, aimed: wanted ? 0 : -1 });
  }

  pick(spec) {
    this.adder.value = "";
    this.add(spec).focus();
  }

  // -- keys --

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.end();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Backspace" && this.backspace(event.target)) {
      event.preventDefault();
    } else if (steer(event, event.target === this.adder && this.adder.getAttribute("aria-activedescendant") === null ? [] : undefined)) {
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.target.matches(".option-file")) {
      event.preventDefault();
      this.send();
    }
  }

  /** Backspace in an empty option takes it away; in the first required one, the command. */
  backspace(target) {
    const field = this.fields.find((one) => one.node.contains(target));
    if (target === this.node) {
      this.end({ keep: `/${this.command.title}` });
      return true;
    }
    if (target === this.adder && this.adder.value === "") {
      if (this.fields.length) this.fields.at(-1).focus();
      else this.end();
      return true;
    }
    if (field instanceof FileField && field.taken) {
      field.clear();
      return true;
    }
    if (!field?.isEmpty) return false;
    if (!field.spec.required) this.remove(field);
    else if (this.fields[0] === field) this.end({ keep: `/${this.command.title}` });
    else this.fields[this.fields.indexOf(field) - 1].focus();
    return true;
  }

  // -- sending --

  submitted(event) {
    event.preventDefault();
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    unsuggest();
    this.changed();
    for (const field of this.fields) if (!field.loading && field.value !== undefined) field.say("");
    await Promise.all(this.fields.map((field) => field.settled?.()));
    const [user, channel] = [me(), place()];
    try {
      const sent = { user: user.id, channel: channel.id, name: this.path, options: this.values() };
      const { interaction } = await act("slash", sent);
      follow(interaction, { channelId: channel.id, user, name: this.command.title });
      this.end({ sent: true });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refuse(error);
    } finally {
      this.sending = false;
    }
  }

  refuse(error) {
    const spec = this.command.options.find((one) => one.name === error.field);
    if (!spec) {
      this.problem.textContent = error.message;
      return;
    }
    const field = this.fields.find((one) => one.name === spec.name) ?? this.add(spec);
    field.focus();
    // A file that was itself refused keeps that word.
    if (!field.problem.textContent || field.value !== undefined) field.say(error.message);
  }

  end({ keep = "", sent = false } = {}) {
    unsuggest();
    for (const field of this.fields) field.left?.();
    this.onEnd({ keep, sent });
  }
}
