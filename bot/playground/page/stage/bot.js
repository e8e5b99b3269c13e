// The bot's process: kill it and start it again, for real.

import { h } from "../playground.js";
import { button, lamp, say } from "./parts.js";
import { act, onState } from "./state.js";

const BEINGS = {
  up: ["good", "Up"],
  starting: ["passing", "Starting…"],
  stopping: ["passing", "Stopping…"],
  "cut off": ["bad", "Cut off"],
  down: ["bad", "Dead"],
};

export function bot() {
  const how = lamp();
  let alive = true;
  const turn = button("Kill it", "danger", () => act("bot", { do: alive ? "kill" : "start" }));
  const about = h("p", { class: "stage-small" });
  onState(({ bot: now }) => {
    alive = now.being !== "down";
    const [mood, words] = BEINGS[now.being] ?? ["passing", now.being];
    how.set(mood, words);
    say(turn, alive ? "Kill it" : "Start it again");
    turn.classList.toggle("danger", alive);
    turn.classList.toggle("good", !alive);
    turn.disabled = now.being === "stopping";
    say(about, account(now));
  });
  return h("section", { class: "stage-box", "aria-label": "The bot" }, h("h3", {}, "The bot"), how.node, turn, about);
}

function account({ being, pid, fell, last_code: code, log, starts }) {
  if (being === "down" && fell) return `It ended by itself, with code ${code}. See ${log}.`;
  if (being === "down") return "SIGKILL: it had no time for a last word.";
  return `Process ${pid}${starts > 1 ? `, start number ${starts}` : ""}`;
}
