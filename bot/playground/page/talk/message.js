// One message as a row of the feed.

import { act } from "../core/api.js";
import { h } from "../core/dom.js";
import { bot, findChannel, findUser, me, nameOf } from "../core/here.js";
import { shortTime, written } from "../core/times.js";
import { avatar } from "../pieces/avatar.js";
import { icon } from "../pieces/icons.js";
import { toast } from "../pieces/toast.js";
import { embed } from "./embeds.js";
import { attachments } from "./media.js";
import { openMessageMenu } from "./message_menu.js";
import { parts } from "./parts.js";
import { choose, forgive, isBusy, pickedIn, press, problemOf } from "./presses.js";
import { said } from "./words.js";

const LOADING = 1 << 7;
const SUPPRESS_EMBEDS = 1 << 2;
const TOKEN_SECONDS = 15 * 60;
const GROUP_SECONDS = 7 * 60;
const MENU_COMMAND = 23;

export const isThinking = (message) => Boolean(message.flags & LOADING);

/** Whether a message stands under the one before it without a head of its own. */
export function joins(message, before) {
  if (!before || before.author.id !== message.author.id || invocation(message) || message.message_reference) return false;
  if (before.only_for !== message.only_for) return false;
  const gap = new Date(message.timestamp) - new Date(before.timestamp);
  return gap < GROUP_SECONDS * 1000 && new Date(message.timestamp).toDateString() === new Date(before.timestamp).toDateString();
}

/** The row of a message; `shelf` keeps its files, `joined` says that it needs no head. */
export function messageRow(message, { shelf, joined }) {
  const name = nameOf(message.author);
  const label = `${name}, ${shortTime(message.timestamp)}${message.only_for ? ", only you can see this" : ""}`;
  const classes = ["message", joined && "joined", message.only_for && "private", callsMe(message) && "calling"];
  return h(
    "article",
    { class: classes.filter(Boolean).join(" "), tabindex: "-1", "aria-label": label, data: { message: message.id } },
    above(message),
    joined ? h("span", { class: "joined-time", "aria-hidden": "true" }, written(new Date(message.timestamp) / 1000, "t")) : avatar(message.author, name),
    h("div", { class: "message-words" }, joined ? null : head(message, name), body(message, shelf), problem(message), foot(message)),
    more(message),
  );
}

const callsMe = (message) => message.pinged.includes(me()?.id);

function head(message, name) {
  const when = new Date(message.timestamp);
  return h(
    "p",
    { class: "head" },
    h("span", { class: "author isolated" }, name),
    message.author.bot && h("span", { class: "tag" }, "APP"),
    h("time", { datetime: message.timestamp, title: written(when / 1000, "F") }, shortTime(message.timestamp)),
  );
}

// -- above --

const invocation = (message) => message.interaction ?? null;

function above(message) {
  const asked = invocation(message);
  if (asked) return usedLine(asked.user, asked.name, { slash: message.type !== MENU_COMMAND });
  if (message.message_reference) return reply(message.referenced_message);
  return null;
}

/** "ann used /ltx text" */
function usedLine(user, name, { slash = true } = {}) {
  const shown = nameOf(findUser(user.id) ?? user);
  return h(
    "p",
    { class: "above" },
    avatar(user, shown, "tiny"),
    h("span", { class: "isolated above-name" }, shown),
    " used ",
    h("span", { class: "used" }, `${slash ? "/" : ""}${name}`),
  );
}

function reply(to) {
  if (!to) return h("p", { class: "above" }, icon("reply"), h("em", {}, "Original message was deleted"));
  const shown = nameOf(to.author);
  const words = plain(to) || "Press to see it";
  return h("p", { class: "above" }, icon("reply"), avatar(to.author, shown, "tiny"), h("span", { class: "isolated above-name" }, shown), h("span", { class: "above-words isolated" }, words));
}

