// The message box. "/" begins a command; then the options of the command take its place.

import { act, Refused, upload } from "../core/api.js";
import { byId, h, refill } from "../core/dom.js";
import { SEND_MESSAGES, holdsMessages, isThread, may, me, nameOf, place } from "../core/here.js";
import { on } from "../core/news.js";
import { channelName } from "../places/channels.js";
import { closeDrawers } from "../places/drawers.js";
import { avatar } from "../pieces/avatar.js";
import { icon } from "../pieces/icons.js";
import { toast } from "../pieces/toast.js";
import { fitting, offered } from "./commands.js";
import { dropOrder, keepDraft, takeDraft } from "./drafts.js";
import { Tray, takeFiles } from "./files.js";
import { Order } from "./order.js";
import { isSuggesting, steer, suggest, unsuggest } from "./suggestions.js";

const MOST_SHOWN = 40;
const SILENT = "You do not have permission to send messages in this channel.";

let order = null;
/** Whose draft stands in the box, and of which channel. */
let where = "";
let box;
let tray;
let problem;
let shell;
let sendButton;
let line;

export function startComposer() {
  box = h("textarea", { id: "message-box", rows: "1", "aria-autocomplete": "list", "aria-haspopup": "listbox", autocomplete: "off", dir: "auto", on: { input: typed, keydown: key, blur: () => unsuggest(box) } });
  tray = new Tray({ onChange: draw });
  problem = h("p", { class: "problem", role: "alert" });
  const input = h("input", { type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => {
    files([...input.files]);
    input.value = "";
  });
  const attach = h("button", { type: "button", class: "icon-button", "aria-label": "Attach files", on: { click: () => input.click() } }, icon("plus"));
  sendButton = h("button", { type: "button", class: "icon-button send", "aria-label": "Send", on: { click: send } }, icon("send"));
  line = h("div", { class: "composer-line" });
  shell = h("div", { class: "composer-shell" }, tray.node, h("div", { class: "composer-row" }, attach, input, line, sendButton), problem);
  const panel = h("div", { id: "suggestions", class: "suggestions", hidden: true });
  byId("composer").append(panel, shell);
  const veil = h("div", { class: "drop-veil", hidden: true, "aria-hidden": "true" }, h("p", {}, icon("image"), "Let it go to attach it"));
  byId("talk").append(veil);
  takeFiles(document.body, veil, files);
  on("place", moved);
  on("actor", moved);
  on("world", draw);
  on("command wanted", (path) => tryCommand(path));
  document.addEventListener("keydown", elsewhere);
  draw();
}

/** Fills the message box with a command, ready for Enter; false where it is not offered. */
export async function tryCommand(path, values = {}) {
  const found = (await offered()).find((one) => one.path === path.replace(/^\//, ""));
  if (!found) {
    toast(`/${path} is not offered here.`, "bad");
    return false;
  }
  closeDrawers(); // what is written is to be seen, and takes no focus while it is covered
  begin(found, values);
  return true;
}

/** What is being written belongs to its channel and to who writes it: it waits there. */
function moved() {
  const now = `${me()?.id ?? ""}/${place()?.id ?? ""}`;
  if (now !== where) {
    keepDraft(where, { order, text: box.value, files: tray.files });
    where = now;
    const draft = takeDraft(where);
    order = draft.order;
    box.value = draft.text;
    tray.files = draft.files;
    tray.draw();
    problem.textContent = "";
  }
  unsuggest();
  draw();
}

function draw() {
  const channel = place();
  const writable = holdsMessages(channel) && may(channel, SEND_MESSAGES);
  const where = !channel ? "" : channel.guild_id && !isThread(channel) ? `#${channel.name}` : channelName(channel);
  const name = order ? null : `Message ${where}`;
  byId("composer").hidden = !holdsMessages(channel);
  box.disabled = !writable;
  box.placeholder = writable ? `Message ${where}, or / for commands` : SILENT;
  box.setAttribute("aria-label", name ?? "Message");
  const who = me();
  const face = who && avatar(who, nameOf(who), "small");
  if (order && line.firstElementChild !== order.node) refill(line, order.node);
  else if (!order && line.firstElementChild?.nextElementSibling !== box) refill(line, face, box);
  else if (!order) line.firstElementChild.replaceWith(face ?? "");
  shell.classList.toggle("ordering", Boolean(order));
  sendButton.disabled = !order && !box.value.trim() && !tray.files.length;
  size();
}

function size() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.setProperty("height", "auto");
  box.style.setProperty("height", `${box.scrollHeight}px`);
}

// -- commands --

async function typed() {
  problem.textContent = "";
  draw();
  if (!box.value.startsWith("/") || box.value.includes("\n")) {
    unsuggest(box);
    return;
  }
  let commands;
  try {
    commands = await offered();
  } catch (error) {
    problem.textContent = error.message;
    return;
  }
  if (!box.value.startsWith("/") || document.activeElement !== box) return;
  const asked = box.value.slice(1);
  const whole = commands.find((one) => `${one.title} ` === asked);
  if (whole) {
    begin(whole);
    return;
  }
  const found = fitting(commands, asked).slice(0, MOST_SHOWN);
  const items = found.map((one) => ({
    label: `/${one.title}`,
    detail: one.description,
    hint: optionWords(one),
    picture: h("span", { class: "avatar small bot", "aria-hidden": "true" }),
    pick: () => begin(one),
  }));
  const head = h("span", { class: "head-about" }, items.length ? "Commands" : "No command fits.");
  suggest(box, { title: "Commands", head: [head], items });
}

const optionWords = (command) => command.options.filter((one) => one.required).map((one) => one.name).join(" ");

function begin(command, values = {}) {
  unsuggest();
  box.value = "";
  const mine = new Order(command, { values, onEnd: (how) => onEnd(mine, how) });
  order = mine;
  // Files that were there already become the command's.
  for (const file of tray.files) order.fileField()?.take(file);
  tray.files = [];
  tray.draw();
  order.begin();
}

function onEnd(ended, { keep }) {
  if (order !== ended) {
    dropOrder(ended);
    return;
  }
  order = null;
  box.value = keep;
  draw();
  box.focus();
  if (keep) typed();
}

// -- messages --

function key(event) {
  if (event.isComposing) return;
  if (isSuggesting(box) && steer(event)) {
    event.stopPropagation();
  } else if (event.key === "Escape" && isSuggesting(box)) {
    event.preventDefault();
    unsuggest(box);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && !box.value) {
    event.preventDefault();
    [...document.querySelectorAll("#feed article.message")].at(-1)?.focus();
  }
}

let sending = false;

async function send() {
  if (order) {
    order.send();
    return;
  }
  if (sending || (!box.value.trim() && !tray.files.length)) return;
  sending = true;
  const [user, channel, content, from] = [me().id, place().id, box.value, where];
  try {
    const sent = [];
    for (const file of tray.files) sent.push((await upload(file, { user, channel })).id);
    await act("say", { user, channel, content, files: sent });
    if (from === where) {
      box.value = "";
      tray.clear();
      problem.textContent = "";
    } else {
      takeDraft(from); // whoever sent it has gone elsewhere
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (from === where) problem.textContent = error.message;
    else toast(error.message, "bad");
  } finally {
    sending = false;
    draw();
  }
}

function files(found) {
  if (box.disabled) return;
  if (!order) {
    tray.add(found);
    box.focus();
    return;
  }
  const field = order.fileField();
  if (!field) {
    toast("This command takes no file.", "bad");
    return;
  }
  field.take(found[0]);
  field.focus();
}

/** A letter typed where nothing else wants it begins a message, "/" a command. */
function elsewhere(event) {
  const target = event.target;
  const busy = target.closest?.("input, textarea, select, dialog, [role='menu'], [role='listbox'], #stage") || document.querySelector("dialog[open]");
  if (busy || order || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (target.closest?.("[role='combobox']")) return;
  box.focus();
}
