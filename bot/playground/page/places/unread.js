// Which channels hold something new for the person who acts, and how often they were called there.

import { me, place } from "../core/here.js";
import { on, tell } from "../core/news.js";

/** By channel: how many messages called this person; 0 where there is only something new. */
const fresh = new Map();

export const freshIn = (channelId) => fresh.get(channelId);

export function startUnread() {
  on("event:message_posted", (message) => {
    if (message.channel_id === place()?.id && document.visibilityState === "visible") return;
    if (message.author.id === me()?.id) return;
    const called = message.pinged.includes(me()?.id) ? 1 : 0;
    fresh.set(message.channel_id, (fresh.get(message.channel_id) ?? 0) + called);
    tell("unread");
  });
  on("place", (channel) => forget(channel?.id));
  on("actor", () => {
    fresh.clear();
    tell("unread");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") forget(place()?.id);
  });
}

function forget(channelId) {
  if (fresh.delete(channelId)) tell("unread");
}
