// Components: containers, texts, sections, galleries, files, separators, rows of buttons and menus.
// `deeds` does what is pressed: {shelf, busy(id), picked(id), press(button), choose(select, values)}.

import { h } from "../core/dom.js";
import { iconOfEmoji } from "../pieces/icons.js";
import { menuOf } from "../pieces/listbox.js";
import { hex } from "./embeds.js";
import { linkTo } from "./links.js";
import { elsewhere, fileCard, spoilt } from "./media.js";
import { choicesOf } from "./choices.js";
import { said } from "./words.js";

const STYLES = { 1: "primary", 2: "", 3: "good", 4: "danger", 5: "link", 6: "primary" };
const LINK = 5;
const BUTTON = 2;

/** The components of a message. */
export function parts(components, deeds) {
  return components.map((one) => part(one, deeds));
}

const KINDS = {
  1: row,
  2: button,
  3: select,
  5: select,
  6: select,
  7: select,
  8: select,
  9: section,
  10: (one) => said(one.content),
  11: thumbnail,
  12: gallery,
  13: file,
  14: (one) => h("hr", { class: `separator ${one.divider ? "" : "bare"} ${one.spacing === 2 ? "wide" : ""}` }),
  17: container,
};

function part(one, deeds) {
  return KINDS[one.type]?.(one, deeds) ?? null;
}

function row(one, deeds) {
  return h("div", { class: "row-of-controls" }, parts(one.components, deeds));
}

function container(one, deeds) {
  const node = h("div", { class: "container card" }, parts(one.components, deeds));
  if (Number.isInteger(one.accent_color)) node.style.setProperty("--stripe", hex(one.accent_color));
  return one.spoiler ? spoilt(node, true) : node;
}

function section(one, deeds) {
  const beside = h("div", { class: one.accessory.type === BUTTON ? "" : "section-media" }, part(one.accessory, deeds));
  return h("div", { class: "section" }, h("div", { class: "section-words" }, parts(one.components, deeds)), beside);
}

function thumbnail(one, { shelf }) {
  const shown = shelf.show(one.media, { alt: one.description ?? "", small: true });
  return spoilt(shown ?? elsewhere(one.media), one.spoiler);
}

function gallery(one, { shelf }) {
  const items = one.items.map((item) => {
    const shown = shelf.show(item.media, { alt: item.description ?? "" });
    return spoilt(shown ?? elsewhere(item.media), item.spoiler);
  });
  return h("div", { class: `gallery of-${Math.min(items.length, 4)}` }, items);
}

function file(one) {
  return fileCard({ filename: one.name ?? "file", size: one.size, url: one.file.url });
}

/** The emoji and the label of a button. */
function face(one) {
  const drawn = iconOfEmoji(one.emoji?.name);
  const emoji = one.emoji && (drawn ?? h("span", { class: "emoji", "aria-hidden": "true" }, one.emoji.name));
  return [emoji, one.label ? h("span", { class: "isolated" }, one.label) : h("span", { class: "unseen" }, one.emoji?.name ?? "")];
}

function button(one, deeds) {
  const look = `button ${STYLES[one.style] ?? ""}`;
  if (one.style === LINK) {
    const node = linkTo(one.url, face(one), { class: look, masked: true });
    if (one.disabled) node.removeAttribute("href");
    return node;
  }
  const busy = deeds.busy(one.custom_id);
  const press = () => !busy && deeds.press(one);
  return h(
    "button",
    {
      type: "button",
      class: look,
      disabled: Boolean(one.disabled),
      "aria-busy": busy ? "true" : null,
      data: { control: one.custom_id ?? "" },
      on: { click: press },
    },
    face(one),
    busy && h("span", { class: "dots", "aria-hidden": "true" }),
  );
}

function select(one, deeds) {
  const { options, chosen: proposed } = choicesOf(one);
  const chosen = deeds.picked(one.custom_id) ?? proposed;
  return menuOf({
    name: one.placeholder || "Make a selection",
    placeholder: one.placeholder || "Make a selection",
    options,
    chosen,
    least: one.min_values,
    most: one.max_values,
    disabled: Boolean(one.disabled),
    busy: deeds.busy(one.custom_id),
    control: one.custom_id,
    onDone: (values) => deeds.choose(one, values),
  });
}

