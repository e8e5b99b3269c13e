// A menu that pops up somewhere: arrows, letters, Enter, Escape.

import { h } from "../core/dom.js";
import { icon } from "./icons.js";

const EDGE = 8;
let close = () => {};

/** Opens a menu. `groups`: [{title, items: [{label, picture, danger, run}]}]; `where`: a rectangle. */
export function openMenu({ label, groups, where }) {
  close();
  const before = document.activeElement;
  const items = [];
  const menu = h("div", { class: "popup", role: "menu", "aria-label": label }, groups.map((group) => section(group, items)));
  const away = (event) => menu.contains(event.target) || close();
  close = (refocus = true) => {
    close = () => {};
    menu.remove();
    document.removeEventListener("pointerdown", away, true);
    if (refocus && before?.isConnected) before.focus();
  };
  menu.addEventListener("keydown", (event) => key(event, items));
  menu.addEventListener("focusout", (event) => menu.contains(event.relatedTarget) || close(false));
  document.addEventListener("pointerdown", away, true);
  document.body.append(menu);
  place(menu, where);
  items[0]?.focus();
}

function section(group, items) {
  const buttons = group.items.map((one) => {
    const run = () => {
      close();
      one.run();
    };
    return h("button", { type: "button", role: "menuitem", tabindex: "-1", class: one.danger ? "danger" : "", on: { click: run } }, icon(one.picture), one.label);
  });
  items.push(...buttons);
  return h("div", { role: "group", "aria-label": group.title }, h("p", { class: "popup-title", "aria-hidden": "true" }, group.title), buttons);
}

function place(menu, where) {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(where.left, innerWidth - width - EDGE);
  const below = where.bottom ?? where.top;
  const top = below + height + EDGE > innerHeight ? Math.max(EDGE, where.top - height) : below;
  menu.style.setProperty("left", `${Math.max(EDGE, left)}px`);
  menu.style.setProperty("top", `${top}px`);
}

function key(event, items) {
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 };
  if (event.key in moves) items[moves[event.key] % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else if (event.key.length === 1 && event.key !== " ") letter(event.key, items, at);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function letter(sign, items, at) {
  const order = items.map((_, nth) => items[(at + 1 + nth) % items.length]);
  order.find((item) => item.textContent.toLowerCase().startsWith(sign.toLowerCase()))?.focus();
}
