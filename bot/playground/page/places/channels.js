// The servers and channels that the person who acts can see, threads below their channels.

import { byId, h, refill } from "../core/dom.js";
import { CATEGORY, DIRECT, FORUM, directChannels, isThread, openChannel, place, servers } from "../core/here.js";
import { on } from "../core/news.js";
import { icon } from "../pieces/icons.js";
import { closeDrawers } from "./drawers.js";
import { freshIn } from "./unread.js";

const ICONS = new Map([[DIRECT, "mail"], [2, "speaker"], [5, "bolt"], [FORUM, "forum"]]);

/** The picture of a channel: a lock where not everybody may look. */
export function channelIcon(channel, server) {
  if (isThread(channel)) return icon("thread");
  const everybody = (channel.permission_overwrites ?? []).find((one) => one.id === server?.id);
  const closed = everybody && (BigInt(everybody.deny) >> 10n) & 1n;
  return icon(closed ? "lock" : (ICONS.get(channel.type) ?? "hash"));
}

export const channelName = (channel) => (channel.type === DIRECT ? "Direct messages" : channel.name);

export function startChannels() {
  for (const topic of ["world", "place", "unread"]) on(topic, draw);
}

function draw() {
  const focused = document.activeElement?.dataset?.channel;
  const lists = servers().map((server) => section(server.name, ordered(server.channels), server));
  if (directChannels().length) lists.push(section("Private", directChannels(), null));
  refill(byId("channels"), lists);
  if (focused) byId("channels").querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}

function ordered(channels) {
  return channels
    .filter((one) => !isThread(one) && one.type !== CATEGORY)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

function section(title, channels, server) {
  return h(
    "section",
    { class: "server", "aria-label": title },
    h("h2", { class: "server-name isolated" }, title),
    h("ul", { role: "list" }, channels.map((channel) => item(channel, server))),
  );
}

function item(channel, server) {
  const threads = (server?.channels ?? []).filter((one) => isThread(one) && one.parent_id === channel.id);
  const open = threads.filter((one) => !one.thread_metadata?.archived || one.id === place()?.id);
  const below = open.length ? h("ul", { role: "list", class: "threads" }, open.map((one) => item(one, server))) : null;
  return h("li", {}, button(channel, server), below);
}

function button(channel, server) {
  const current = channel.id === place()?.id;
  const fresh = current ? undefined : freshIn(channel.id);
  return h(
    "button",
    {
      type: "button",
      class: `channel ${fresh === undefined ? "" : "fresh"}`,
      data: { channel: channel.id },
      "aria-current": current ? "page" : null,
      on: {
        click: () => {
          openChannel(channel.id);
          closeDrawers();
        },
      },
    },
    channelIcon(channel, server),
    h("span", { class: "channel-name isolated" }, channelName(channel)),
    mark(fresh),
  );
}

function mark(fresh) {
  if (fresh === undefined) return null;
  if (fresh === 0) return h("span", { class: "fresh-dot", role: "img", "aria-label": "new messages" });
  return h("span", { class: "ping-count", "aria-label": `${fresh} mentions` }, String(fresh));
}
