// Buttons and menus on messages: what is being pressed, and what was said to it.

import { act, Refused } from "../core/api.js";
import { Answer, outcome } from "../core/asked.js";
import { me } from "../core/here.js";
import { on, tell } from "../core/news.js";
import { openForm } from "../pieces/form.js";

const FAILED = "This interaction failed";

/** By message: {busy: Set of custom ids, problem: a sentence}. */
const states = new Map();

/** By message and custom id: what was chosen in a menu, until the message says otherwise. */
const picks = new Map();
on("event:message_edited", (message) => picks.delete(message.id));
export const pickedIn = (messageId, customId) => picks.get(messageId)?.get(customId) ?? null;

const stateOf = (messageId) => states.get(messageId) ?? { busy: new Set(), problem: "" };
export const isBusy = (messageId, customId) => stateOf(messageId).busy.has(customId);
export const problemOf = (messageId) => stateOf(messageId).problem;

/** Presses a button of a message. */
export function press(message, button) {
  return follow(message, button.custom_id, () => act("press", about(message, button.custom_id)));
}

/** Chooses in a select menu of a message. */
export function choose(message, select, values) {
  if (!picks.has(message.id)) picks.set(message.id, new Map());
  picks.get(message.id).set(select.custom_id, values);
  return follow(message, select.custom_id, () => act("choose", { ...about(message, select.custom_id), values }));
}

/** Picks a command from the menu of a message. */
export function pickMenu(message, name) {
  return follow(message, `menu:${name}`, () => act("menu", about(message, name)));
}

const about = (message, name) => ({ user: me().id, channel: message.channel_id, message: message.id, name });

async function follow(message, key, ask) {
  const state = { busy: new Set(stateOf(message.id).busy).add(key), problem: "" };
  put(message, state);
  try {
    const { interaction } = await ask();
    const ended = await outcome(interaction);
    finish(message, key, ended.failed ? FAILED : "");
    if (ended.answer === Answer.FORM) openForm(ended);
  } catch (error) {
    finish(message, key, error instanceof Refused ? error.message : FAILED);
  }
}

function finish(message, key, problem) {
  const busy = new Set(stateOf(message.id).busy);
  busy.delete(key);
  put(message, { busy, problem });
}

function put(message, state) {
  if (state.busy.size === 0 && !state.problem) states.delete(message.id);
  else states.set(message.id, state);
  tell("press", message.id);
}

/** Takes a sentence away again. */
export function forgive(message) {
  put(message, { busy: stateOf(message.id).busy, problem: "" });
}
