// Discord itself: down for a minute.

import { h } from "../playground.js";
import { button, lamp, say } from "./parts.js";
import { act, onState } from "./state.js";

const SECONDS = 60;

export function discord() {
  const how = lamp();
  let up = true;
  const turn = button("Down for a minute", "", () => act("discord", { down_seconds: up ? SECONDS : 0 }));
  const about = h("p", { class: "stage-small" });
  onState((state) => {
    up = state.discord.up;
    const left = Math.max(0, Math.ceil(state.discord.back_at - Date.now() / 1000));
    how.set(up ? "good" : "bad", up ? "Up" : "Down");
    say(turn, up ? "Down for a minute" : "Bring it back");
    // Apart from the lamp: nobody wants to hear a countdown.
    say(about, !up && state.discord.back_at ? `Back in ${left} s` : "");
  });
  return h("section", { class: "stage-box", "aria-label": "Discord" }, h("h3", {}, "Discord"), how.node, turn, about);
}
