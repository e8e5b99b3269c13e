// The commands that the person who acts is offered in the open channel, each subcommand by itself.

import { look } from "../core/api.js";
import { me, place } from "../core/here.js";
import { on } from "../core/news.js";

const SLASH = 1;
const SUBCOMMAND = 1;
const GROUP = 2;

let reading = null;

const forget = () => {
  reading = null;
};
for (const topic of ["place", "actor", "caught up", "event:commands_changed", "event:server_changed", "event:channel_changed"]) on(topic, forget);

/** What can be typed here: [{path: "ltx text", title, description, options}], read once. */
export function offered() {
  reading ??= read().catch((error) => {
    reading = null;
    throw error;
  });
  return reading;
}

async function read() {
  if (!place()) return [];
  const { commands } = await look("/commands", { as: me().id, channel: place().id });
  return commands.filter((one) => one.type === SLASH).flatMap((one) => paths(one, [], []));
}

function paths(one, names, titles) {
  const path = [...names, one.name];
  const shown = [...titles, translated(one, "name")];
  const below = (one.options ?? []).filter((option) => [SUBCOMMAND, GROUP].includes(option.type));
  if (below.length) return below.flatMap((option) => paths(option, path, shown));
  return [{ path: path.join(" "), title: shown.join(" "), description: translated(one, "description"), options: one.options ?? [] }];
}

/** A name or a description as the person reads it. */
export function translated(one, key) {
  return one[`${key}_localizations`]?.[me().locale] ?? one[key];
}

/** The commands that fit what was typed, the best first. */
export function fitting(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  const rank = (one) => {
    const title = one.title.toLowerCase();
    if (title.startsWith(wanted)) return 0;
    if (title.split(" ").some((word) => word.startsWith(wanted))) return 1;
    return title.includes(wanted) || one.path.includes(wanted) ? 2 : 3;
  };
  const ranked = commands.map((one) => [rank(one), one]).filter(([place]) => place < 3);
  return ranked.sort(([a], [b]) => a - b).map(([, one]) => one);
}
