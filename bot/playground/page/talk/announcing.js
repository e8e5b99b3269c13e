// Reads new messages out to who cannot see them: a polite live region, one short line at a time.

import { byId } from "../core/dom.js";
import { me, nameOf } from "../core/here.js";
import { isThinking, plain } from "./message.js";

const LONGEST = 160;
const spoken = new Set();

/** Says a message once: when it came, or when it took the place of "thinking". */
export function announce(message, { isNew }) {
  if (isThinking(message) || message.author.id === me()?.id || spoken.has(message.id)) return;
  if (!isNew && !message.interaction) return;
  spoken.add(message.id);
  if (spoken.size > 500) spoken.delete(spoken.values().next().value);
  const words = plain(message).slice(0, LONGEST) || "sent a file";
  byId("news").textContent = `${nameOf(message.author)}: ${words}`;
}
