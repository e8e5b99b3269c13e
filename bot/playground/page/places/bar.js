// Above the messages: where this is, and whether everything is there.

import { byId, refill } from "../core/dom.js";
import { place, placeServer, snapshot } from "../core/here.js";
import { on } from "../core/news.js";
import { channelIcon, channelName } from "./channels.js";

let live = true;

export function startBar() {
  on("place", draw);
  on("world", draw);
  on("link", (state) => {
    live = state;
    draw();
  });
}

function draw() {
  const channel = place();
  const name = channel ? channelName(channel) : "Nowhere";
  refill(byId("place-name"), channel && channelIcon(channel, placeServer()), name);
  byId("place-topic").textContent = channel?.topic ?? "";
  document.title = `${channel?.guild_id ? "#" : ""}${name} · Clapper playground`;
  const words = state();
  if (byId("link-state").textContent !== words) byId("link-state").textContent = words;
}

function state() {
  if (!live) return "Connection lost, trying again…";
  if (snapshot()?.outage) return "Discord is down";
  if (snapshot() && !snapshot().connected) return `${snapshot().bot.username} is offline`;
  return "";
}
