// Which channels hold something new for the person who acts, and how often they were called there.
// Rule: what was said while nobody listened is new too; only whom it called is then not known.

import { DIRECT, channels, me, place } from "../core/here.js";
import { on, tell } from "../core/news.js";

/** By channel: how many messages called this person; 0 where there is only something new. */
const fresh = new Map();
/** By channel: the latest message that this page knows of. */
const heard = new Map();

export const freshIn = (channelId) => fresh.get(channelId);

export function startUnread() {
  on("event:message_posted", (message) => {
    hear(message.channel_id, message.id);
    if (message.author.id === me()?.id) return;
    mark(message.channel_id, message.pinged.includes(me()?.id) ? 1 : 0);
  });
  on("world", () => {
    for (const channel of channels()) {
      // What stands in a channel that was closed to this person until now is no news.
      const wasOpen = heard.has(channel.id) || channel.type === DIRECT;
      if (hear(channel.id, channel.last_message_id) && wasOpen) mark(channel.id, 0);
    }
  });
  on("place", (channel) => forget(channel?.id));
  on("actor", () => {
    fresh.clear();
    heard.clear();
    for (const channel of channels()) heard.set(channel.id, channel.last_message_id);
    tell("unread");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") forget(place()?.id);
  });
}

/** Notes a channel's latest message; whether it is newer than the one that was known. */
function hear(channelId, messageId) {
  const before = heard.get(channelId) ?? 0;
  const isNew = BigInt(messageId ?? 0) > BigInt(before);
  heard.set(channelId, isNew ? messageId : before);
  return isNew;
}

function mark(channelId, calls) {
  if (channelId === place()?.id && document.visibilityState === "visible") return;
  fresh.set(channelId, (fresh.get(channelId) ?? 0) + calls);
  tell("unread");
}

function forget(channelId) {
  if (fresh.delete(channelId)) tell("unread");
}
