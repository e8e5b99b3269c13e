// Commands on their way, and those that nobody answered: seen in this tab alone, at the end of
// their channel.

import { Answer, outcome } from "../core/asked.js";
import { on, tell } from "../core/news.js";
import { freshId } from "../core/dom.js";
import { openForm } from "../pieces/form.js";

/** By id: {id, channelId, user, name, failed}. */
const rows = new Map();

export const pendingIn = (channelId, user) => [...rows.values()].filter((one) => one.channelId === channelId && one.user.id === user?.id);

/** Shows a command that was sent until there is something better to show. */
export async function follow(interaction, { channelId, user, name }) {
  const row = { id: freshId("pending"), channelId, user, name, failed: false, interactionId: interaction.id };
  put(row);
  const ended = await outcome(interaction);
  if (ended.failed) put({ ...row, failed: true });
  else dismiss(row.id);
  if (ended.answer === Answer.FORM) openForm(ended);
}

function put(row) {
  rows.set(row.id, row);
  tell("pending");
}

/** Puts a row away. */
export function dismiss(id) {
  if (rows.delete(id)) tell("pending");
}

on("event:message_posted", (message) => {
  for (const row of rows.values()) {
    if (row.interactionId === message.interaction_metadata?.id) dismiss(row.id);
  }
});
