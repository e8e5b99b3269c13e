// An option that takes a file: chosen by button, dropped, or pasted.

import { upload } from "../core/api.js";
import { freshId, h, refill } from "../core/dom.js";
import { me, place } from "../core/here.js";
import { icon } from "../pieces/icons.js";
import { sizeOf } from "../talk/media.js";
import { translated } from "./commands.js";
import { suggest, unsuggest } from "./suggestions.js";
import { kindOf } from "./values.js";

/** Like Field, for attachments. */
export class FileField {
  constructor(spec, order) {
    this.spec = spec;
    this.order = order;
    this.taken = null;
    this.loading = false;
    const ids = { name: freshId("option"), about: freshId("about"), problem: freshId("problem") };
    this.input = h("input", { type: "file", class: "unseen", tabindex: "-1", "aria-hidden": "true", on: { change: () => this.chosen() } });
    this.button = h("button", {
      type: "button",
      class: "option-file",
      "aria-describedby": `${ids.about} ${ids.problem}`,
      data: { option: spec.name },
      on: { click: () => this.input.click(), focus: () => this.offer(), blur: () => unsuggest(this.button) },
    });
    this.problem = h("p", { class: "problem", id: ids.problem, role: "alert" });
    this.node = h(
      "div",
      { class: `option ${spec.required ? "required" : ""}` },
      h("span", { class: "option-name isolated", id: ids.name }, translated(spec, "name")),
      h("div", { class: "option-value" }, this.button, this.input),
      h("span", { class: "unseen", id: ids.about }, `${translated(spec, "description")} (${kindOf(spec)})`),
      this.problem,
    );
    this.draw();
  }

  get name() {
    return this.spec.name;
  }

  get isEmpty() {
    return this.taken === null && !this.loading;
  }

  get value() {
    return this.taken?.id;
  }

  focus() {
    this.button.focus();
  }

  clear() {
    this.taken = null;
    this.say("");
    this.draw();
  }

  say(words) {
    this.problem.textContent = words;
    this.node.classList.toggle("wrong", Boolean(words));
  }

  offer() {
    const head = [
      h("span", { class: "head-name isolated" }, translated(this.spec, "name")),
      h("span", { class: "head-kind" }, kindOf(this.spec)),
      this.spec.required ? h("span", { class: "tag" }, "required") : null,
      h("span", { class: "head-about isolated" }, translated(this.spec, "description")),
    ];
    suggest(this.button, { title: "File", head, items: [] });
  }

  chosen() {
    const [file] = this.input.files;
    this.input.value = "";
    if (file) this.take(file);
  }

  /** Takes a file; it is sent at once, so that a refusal comes at once. */
  async take(file) {
    this.say("");
    this.loading = true;
    this.taken = null;
    this.draw(file);
    try {
      this.sending = upload(file, { user: me().id, channel: place().id });
      const { id } = await this.sending;
      this.taken = { id, file };
    } catch (error) {
      this.say(error.message);
    }
    this.loading = false;
    this.draw();
    this.order.changed();
  }

  /** Resolves when no file is on its way. */
  async settled() {
    await this.sending?.catch(() => {});
  }

  draw(coming = null) {
    const name = translated(this.spec, "name");
    const file = this.taken?.file ?? coming;
    const words = file ? `${name}: ${file.name}, press to choose another` : `${name}: choose a file`;
    this.button.setAttribute("aria-label", words);
    refill(this.button, file ? this.shown(file) : [icon("image"), h("span", {}, "Choose or drop a file")], this.loading && h("span", { class: "dots" }));
  }

  shown(file) {
    const picture = file.type.startsWith("image/") && this.taken ? h("img", { src: this.preview(file), alt: "" }) : icon("file");
    return [picture, h("span", { class: "isolated file-name" }, file.name), h("span", { class: "file-size" }, sizeOf(file.size))];
  }

  preview(file) {
    this.address ??= new Map();
    if (!this.address.has(file)) this.address.set(file, URL.createObjectURL(file));
    return this.address.get(file);
  }

  left() {
    for (const address of this.address?.values() ?? []) URL.revokeObjectURL(address);
  }
}
