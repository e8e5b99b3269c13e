// The panel beside the messages: a guided start, the weather, time, Discord, the bot, both books.
//
// Rule: it shows what `/_play/state` says and nothing that it thinks up. It asks once a second, and
// not while nobody looks.

import { h, on, setBalance } from "../playground.js";
import { bot } from "./bot.js";
import { books } from "./books.js";
import { discord } from "./discord.js";
import { guide } from "./guide.js";
import { onState, startAsking } from "./state.js";
import { time } from "./time.js";
import { weather } from "./weather.js";

const stage = document.getElementById("stage");

document.head.append(h("link", { rel: "stylesheet", href: "/page/stage/stage.css" }));

stage.append(
  h(
    "header",
    { class: "stage-head" },
    h("h2", {}, "Backstage"),
    h("p", {}, "Everything here is on this machine. Nothing is spent."),
  ),
  guide(),
  weather(),
  time(),
  h("div", { class: "stage-pair" }, discord(), bot()),
  books(),
);

onState((state) => {
  for (const person of state.people) {
    const money = person.money;
    const held = money && money.held !== "$0.00" ? `, ${money.held} held` : "";
    const title = money ? `${money.free} free of ${money.allowance} a month${held}` : "";
    setBalance(person.id, money?.free ?? "", { title });
  }
});

// Whoever acts or the world changes: the list of people was drawn anew, and waits for its balances.
startAsking((soon) => {
  for (const kind of ["message_posted", "message_edited", "interaction_answered"]) on(`event:${kind}`, soon);
});
