// Three things to try. A tick means that it has really happened: the server looks in the books.

import { h, openChannel, switchTo, toast, tryCommand } from "../playground.js";
import { button, picture, say } from "./parts.js";
import { act, onState } from "./state.js";

const CLOSED = "stage-guide-closed";
const STEPS = [
  {
    key: "video",
    title: "Make a video",
    words: "Ann writes /ltx text. Press Enter and watch it arrive.",
    who: "ann",
    command: "ltx text",
    options: { prompt: "a small robot walks through a rainy neon street", duration: "5", resolution: "480p" },
  },
  {
    key: "offer",
    title: "Ask for more than you have",
    words: "Ann's month has $1.00. This costs more: take one of the cheaper videos she is offered.",
    who: "ann",
    command: "wan text",
    options: { prompt: "paper boats drift down a gutter after the storm", duration: "10", resolution: "1080p" },
  },
  {
    key: "kill",
    title: "Pull the plug",
    words: "Pat orders a video in slow weather. Kill the bot while it is made, read the books, start it again: one video, one bill.",
    who: "pat",
    weather: "slow",
    command: "kling text",
    options: { prompt: "a fox looks up as the first snow falls" },
  },
];

export function guide() {
  let places = {};
  let people = [];
  let done = null;
  const steps = STEPS.map((step) => stepOf(step, () => begin(step, people, places)));
  const count = h("p", { class: "guide-count", role: "status" });
  const close = h("button", { type: "button", class: "icon-button small", "aria-label": "Close the guided start" }, "×");
  const node = h(
    "section",
    { class: "stage-guide", "aria-label": "Guided start" },
    h("header", {}, h("h3", {}, "Three things to try"), count, close),
    h("ol", { role: "list" }, steps.map((one) => one.node)),
  );
  const reopen = button("Show the three things to try", "quiet guide-reopen", () => turn(true));

  function turn(open) {
    node.hidden = !open;
    reopen.hidden = open;
    localStorage.setItem(CLOSED, open ? "" : "closed");
    (open ? close : reopen).focus();
  }
  close.addEventListener("click", () => turn(false));
  node.hidden = localStorage.getItem(CLOSED) === "closed";
  reopen.hidden = !node.hidden;

  onState((state) => {
    ({ places, people } = state);
    const fresh = STEPS.filter(({ key }) => done && state.guide[key] && !done[key]);
    // Where the panel is put away, nobody would see the tick.
    if (!node.checkVisibility()) for (const { title } of fresh) toast(`Done: ${title}.`, "good");
    done = state.guide;
    const next = STEPS.find(({ key }) => !done[key]);
    for (const one of steps) one.set(Boolean(done[one.key]), one.key === next?.key);
    const ticks = STEPS.filter(({ key }) => done[key]).length;
    say(count, ticks === STEPS.length ? "All done" : `${ticks} of ${STEPS.length}`);
  });
  return h("div", { class: "stage-start" }, node, reopen);
}

function stepOf({ key, title, words }, start) {
  const tick = h("span", { class: "guide-tick" }, picture(["M5 12.5 10 17.5 19 7"]));
  const state = h("span", { class: "unseen" });
  const go = button("Try it", "small", start);
  go.setAttribute("aria-label", `Try it: ${title}`);
  const node = h(
    "li",
    { class: "guide-step" },
    tick,
    h("div", {}, h("h4", {}, title, state), h("p", {}, words)),
    go,
  );
  return {
    key,
    node,
    set(isDone, isNext) {
      node.classList.toggle("done", isDone);
      node.classList.toggle("next", isNext);
      say(state, isDone ? " (done)" : "");
    },
  };
}

/** Becomes the person, opens the channel, and fills the box: sending it is left to whoever plays. */
async function begin({ who, weather, command, options }, people, places) {
  const person = people.find((one) => one.key === who);
  try {
    if (person) await switchTo(person.id);
    await openChannel(places.videos);
    if (weather) await act("weather", { name: weather });
    await tryCommand(command, options);
  } catch (error) {
    toast(error.message, "bad");
  }
}
