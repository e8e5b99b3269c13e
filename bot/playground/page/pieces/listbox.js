// A menu of choices as one control: a button that opens a list. One choice or several.

import { freshId, h, refill } from "../core/dom.js";
import { icon } from "./icons.js";

const SEARCHED_FROM = 12;

/**
 * The control. `options`: [{value, label, detail, picture}]; `chosen`: values; `least` and `most`
 * say how many; `onDone(values)` is called when the choice is complete, `onPick(values)` at each.
 */
export function menuOf(about) {
  return new Menu(about).node;
}

class Menu {
  constructor(about) {
    this.about = { least: 1, most: 1, onDone: () => {}, onPick: () => {}, ...about };
    this.chosen = new Set(about.chosen);
    this.id = freshId("menu");
    this.face = h("span", { class: "menu-face" });
    this.button = h(
      "button",
      {
        type: "button",
        class: "menu-button field",
        role: "combobox",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        "aria-controls": this.id,
        "aria-label": about.labelledBy ? null : about.name,
        "aria-labelledby": about.labelledBy,
        "aria-describedby": about.describedBy,
        "aria-busy": about.busy ? "true" : null,
        disabled: about.disabled,
        "aria-disabled": about.busy ? "true" : null,
        data: { control: about.control ?? "" },
        on: { click: () => (this.list ? this.close() : this.open()), keydown: (event) => this.key(event) },
      },
      this.face,
      about.busy ? h("span", { class: "dots", "aria-hidden": "true" }) : icon("down"),
    );
    this.node = h("div", { class: "menu", on: { focusout: (event) => this.left(event) } }, this.button);
    this.show();
  }

  get multiple() {
    return this.about.most > 1;
  }

  show() {
    const labels = this.about.options.filter((one) => this.chosen.has(one.value)).map((one) => one.label);
    refill(this.face, h("span", { class: labels.length ? "isolated" : "menu-hint" }, labels.join(", ") || this.about.placeholder));
  }

  open() {
    if (this.about.busy) return;
    const { options, name } = this.about;
    this.before = [...this.chosen].join("\n");
    this.items = options.map((one) => this.item(one));
    const list = h("ul", { role: "listbox", id: this.id, "aria-label": name, "aria-multiselectable": this.multiple ? "true" : null }, this.items);
    const search = options.length >= SEARCHED_FROM ? this.search() : null;
    this.list = h("div", { class: "menu-list", on: { keydown: (event) => this.key(event), pointerdown: keepFocus } }, search, list);
    this.node.append(this.list);
    this.list.classList.toggle("upwards", this.node.getBoundingClientRect().bottom > innerHeight * 0.6);
    this.button.setAttribute("aria-expanded", "true");
    this.aim(Math.max(0, options.findIndex((one) => this.chosen.has(one.value))));
    search?.focus();
  }

  search() {
    return h("input", {
      class: "field menu-search",
      type: "search",
      "aria-label": `Search in ${this.about.name}`,
      placeholder: "Search",
      on: { input: (event) => this.filter(event.target.value) },
    });
  }

  filter(text) {
    const wanted = text.trim().toLowerCase();
    this.about.options.forEach((one, nth) => {
      this.items[nth].hidden = !`${one.label} ${one.detail ?? ""}`.toLowerCase().includes(wanted);
    });
    const first = this.items.findIndex((item) => !item.hidden);
    if (first >= 0) this.aim(first);
  }

  item(one) {
    const picture = one.picture?.();
    return h(
      "li",
      {
        role: "option",
        id: freshId("option"),
        "aria-selected": String(this.chosen.has(one.value)),
        data: { value: one.value },
        on: { click: () => this.pick(one.value), pointermove: () => this.aim(this.about.options.indexOf(one), { scroll: false }) },
      },
      picture && h("span", { class: "option-picture", "aria-hidden": "true" }, picture),
      h("span", { class: "option-words" }, h("span", { class: "isolated" }, one.label), one.detail && h("span", { class: "option-detail isolated" }, one.detail)),
      icon("check"),
    );
  }

  aim(nth, { scroll = true } = {}) {
    this.at = nth;
    this.items.forEach((item, index) => item.classList.toggle("aimed", index === nth));
    const item = this.items[nth];
    if (!item) return;
    const holder = this.list.querySelector("input") ?? this.button;
    holder.setAttribute("aria-activedescendant", item.id);
    if (scroll) item.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const seen = this.items.map((item, index) => index).filter((index) => !this.items[index].hidden);
    if (!seen.length) return;
    const here = seen.indexOf(this.at);
    this.aim(seen[(here + by + seen.length) % seen.length]);
  }

  key(event) {
    if (!this.list) {
      if (["ArrowDown", "ArrowUp"].includes(event.key)) {
        event.preventDefault();
        this.open();
      }
      return;
    }
    const typing = event.target.tagName === "INPUT";
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) this.step(moves[event.key]);
    else if (event.key === "Home" && !typing) this.aim(0);
    else if (event.key === "End" && !typing) this.aim(this.items.length - 1);
    else if (event.key === "Enter" || (event.key === " " && !typing)) this.pick(this.about.options[this.at].value);
    else if (event.key === "Escape") this.close();
    else if (!typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.letter(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  letter(sign) {
    const starts = (index) => this.about.options[index].label.toLowerCase().startsWith(sign.toLowerCase());
    const order = [...this.items.keys()].map((nth) => (nth + this.at + 1) % this.items.length);
    const found = order.find(starts);
    if (found !== undefined) this.aim(found);
  }

  pick(value) {
    if (!this.multiple) {
      const same = this.chosen.has(value);
      if (same && this.about.least === 0) this.chosen.clear();
      else this.chosen = new Set([value]);
      this.about.onPick([...this.chosen]);
      this.close({ always: true });
      return;
    }
    if (this.chosen.has(value)) this.chosen.delete(value);
    else if (this.chosen.size < this.about.most) this.chosen.add(value);
    for (const item of this.items) item.setAttribute("aria-selected", String(this.chosen.has(item.dataset.value)));
    this.about.onPick([...this.chosen]);
    this.show();
  }

  left(event) {
    if (!this.node.contains(event.relatedTarget)) this.close({ refocus: false });
  }

  close({ refocus = true, always = false } = {}) {
    if (!this.list) return;
    const list = this.list;
    this.list = null;
    list.remove();
    this.button.setAttribute("aria-expanded", "false");
    this.button.removeAttribute("aria-activedescendant");
    this.show();
    if (refocus) this.button.focus();
    const values = [...this.chosen];
    if ((always || values.join("\n") !== this.before) && values.length >= this.about.least) this.about.onDone(values);
  }
}

/** A press on an option takes the focus from nobody. */
function keepFocus(event) {
  if (event.target.tagName !== "INPUT") event.preventDefault();
}
