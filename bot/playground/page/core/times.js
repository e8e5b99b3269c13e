// Discord's timestamps: written as the reader's language and clock have them. Relative ones count
// by themselves, all on one timer.

import { h } from "./dom.js";

const LANGUAGE = navigator.language || "en";
const FORMS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const formats = new Map(Object.entries(FORMS).map(([key, form]) => [key, new Intl.DateTimeFormat(LANGUAGE, form)]));
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "always" });
const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const counting = new Set();

/** How far off a moment is, in words. */
function distance(seconds) {
  const size = Math.abs(seconds);
  const [unit, length] = STEPS.find(([, least]) => size >= least) ?? STEPS.at(-1);
  return relative.format(Math.round(seconds / length), unit);
}

/** A moment in one of Discord's forms, such as "t" or "F". */
export function written(seconds, form = "f") {
  return (formats.get(form) ?? formats.get("f")).format(new Date(seconds * 1000));
}

/** `<t:SECONDS:FORM>` as an element. */
export function timestamp(seconds, form = "f") {
  const when = new Date(seconds * 1000);
  if (Number.isNaN(when.getTime())) return null;
  const node = h("time", { class: "timestamp", datetime: when.toISOString(), title: written(seconds, "F") });
  if (form === "R") {
    node.dataset.until = String(seconds);
    counting.add(new WeakRef(node));
    count(node);
  } else {
    node.textContent = written(seconds, form);
  }
  return node;
}

function count(node) {
  const words = distance(Number(node.dataset.until) - Date.now() / 1000);
  if (node.textContent !== words) node.textContent = words;
}

/** Lets relative timestamps count. */
export function startTimes() {
  setInterval(() => {
    for (const weak of counting) {
      const node = weak.deref();
      if (node === undefined) counting.delete(weak);
      else if (node.isConnected) count(node);
    }
  }, 1000);
}

/** When a message was written, short: the time, and the day where it is not today. */
export function shortTime(stamp) {
  const when = new Date(stamp);
  const today = when.toDateString() === new Date().toDateString();
  return written(when.getTime() / 1000, today ? "t" : "s");
}
