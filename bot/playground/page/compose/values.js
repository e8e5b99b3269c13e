// What people put into options: how each kind is named, offered, read and sent.

import { channels, people, roles } from "../talk/choices.js";
import { translated } from "./commands.js";

export const Kind = { STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, FILE: 11 };

const WORDS = {
  [Kind.STRING]: "text",
  [Kind.INTEGER]: "whole number",
  [Kind.BOOLEAN]: "true or false",
  [Kind.USER]: "person",
  [Kind.CHANNEL]: "channel",
  [Kind.ROLE]: "role",
  [Kind.MENTIONABLE]: "person or role",
  [Kind.NUMBER]: "number",
  [Kind.FILE]: "file",
};

/** What goes in, in a few words: "whole number, 1 to 20". */
export function kindOf(spec) {
  const kind = spec.choices?.length ? "choice" : WORDS[spec.type];
  const limits = limitsOf(spec);
  return limits ? `${kind}, ${limits}` : kind;
}

function limitsOf(spec) {
  const [least, most, unit] = spec.type === Kind.STRING ? [spec.min_length, spec.max_length, " characters"] : [spec.min_value, spec.max_value, ""];
  if (least != null && most != null) return `${least} to ${most}${unit}`;
  if (least != null) return `${least}${unit} or more`;
  return most == null ? "" : `up to ${most}${unit}`;
}

/** The fixed list `{value, label, detail}` for an option; null where anything can be typed. */
export function choicesFor(spec) {
  if (spec.choices?.length) return spec.choices.map((one) => ({ value: one.value, label: translated(one, "name") }));
  const lists = {
    [Kind.BOOLEAN]: () => [
      { value: true, label: "True" },
      { value: false, label: "False" },
    ],
    [Kind.USER]: people,
    [Kind.ROLE]: roles,
    [Kind.MENTIONABLE]: () => [...people(), ...roles()],
    [Kind.CHANNEL]: () => channels(spec.channel_types),
  };
  return lists[spec.type]?.() ?? null;
}

/** What was typed as it travels: a number where it is one; else the text, to be refused in words. */
export function readTyped(spec, text) {
  const numeric = [Kind.INTEGER, Kind.NUMBER].includes(spec.type);
  const plain = text.trim().replace(",", ".");
  if (numeric && /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain)) return Number(plain);
  const fits = choicesFor(spec)?.find((one) => one.label.toLowerCase() === text.trim().toLowerCase());
  return fits ? fits.value : text;
}
