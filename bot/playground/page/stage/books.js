// The provider's books beside the bot's, and a line that says in words how they stand.

import { h } from "../playground.js";
import { picture, say, section } from "./parts.js";
import { onState } from "./state.js";

const STATES = {
  held: "waiting",
  submitting: "being sent",
  unknown: "not known",
  running: "being made",
  succeeded: "being fetched",
  stored: "being posted",
  delivered: "delivered",
  undeliverable: "not deliverable",
  cancelled: "cancelled",
  rejected: "refused",
  failed: "failed",
  expired: "given up",
  lost: "file lost",
};
const TASKS = { pending: "queued", processing: "works", success: "done", failed: "failed" };
const MARKS = {
  good: ["M5 12.5 10 17.5 19 7"],
  passing: ["M12 6.5v6l3.5 2", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z"],
  bad: ["M12 7v6", "M12 16.5h.01", "M12 3.5l9 16H3z"],
};
const NOTES = { agree: "good", differ: "bad", borne: "passing" };

export function books() {
  const mark = h("span", { class: "verdict-mark" });
  const words = h("span", {});
  const verdict = h("p", { class: "verdict", role: "status" }, mark, words);
  const billed = figure("Billed");
  const charged = figure("Charged");
  const tasks = figure("Tasks");
  const held = figure("Held");
  const rows = h("tbody", {});
  const table = h(
    "table",
    { class: "lines" },
    h("caption", { class: "unseen" }, "The latest jobs in both books"),
    h("thead", {}, h("tr", {}, ["Job", "The provider", "The bot", ""].map(heading))),
    rows,
  );
  let drawn = "";

  onState(({ books: now }) => {
    verdict.dataset.mood = now.mood;
    if (mark.dataset.mood !== now.mood) mark.replaceChildren(picture(MARKS[now.mood]));
    mark.dataset.mood = now.mood;
    say(words, now.verdict);
    billed.set(now.provider.billed);
    tasks.set(String(now.provider.tasks), now.provider.running ? `${now.provider.running} at work` : "");
    if (now.bot) {
      charged.set(now.bot.charged);
      held.set(now.bot.held, inStates(now.bot.states));
    }
    table.hidden = now.lines.length === 0;
    const key = JSON.stringify(now.lines);
    if (key !== drawn) rows.replaceChildren(...now.lines.map(row));
    drawn = key;
  });

  return section(
    "The two books",
    { name: "books" },
    verdict,
    h(
      "div",
      { class: "figures" },
      h("section", { "aria-label": "The provider's books" }, h("h4", {}, "The provider's"), h("dl", {}, billed.node, tasks.node)),
      h("section", { "aria-label": "The bot's books" }, h("h4", {}, "The bot's"), h("dl", {}, charged.node, held.node)),
    ),
    h("div", { class: "lines-frame", tabindex: "0", role: "group", "aria-label": "The latest jobs" }, table),
  );
}

const heading = (text) => h("th", { scope: "col" }, text || h("span", { class: "unseen" }, "How they stand"));

function figure(label) {
  const value = h("dd", {}, "–");
  const more = h("dd", { class: "figure-more" });
  return {
    node: h("div", {}, h("dt", {}, label), value, more),
    set(text, extra = "") {
      say(value, text);
      say(more, extra);
    },
  };
}

function inStates(states) {
  return Object.entries(states)
    .map(([state, count]) => `${count} ${STATES[state] ?? state}`)
    .join(", ");
}

function row(line) {
  const job = line.job === null ? "–" : `#${line.job}`;
  const who = [line.member, line.model].filter(Boolean).join(", ");
  const money = [line.charged !== "$0.00" && `${line.charged} charged`, line.held !== "$0.00" && `${line.held} held`];
  const here = money.filter(Boolean).join(", ") || "$0.00";
  const mood = NOTES[line.note] ?? "passing";
  return h(
    "tr",
    { data: { note: line.note } },
    h("th", { scope: "row" }, job, h("small", {}, who)),
    h("td", {}, line.billed ?? "–", h("small", {}, line.task ? TASKS[line.task] ?? line.task : "no task")),
    h("td", {}, line.state ? here : "–", h("small", {}, line.state ? STATES[line.state] ?? line.state : "no job", line.refunded ? ", given back" : null)),
    h(
      "td",
      { class: "note", data: { mood }, title: line.words },
      picture(MARKS[mood]),
      h("span", { class: "unseen" }, line.words),
    ),
  );
}
