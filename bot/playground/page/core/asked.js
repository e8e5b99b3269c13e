// What becomes of things that this tab asked for: commands, presses, choices, forms.
// Rule: each ends, with an answer or with the word that there was none; also after a gap in the line.

import { look } from "./api.js";
import { on } from "./news.js";

const KEPT = 50;
const waiting = new Map();
const known = new Map();

export const Answer = { MESSAGE: 4, LATER: 5, UPDATE_LATER: 6, UPDATE: 7, CHOICES: 8, FORM: 9 };

/** Waits for the first answer to an interaction, or for its failure: `failed` tells which. */
export function outcome(interaction) {
  const found = [interaction, known.get(interaction.id)].find(isOver);
  if (found) return Promise.resolve(found);
  return new Promise((resolve) => waiting.set(interaction.id, resolve));
}

const isOver = (one) => Boolean(one && (one.failed || one.answer !== null));

function take(interaction) {
  known.set(interaction.id, interaction);
  if (known.size > KEPT) known.delete(known.keys().next().value);
  if (!isOver(interaction)) return;
  waiting.get(interaction.id)?.(interaction);
  waiting.delete(interaction.id);
}

on("event:interaction_answered", take);
on("event:interaction_failed", take);
on("caught up", () => {
  for (const id of waiting.keys()) look(`/interactions/${id}`).then(take, () => take({ id, failed: true, answer: null }));
});