/** What a message says, in one line, for where it is only mentioned. */
export function plain(message) {
  const texts = [message.content, ...message.embeds.map((one) => one.title ?? one.description), ...textsOf(message.components)];
  const line = texts.filter(Boolean).join("\n");
  return line
    .replace(/<@!?(\d+)>/g, (whole, id) => (findUser(id) ? `@${nameOf(findUser(id))}` : "@unknown-user"))
    .replace(/<#(\d+)>/g, (whole, id) => `#${findChannel(id)?.name ?? "no-access"}`)
    .replace(/<t:(-?\d+)(?::\w)?>/g, (whole, at) => written(Number(at), "f"))
    .replace(/(?<!\\)[*_~|`]+|^-?#+ |^> |\\(?=[^\w\s])/gm, "")
    .replace(/\s+/g, " ")
    .trim();
}

function textsOf(components) {
  return (components ?? []).flatMap((one) => [one.content, ...textsOf(one.components)]);
}

// -- what it says --

function body(message, shelf) {
  if (isThinking(message)) return thinking(message);
  const deeds = {
    shelf,
    busy: (customId) => isBusy(message.id, customId),
    picked: (customId) => pickedIn(message.id, customId),
    press: (button) => press(message, button),
    choose: (select, values) => choose(message, select, values),
  };
  const embeds = message.flags & SUPPRESS_EMBEDS ? [] : message.embeds;
  const content = message.content ? said(message.content) : null;
  if (content && message.edited_timestamp) content.lastElementChild?.append(" ", h("span", { class: "edited", title: written(new Date(message.edited_timestamp) / 1000, "F") }, "(edited)"));
  return [content, attachments(message, shelf), embeds.map((one) => embed(one, shelf)), parts(message.components, deeds)];
}

function thinking(message) {
  const age = Date.now() / 1000 - new Date(message.timestamp) / 1000;
  if (age > TOKEN_SECONDS) return h("p", { class: "problem" }, "The application did not respond");
  return h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }), `${nameOf(message.author)} is thinking…`);
}

function problem(message) {
  const words = problemOf(message.id);
  if (!words) return null;
  const close = h("button", { type: "button", class: "text-button", on: { click: () => forgive(message) } }, "Close");
  return h("p", { class: "problem", role: "alert" }, words, " ", close);
}

function foot(message) {
  if (!message.only_for) return null;
  return h(
    "p",
    { class: "foot" },
    icon("eye"),
    "Only you can see this · ",
    h("button", { type: "button", class: "text-button", on: { click: () => dismiss(message) } }, "Dismiss message"),
  );
}

/** Puts an ephemeral message away. */
export function dismiss(message) {
  const deed = { user: me().id, channel: message.channel_id, message: message.id };
  return act("dismiss", deed).catch((error) => toast(error.message, "bad"));
}

function more(message) {
  const button = h("button", { type: "button", class: "icon-button more", tabindex: "-1", "aria-label": "Message menu", "aria-haspopup": "menu" }, icon("more"));
  button.addEventListener("click", () => openMessageMenu(message, button.getBoundingClientRect()));
  return h("div", { class: "message-tools" }, button);
}

// -- commands on their way --

/** The row of a command that has no message yet. */
export function pendingRow(row, { onDismiss }) {
  const who = bot();
  const name = nameOf(who);
  const words = row.failed
    ? h("p", { class: "problem", role: "alert" }, "The application did not respond")
    : h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }), "Sending command…");
  const note = h("p", { class: "foot" }, icon("eye"), "Only you can see this · ", h("button", { type: "button", class: "text-button", on: { click: onDismiss } }, "Dismiss message"));
  return h(
    "article",
    { class: "message private", tabindex: "-1", "aria-label": `${name}, ${row.failed ? "no answer" : "on its way"}`, data: { message: row.id } },
    usedLine(row.user, row.name),
    avatar(who, name),
    h("div", { class: "message-words" }, h("p", { class: "head" }, h("span", { class: "author" }, name), h("span", { class: "tag" }, "APP")), words, row.failed && note),
  );
}

