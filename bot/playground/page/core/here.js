// Who acts, where, and the world as this person sees it.
// Rule: the address of the page says both, so a reload, and a second tab as somebody else, work.

import { look } from "./api.js";
import { Link } from "./link.js";
import { on, tell } from "./news.js";

/** The world as of `/_world?as=…`; read it through the functions below. */
let world = null;
let actorId = null;
let placeId = null;
let link = null;
let reading = 0;
/** What was told while the world was being read: what is read may be older. */
let toldMeanwhile = {};

export const snapshot = () => world;
export const people = () => (world?.users ?? []).filter((user) => !user.bot);
export const me = () => world?.users.find((user) => user.id === actorId) ?? null;
export const servers = () => world?.servers ?? [];
export const directChannels = () => world?.direct_channels ?? [];
export const channels = () => [...servers().flatMap((server) => server.channels), ...directChannels()];
export const findChannel = (id) => channels().find((channel) => channel.id === id) ?? null;
export const findUser = (id) => world?.users.find((user) => user.id === id) ?? null;
export const findServer = (id) => servers().find((server) => server.id === id) ?? null;
export const place = () => findChannel(placeId);
export const placeServer = () => findServer(place()?.guild_id);
export const bot = () => world?.bot ?? null;

/** Text, private, announcement, voice or thread: what holds messages. */
const TALKING = new Set([0, 1, 2, 5, 10, 11, 12]);
export const holdsMessages = (channel) => TALKING.has(channel?.type);
export const isThread = (channel) => [10, 11, 12].includes(channel.type);
export const FORUM = 15;
export const DIRECT = 1;
export const CATEGORY = 4;

/** Whether the person who acts may do something in a channel; `bit` as Discord counts them. */
export function may(channel, bit) {
  return ((BigInt(channel?.permissions ?? 0) >> BigInt(bit)) & 1n) === 1n;
}
export const SEND_MESSAGES = 11;
export const MANAGE_MESSAGES = 13;

/** The name under which somebody is known here. */
export function nameOf(user, server = placeServer()) {
  const member = server?.members.find((one) => one.user?.id === user.id);
  return member?.nick ?? user.global_name ?? user.username;
}

/** Reads everything anew for the person who acts. */
async function readWorld() {
  reading += 1;
  const mine = reading;
  toldMeanwhile = {};
  const found = await look("", { as: actorId });
  if (mine !== reading) return;
  world = { ...found, ...toldMeanwhile };
  const before = placeId;
  if (placeId === null || findChannel(placeId) === null) placeId = usualPlace();
  writeAddress();
  tell("world", world);
  // The channel that was open is gone, or closed to this person.
  if (placeId !== before) tell("place", place());
}

function usualPlace() {
  const open = servers().flatMap((server) => server.channels).filter((one) => holdsMessages(one) && !isThread(one));
  const lively = open.filter((one) => one.last_message_id !== null);
  return (lively[0] ?? open.find((one) => one.name === "videos") ?? open[0])?.id ?? null;
}

/** Acts as somebody else from now on; resolves when their world is here. */
export async function switchTo(userId) {
  if (userId === actorId) return;
  actorId = userId;
  link?.close();
  await readWorld();
  tell("actor", me());
  tell("place", place());
  link = new Link(userId, catchUp);
}

async function catchUp() {
  await readWorld().catch(() => {});
  tell("caught up");
}

/** Shows a channel, and in it a message, if one is named. */
export function openChannel(channelId, messageId = null) {
  const channel = findChannel(channelId);
  if (channel === null) return false;
  if (channelId !== placeId) {
    placeId = channelId;
    writeAddress();
    tell("place", channel);
  }
  if (messageId !== null) tell("jump", messageId);
  return true;
}

/** Somebody wrote another address into the browser. */
async function readAddress() {
  const [user, channel] = location.hash.slice(1).split("/");
  if (people().some((one) => one.id === user)) await switchTo(user);
  if (channel) openChannel(channel);
}
addEventListener("hashchange", () => readAddress().catch(() => {}));

function writeAddress() {
  history.replaceState(null, "", `#${actorId}/${placeId ?? ""}`);
}

/** Begins as the address says, or as the first person who owns nothing. */
export async function begin() {
  const everything = await look("");
  const [askedUser, askedPlace] = location.hash.slice(1).split("/");
  const owners = new Set(everything.servers.map((server) => server.owner_id));
  const candidates = everything.users.filter((user) => !user.bot);
  const first = candidates.find((user) => !owners.has(user.id)) ?? candidates[0];
  const asked = candidates.find((user) => user.id === askedUser);
  placeId = askedPlace || null;
  await switchTo((asked ?? first).id);
}

// What stands in the world changes: read it anew, once for many changes.
const CHANGES = ["server_created", "server_changed", "server_deleted", "channel_changed", "user_changed"];
let soon = 0;
function readSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => readWorld().catch(() => {}), 30);
}
for (const kind of CHANGES) on(`event:${kind}`, readSoon);
// The first direct message makes its channel.
on("event:message_posted", (message) => findChannel(message.channel_id) ?? readSoon());

function put(changes) {
  Object.assign(toldMeanwhile, changes);
  if (world === null) return;
  Object.assign(world, changes);
  tell("world", world);
}
on("event:gateway_ready", () => put({ connected: true }));
on("event:gateway_lost", () => put({ connected: false }));
on("event:outage", (how) => put({ outage: how }));
