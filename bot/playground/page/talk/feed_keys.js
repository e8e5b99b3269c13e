// The feed by keyboard: arrows go from message to message, the menu key opens a message's menu,
// Escape goes to the message box.

import { byId } from "../core/dom.js";
import { tell } from "../core/news.js";

/** Listens to keys and to the right button. */
export function startFeedKeys(section) {
  section.addEventListener("keydown", key);
  section.addEventListener("contextmenu", pointed);
  section.addEventListener("focusin", rove);
}

const rowOf = (node) => node.closest?.("article.message") ?? null;

function key(event) {
  const row = rowOf(event.target);
  if (!row) return;
  const onRow = event.target === row;
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    event.preventDefault();
    row.querySelector(".more")?.click();
  } else if (event.key === "Escape" && !event.defaultPrevented) {
    byId("message-box")?.focus();
  } else if (onRow && ["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) {
    event.preventDefault();
    move(row, event.key);
  } else if (onRow && event.key === "Enter") {
    row.querySelector(".more")?.click();
  }
}

function move(row, which) {
  const rows = [...row.parentElement.parentElement.querySelectorAll("article.message")];
  const at = rows.indexOf(row);
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[which];
  if (next >= rows.length) byId("message-box")?.focus();
  else rows[Math.max(0, next)].focus();
}

function pointed(event) {
  const row = rowOf(event.target);
  if (!row || event.target.closest("a, video, input, textarea") || String(getSelection())) return;
  event.preventDefault();
  tell("message menu", { id: row.dataset.message, where: { left: event.clientX, top: event.clientY } });
}

/** One message of all can be reached with Tab: the last that had the focus. */
function rove(event) {
  const row = rowOf(event.target);
  if (!row) return;
  for (const other of row.closest("ol").querySelectorAll("article[tabindex='0'], .more[tabindex='0']")) other.setAttribute("tabindex", "-1");
  row.setAttribute("tabindex", "0");
  row.querySelector(".more")?.setAttribute("tabindex", "0");
}
