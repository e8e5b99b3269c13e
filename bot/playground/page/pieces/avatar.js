// Somebody's picture: coloured initials, the same for the same person everywhere.

import { h } from "../core/dom.js";

const GOLDEN = 137.508;

/** `size`: "", "small" or "tiny". */
export function avatar(user, name, size = "") {
  const node = h("span", { class: `avatar ${size} ${user.bot ? "bot" : ""}`, "aria-hidden": "true" }, initials(name));
  node.style.setProperty("--hue", String(hueOf(user.username)));
  return node;
}

/** Names that differ little: mixed well, their colours differ much. */
function hueOf(name) {
  let mixed = 2166136261;
  for (const sign of name) mixed = Math.imul(mixed ^ sign.charCodeAt(0), 16777619);
  return Math.round(((mixed >>> 0) * GOLDEN) % 360);
}

function initials(name) {
  const words = name.trim().split(/\s+/u);
  const first = [...(words[0] ?? "")][0] ?? "?";
  const last = words.length > 1 ? [...words.at(-1)][0] : "";
  return (first + last).toUpperCase();
}
