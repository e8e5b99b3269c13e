// The list above the message box: commands, choices, options to add. One at a time.
// The input keeps the focus; the list is steered from its keys.

import { byId, freshId, h, refill } from "../core/dom.js";

let current = null;

const panel = () => byId("suggestions");

/**
 * Shows a list for an input. `items`: [{label, detail, hint, picture, pick}]; `head`: nodes above
 * it; `title` names it. Without items only the head is shown.
 */
export function suggest(input, { title, head = null, items, aimed = items.length ? 0 : -1 }) {
  const options = items.map((one, nth) => option(one, nth));
  current = { input, items, options, at: -1 };
  // Steered from the input; still, what scrolls can be reached.
  const list = h("ul", { role: "listbox", tabindex: "0", id: "suggestion-list", "aria-label": title }, options);
  refill(panel(), head && h("div", { class: "suggestion-head" }, head), options.length ? list : null);
  panel().hidden = false;
  if (options.length) input.setAttribute("aria-controls", "suggestion-list");
  else input.removeAttribute("aria-controls");
  if (input.getAttribute("role") === "combobox") input.setAttribute("aria-expanded", String(options.length > 0));
  aim(aimed);
}

function option(one, nth) {
  return h(
    "li",
    {
      role: "option",
      id: freshId("suggestion"),
      "aria-selected": "false",
      on: {
        pointerdown: (event) => event.preventDefault(),
        pointermove: () => aim(nth, { scroll: false }),
        click: () => one.pick(),
      },
    },
    one.picture,
    h("span", { class: "option-words" }, h("span", { class: "isolated" }, one.label), one.detail && h("span", { class: "option-detail isolated" }, one.detail)),
    one.hint && h("span", { class: "option-hint" }, one.hint),
  );
}

function aim(nth, { scroll = true } = {}) {
  if (!current) return;
  current.at = nth;
  current.options.forEach((node, index) => {
    node.classList.toggle("aimed", index === nth);
    node.setAttribute("aria-selected", String(index === nth));
  });
  const node = current.options[nth];
  if (node) current.input.setAttribute("aria-activedescendant", node.id);
  else current.input.removeAttribute("aria-activedescendant");
  if (node && scroll) node.scrollIntoView({ block: "nearest" });
}

/** Whether a list for this input is open, and has something in it. */
export const isSuggesting = (input) => current?.input === input && current.items.length > 0;

/** Takes the list away, if it is this input's. */
export function unsuggest(input = current?.input) {
  if (!current || current.input !== input) return;
  input.removeAttribute("aria-activedescendant");
  input.removeAttribute("aria-controls");
  if (input.getAttribute("role") === "combobox") input.setAttribute("aria-expanded", "false");
  current = null;
  panel().hidden = true;
  refill(panel());
}

/** Handles a key for the open list: true where the key was used up. `picks`: the keys that pick. */
export function steer(event, picks = ["Enter", "Tab"]) {
  if (!current?.items.length) return false;
  const { items, at } = current;
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length + (at < 0 ? 1 : 0) };
  if (event.key in moves) aim(moves[event.key] % items.length);
  else if (picks.includes(event.key) && !event.shiftKey && at >= 0) items[at].pick();
  else return false;
  event.preventDefault();
  return true;
}
