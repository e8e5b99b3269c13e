// How fast time runs.

import { h } from "../playground.js";
import { choice, section } from "./parts.js";
import { act, onState } from "./state.js";

const SPEEDS = [1, 10, 30, 100];

export function time() {
  const now = h("span", { class: "stage-chip" });
  const choices = SPEEDS.map((value) => ({ value, label: value === 1 ? "as in life" : `${value}×` }));
  const group = choice("How fast time runs", "time", choices, async (speed) => {
    await act("speed", { speed });
  });
  onState((state) => {
    group.set(state.speed);
    now.textContent = state.speed === 1 ? "as in life" : `${state.speed}×`;
  });
  return section(
    "Time",
    { name: "time", aside: now, open: false },
    group.node,
    h("p", { class: "stage-hint" }, "The bot restarts in order to keep pace."),
  );
}
