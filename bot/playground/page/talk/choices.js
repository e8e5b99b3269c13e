// What a select menu offers: its own options, or the people, roles and channels of the server.

import { bot, nameOf, place, placeServer } from "../core/here.js";
import { iconOfEmoji } from "../pieces/icons.js";

const STRING = 3;
const USER = 5;
const ROLE = 6;
const MENTIONABLE = 7;
const CHANNEL = 8;

/** The options `{value, label, detail, picture}` of a select menu, and which are chosen. */
export function choicesOf(select) {
  const options = select.type === STRING ? select.options.map(ofString) : ofServer(select);
  const chosen =
    select.type === STRING
      ? select.options.filter((one) => one.default).map((one) => one.value)
      : (select.default_values ?? []).map((one) => one.id);
  return { options, chosen };
}

function ofString(one) {
  return {
    value: one.value,
    label: one.label,
    detail: one.description,
    picture: () => iconOfEmoji(one.emoji?.name) ?? one.emoji?.name ?? null,
  };
}

function ofServer({ type, channel_types: kinds }) {
  if (type === USER) return people();
  if (type === ROLE) return roles();
  if (type === MENTIONABLE) return [...people(), ...roles()];
  return type === CHANNEL ? channels(kinds) : [];
}

/** Everybody who can be named here. */
export function people() {
  const server = placeServer();
  const users = server ? server.members.map((one) => one.user) : [...(place()?.recipients ?? []), bot()];
  return users.map((user) => ({ value: user.id, label: nameOf(user, server), detail: user.username }));
}

/** The roles of the server, without the one that everybody has. */
export function roles() {
  const server = placeServer();
  return (server?.roles ?? []).filter((one) => one.id !== server.id).map((one) => ({ value: one.id, label: `@${one.name}` }));
}

/** The channels that the person sees, of these types or of all. */
export function channels(kinds) {
  const wanted = kinds?.length ? new Set(kinds) : null;
  const found = (placeServer()?.channels ?? []).filter((one) => !wanted || wanted.has(one.type));
  return found.map((one) => ({ value: one.id, label: `#${one.name}` }));
}
