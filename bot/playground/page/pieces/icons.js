// The page's pictures: thin lines on a 24 by 24 ground, drawn for this page.
// The few emoji that the bot puts on its buttons have one of them too, so that they look alike on
// every machine; any other emoji is shown as the machine has it.

import { s } from "../core/dom.js";

const LINES = {
  bolt: ["M13 3 5 14h6l-1 7 8-11h-6z"],
  bubbles: ["M4 5h11v8H9l-3 3v-3H4z", "M18 9h2v8h-2v3l-3-3h-4"],
  check: ["M5 12.5 10 17.5 19 7"],
  clapper: ["M4 11h16v9H4z", "M4 11 3 7.5l15.5-4 1 3.5z", "M8 6.2l2.5 3.2", "M13 4.9l2.5 3.2"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  copy: ["M9 9h11v11H9z", "M15 9V4H4v11h5"],
  down: ["M6 9l6 6 6-6"],
  download: ["M12 4v11", "M7 11l5 5 5-5", "M5 20h14"],
  eye: ["M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z", "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  film: ["M4 5h16v14H4z", "M10 9.5v5l4.5-2.5z"],
  forum: ["M4 5h16v5H4z", "M4 14h16v5H4z"],
  hash: ["M9.5 4 7.5 20", "M16.5 4l-2 16", "M4.5 9h15.5", "M4 15h15.5"],
  image: ["M4 5h16v14H4z", "M4 16l5-5 4 4 3-3 4 4", "M15.5 8.5h.01"],
  link: ["M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.3 1.3", "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.3-1.3"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  mail: ["M4 6h16v12H4z", "M4 7l8 6 8-6"],
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  moon: ["M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"],
  more: ["M6 12h.01", "M12 12h.01", "M18 12h.01"],
  panel: ["M4 5h16v14H4z", "M14.5 5v14"],
  pencil: ["M4 20l1-4L16.5 4.5l3 3L8 19z", "M14 7l3 3"],
  plus: ["M12 5v14", "M5 12h14"],
  reply: ["M10 6 5 11l5 5", "M5 11h8a6 6 0 0 1 6 6v1"],
  retry: ["M19 8A7.5 7.5 0 0 0 5.2 9.5", "M19 4v4h-4", "M5 16a7.5 7.5 0 0 0 13.8-1.5", "M5 20v-4h4"],
  search: ["M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "M16 16l4.5 4.5"],
  send: ["M4 12 20.5 4 16 20.5l-4-7z", "M20.5 4 12 13.5"],
  speaker: ["M5 10v4h3l5 4V6L8 10z", "M16.5 9a4 4 0 0 1 0 6"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2.5v2", "M12 19.5v2", "M2.5 12h2", "M19.5 12h2", "M5.3 5.3l1.4 1.4", "M17.3 17.3l1.4 1.4", "M5.3 18.7l1.4-1.4", "M17.3 6.7l1.4-1.4"],
  thread: ["M6 4v8a4 4 0 0 0 4 4h9", "M15.5 12.5 19 16l-3.5 3.5"],
  trash: ["M5 7h14", "M9.5 7V4.5h5V7", "M7 7l1 13h8l1-13", "M10.5 11v5.5", "M13.5 11v5.5"],
};

const OF_EMOJI = {
  "🎬": "clapper",
  "🔁": "retry",
  "🔃": "retry",
  "🔄": "retry",
  "✏": "pencil",
  "🔍": "search",
  "🔎": "search",
  "🗑": "trash",
  "🖼": "image",
  "📥": "download",
  "🔗": "link",
};

/** A picture by its name; it says nothing to a screen reader. */
export function icon(name, more = "") {
  const paths = LINES[name].map((d) => s("path", { d }));
  return s("svg", { class: `icon ${more}`.trim(), viewBox: "0 0 24 24", "aria-hidden": "true" }, ...paths);
}

/** The picture for an emoji's name, or null. */
export function iconOfEmoji(name) {
  const plain = String(name ?? "").replaceAll("\u{fe0f}", "");
  return plain in OF_EMOJI ? icon(OF_EMOJI[plain]) : null;
}
