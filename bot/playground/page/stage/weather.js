// What the provider does from now on.

import { h } from "../playground.js";
import { choice, say, section } from "./parts.js";
import { act, onState } from "./state.js";

const KINDS = {
  works: {
    label: "Works",
    hint: "Every job becomes a video.",
    icon: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2.5v2", "M12 19.5v2", "M2.5 12h2", "M19.5 12h2", "M5.3 5.3l1.4 1.4", "M17.3 17.3l1.4 1.4", "M5.3 18.7l1.4-1.4", "M17.3 6.7l1.4-1.4"],
  },
  slow: {
    label: "Slow",
    hint: "Every video takes six times as long as usual.",
    icon: ["M7 3.5h10", "M7 20.5h10", "M8 3.5v3.5l4 5 4-5V3.5", "M8 20.5V17l4-5 4 5v3.5"],
  },
  "content refused": {
    label: "Content refused",
    hint: "The provider's filter turns every prompt down. The member hears what to change, and pays nothing.",
    icon: ["M12 3.5l7 2.5v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z", "M9.5 9.5l5 5", "M14.5 9.5l-5 5"],
  },
  "image not reachable": {
    label: "Image missing",
    hint: "The provider says that it could not fetch the image that a video starts from. The member is offered another try. A video from words alone is made.",
    icon: ["M4 5h16v14H4z", "M4 16l5-5 3 3", "M14.5 13l5.5 5", "M3 3l18 18"],
  },
  "balance empty": {
    label: "Balance empty",
    hint: "The operator's account at the provider has run dry. The member is told and pays nothing; new orders are refused until this is over.",
    icon: ["M4 7.5h14.5a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H5.5A1.5 1.5 0 0 1 4 18z", "M4 7.5A2.5 2.5 0 0 1 6.5 5H16v2.5", "M16 13.5h4"],
  },
  "rate limited": {
    label: "Rate limited",
    hint: "The provider answers everything with “slow down”. Jobs wait with their money held, and are sent later.",
    icon: ["M4.5 18a8.5 8.5 0 1 1 15 0", "M12 14l4-5", "M12 14h.01"],
  },
  "answer lost": {
    label: "Answer lost",
    hint: "The provider makes and bills the video, and its answer never reaches the bot. It must not pay a second time.",
    icon: ["M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7", "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7", "M4 4l3 3", "M17 17l3 3"],
  },
  "never finishes": {
    label: "Never finishes",
    hint: "Videos are begun and never end. Choose another weather, and they do.",
    icon: ["M7 15.5a3.5 3.5 0 1 1 0-7c3.5 0 6.5 7 10 7a3.5 3.5 0 1 0 0-7c-3.5 0-6.5 7-10 7z"],
  },
};

export function weather() {
  const hint = h("p", { class: "stage-hint", role: "status" });
  const now = h("span", { class: "stage-chip" });
  const choices = Object.entries(KINDS).map(([value, kind]) => ({ value, ...kind }));
  const group = choice("What the provider does", "weather", choices, async (name) => {
    show({ now: name, stuck: 0 });
    await act("weather", { name });
  });

  function show({ now: name, stuck }) {
    const kind = KINDS[name];
    group.set(name);
    now.dataset.weather = name === "works" ? "fair" : "foul";
    say(now, kind?.label ?? name);
    const caught = stuck ? ` ${stuck} ${stuck === 1 ? "is" : "are"} stuck now.` : "";
    say(hint, (kind?.hint ?? "") + caught);
  }

  onState((state) => show(state.weather));
  return section("Weather at the provider", { name: "weather", aside: now }, group.node, hint);
}
