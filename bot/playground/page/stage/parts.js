// What the sections of the panel are made of.

import { h } from "../playground.js";

const SVG = "http://www.w3.org/2000/svg";
let last = 0;

/** A section with a heading, which can be folded; `aside` stands at the right of the heading. */
export function section(title, { name, aside = null, open = true }, ...children) {
  const key = `stage-${name}`;
  const kept = localStorage.getItem(key);
  const details = h(
    "details",
    { class: `stage-section ${name}`, open: kept === null ? open : kept === "open" },
    h("summary", {}, h("h3", {}, title), aside, picture(["M6 9l6 6 6-6"], "fold")),
    h("div", { class: "stage-body" }, children),
  );
  details.addEventListener("toggle", () => localStorage.setItem(key, details.open ? "open" : "folded"));
  return details;
}

/** One of several, by arrow keys: `choices` are {value, label, icon?}. */
export function choice(legend, name, choices, onPick) {
  last += 1;
  const inputs = new Map();
  const labels = choices.map(({ value, label, icon }) => {
    const input = h("input", { type: "radio", name: `${name}-${last}`, value });
    input.addEventListener("change", () => onPick(value));
    inputs.set(String(value), input);
    return h("label", { class: "choice" }, input, icon ? picture(icon) : null, h("span", {}, label));
  });
  const node = h("fieldset", { class: `choices ${name}` }, h("legend", { class: "unseen" }, legend), labels);
  return {
    node,
    /** Shows what holds, unless somebody is choosing at this moment. */
    set(value) {
      const input = inputs.get(String(value));
      if (input) input.checked = true;
      else for (const one of inputs.values()) one.checked = false;
    },
  };
}

/** A line with a coloured dot in front of it. */
export function lamp() {
  const words = h("span", {});
  const node = h("p", { class: "lamp", role: "status" }, h("span", { class: "lamp-dot", "aria-hidden": "true" }), words);
  return {
    node,
    set(mood, text) {
      node.dataset.mood = mood;
      say(words, text);
    },
  };
}

/** A button that cannot be pressed again while it works. */
export function button(label, kind, deed) {
  const node = h("button", { type: "button", class: `button ${kind}` }, label);
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    try {
      await deed();
    } finally {
      node.removeAttribute("aria-busy");
    }
  });
  return node;
}

/** A thin-lined picture on a 24 by 24 ground. */
export function picture(paths, more = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${more}`.trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Changes a text only where it differs: what is read aloud is not read twice. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
