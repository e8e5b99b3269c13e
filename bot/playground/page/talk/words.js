// Draws a text that somebody wrote: Markdown, mentions, times.
// Rule: text nodes only. Names come from the world, never from the text.

import { h } from "../core/dom.js";
import { bot, findChannel, findUser, me, nameOf, openChannel, placeServer } from "../core/here.js";
import { timestamp } from "../core/times.js";
import { tell } from "../core/news.js";
import { parse } from "./markdown.js";
import { linkTo } from "./links.js";

/** The blocks of a text, as nodes. */
export function words(text) {
  return parse(text).map(block);
}

/** The text as a `<div>` of its own. */
export function said(text, more = "") {
  return h("div", { class: `said ${more}`.trim() }, words(text));
}

const BLOCKS = {
  p: (one) => h("p", {}, one.has.map(node)),
  h1: (one) => h("h3", { class: "first" }, one.has.map(node)),
  h2: (one) => h("h4", {}, one.has.map(node)),
  h3: (one) => h("h5", {}, one.has.map(node)),
  small: (one) => h("p", { class: "small" }, one.has.map(node)),
  quote: (one) => h("blockquote", {}, one.blocks.map(block)),
  several: (one) => h("div", {}, one.blocks.map(block)),
  list,
  pre: (one) => h("pre", { tabindex: "0", "aria-label": one.language ? `Code, ${one.language}` : "Code" }, h("code", {}, one.text)),
};
const block = (one) => BLOCKS[one.is](one);

function list(one) {
  const items = one.items.map((item) => h("li", {}, item.has.map(node), item.lists.map(list)));
  return one.ordered ? h("ol", { start: one.start }, items) : h("ul", {}, items);
}

const NODES = {
  b: (one) => h("strong", {}, one.has.map(node)),
  i: (one) => h("em", {}, one.has.map(node)),
  u: (one) => h("u", {}, one.has.map(node)),
  s: (one) => h("s", {}, one.has.map(node)),
  spoiler,
  code: (one) => h("code", { class: "isolated" }, one.text),
  link: (one) => linkTo(one.href, one.has.map(node), { masked: one.masked }),
  user,
  role,
  channel,
  command: (one) =>
    h("button", { type: "button", class: "mention", on: { click: () => tell("command wanted", one.name) } }, `/${one.name}`),
  everyone: (one) => h("span", { class: "mention loud" }, one.text),
  time: (one) => timestamp(one.at, one.form) ?? `<t:${one.at}>`,
  emoji: (one) => h("span", { title: one.name }, `:${one.name}:`),
};
const node = (one) => (typeof one === "string" ? one : NODES[one.is](one));

function spoiler(one) {
  const hidden = h("span", { class: "spoiler-words" }, one.has.map(node));
  hidden.inert = true;
  const cover = h("button", { type: "button", class: "spoiler", "aria-label": "Spoiler, press to show" }, hidden);
  cover.addEventListener("click", () => {
    hidden.inert = false;
    cover.replaceWith(hidden);
    hidden.classList.add("shown");
  });
  return cover;
}

function user({ id }) {
  const found = findUser(id);
  const mine = id === me()?.id;
  return h("span", { class: `mention isolated ${mine ? "loud" : ""}` }, found ? `@${nameOf(found)}` : "@unknown-user");
}

function role({ id }) {
  const found = placeServer()?.roles.find((one) => one.id === id);
  const managed = found?.tags?.bot_id === bot()?.id;
  return h("span", { class: "mention isolated" }, found ? `@${managed ? bot().username : found.name}` : "@deleted-role");
}

function channel({ id }) {
  const found = findChannel(id);
  if (!found) return h("span", { class: "mention" }, "# No Access");
  return h("button", { type: "button", class: "mention isolated", on: { click: () => openChannel(id) } }, `#${found.name}`);
}
