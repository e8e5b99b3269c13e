// Embeds: the older kind of card.

import { h } from "../core/dom.js";
import { written } from "../core/times.js";
import { linkTo } from "./links.js";
import { elsewhere } from "./media.js";
import { said } from "./words.js";

/** One embed. */
export function embed(one, shelf) {
  const node = h(
    "div",
    { class: "embed card" },
    h("div", { class: "embed-words" }, author(one.author), title(one), one.description && said(one.description), fields(one.fields)),
    picture(one.thumbnail, shelf, "embed-thumb"),
    picture(one.video ?? one.image, shelf, "embed-image"),
    footer(one),
  );
  if (Number.isInteger(one.color)) node.style.setProperty("--stripe", hex(one.color));
  return node;
}

/** A colour as Discord writes it, for CSS. */
export const hex = (colour) => `#${colour.toString(16).padStart(6, "0")}`;

const author = (who) => who?.name && h("p", { class: "embed-author isolated" }, who.url ? linkTo(who.url, [who.name], { masked: true }) : who.name);

function title({ title: words, url }) {
  if (!words) return null;
  return h("div", { class: "embed-title" }, url ? linkTo(url, said(words), { masked: true }) : said(words));
}

function fields(list) {
  if (!list?.length) return null;
  const one = (field) => h("div", { class: field.inline ? "inline" : "" }, h("dt", {}, said(field.name)), h("dd", {}, said(field.value)));
  return h("dl", { class: "embed-fields" }, list.map(one));
}

function picture(media, shelf, className) {
  if (!media?.url) return null;
  const shown = shelf.show(media, { alt: media.description ?? "", small: className === "embed-thumb" });
  return h("div", { class: className }, shown ?? elsewhere(media));
}

function footer({ footer: foot, timestamp }) {
  const when = timestamp && written(new Date(timestamp).getTime() / 1000, "f");
  const words = [foot?.text, when].filter(Boolean).join(" • ");
  return words && h("p", { class: "embed-footer isolated" }, words);
}
