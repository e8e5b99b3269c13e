// The messages of the open channel: which are loaded, which of them stand in the page.
// Rule: however many there are, only a window of them is in the page.

import { on } from "../core/news.js";
import { byId, h, refill } from "../core/dom.js";
import { FORUM, holdsMessages, isThread, me, openChannel, place, placeServer, snapshot } from "../core/here.js";
import { icon } from "../pieces/icons.js";
import { toast } from "../pieces/toast.js";
import { startFeedKeys } from "./feed_keys.js";
import { announce } from "./announcing.js";
import { History } from "./history.js";
import { dismiss, pendingIn } from "./pending.js";
import { FeedWindow } from "./window.js";

const KEPT_AT_END = 1000;

let history = null;
let feed = null;

/** Shows whatever channel is open, from now on. */
export function startFeed() {
  on("place", open);
  on("actor", open);
  on("caught up", reread);
  on("jump", jump);
  on("event:message_posted", (message) => put(message, { isNew: true }));
  on("event:message_edited", (message) => put(message, { isNew: false }));
  on("event:message_deleted", drop);
  on("press", (id) => feed?.redraw(id));
  on("pending", () => feed?.draw());
  on("file gone", refetch);
  on("world", redrawNamed);
  startFeedKeys(byId("feed"));
}

async function open() {
  const channel = place();
  const same = history && history.channelId === channel?.id && history.userId === me()?.id;
  if (same) return;
  feed?.close();
  feed = history = null;
  if (!channel || !holdsMessages(channel)) {
    refill(byId("feed"), channel?.type === FORUM ? forum(channel) : nothing("There is nothing to read here."));
    return;
  }
  history = new History(channel.id, me().id);
  history.userId = me().id;
  const mine = history;
  const rest = () => pendingIn(channel.id, me());
  feed = new FeedWindow(byId("feed"), mine, { rest, onDismiss: dismiss, welcome: () => welcome(channel) });
  try {
    await mine.refresh();
  } catch (error) {
    toast(error.message, "bad");
  }
  if (mine === history) feed.showEnd();
}

let named = "";

/** Names, roles and rights are on the messages too. */
function redrawNamed() {
  const { users, servers } = snapshot();
  const now = JSON.stringify([users, servers.map((one) => [one.members, one.roles, one.channels.map((c) => [c.id, c.name, c.permissions])])]);
  if (now !== named) feed?.redrawAll();
  named = now;
}

async function reread() {
  const mine = history;
  if (!mine) return;
  try {
    await mine.refresh();
  } catch {
    return;
  }
  if (mine === history) feed.draw({ moved: true });
}

function put(message, { isNew }) {
  if (message.channel_id !== history?.channelId) return;
  announce(message, { isNew });
  const came = history.put(message);
  if (came && feed.atEnd) history.trim(KEPT_AT_END);
  feed.draw({ came });
}

function drop(message) {
  if (message.channel_id === history?.channelId && history.drop(message.id)) feed.draw();
}

async function jump(messageId) {
  const mine = history;
  while (mine && mine === history && !mine.all.some((one) => one.id === messageId)) {
    if (!(await mine.readOlder())) {
      toast("This message is not there.", "bad");
      return;
    }
  }
  if (mine === history) feed?.showMessage(messageId);
}

let fetching = 0;
async function refetch({ channel, message, node }) {
  if (channel !== history?.channelId || Date.now() - fetching < 2000) return;
  fetching = Date.now();
  const mine = history;
  await mine.refresh().catch(() => {});
  if (mine === history) feed.redraw(message, { anew: node });
}

// -- where there are no messages --

function welcome(channel) {
  const name = !channel.guild_id ? "your direct messages" : isThread(channel) ? channel.name : `#${channel.name}`;
  return h("header", { class: "welcome" }, h("span", { class: "welcome-mark", "aria-hidden": "true" }), h("h2", { class: "isolated" }, `Welcome to ${name}`), h("p", {}, "Type / to see what can be made here."));
}

const nothing = (words) => h("p", { class: "nothing" }, words);

function forum(channel) {
  const posts = placeServer().channels.filter((one) => isThread(one) && one.parent_id === channel.id);
  if (!posts.length) return nothing("There are no posts here yet.");
  const post = (one) => h("li", {}, h("button", { type: "button", class: "post", on: { click: () => openChannel(one.id) } }, icon("thread"), h("span", { class: "isolated" }, one.name)));
  return h("ul", { role: "list", class: "posts", "aria-label": "Posts" }, posts.map(post));
}
