// The list "Who you are": everybody who can act, each with a place for the balance.
// Markup for neighbours: `[data-person=ID]` is a person's button, `[data-balance=ID]` the balance.

import { byId, h, refill } from "../core/dom.js";
import { findServer, me, people, servers, switchTo } from "../core/here.js";
import { on } from "../core/news.js";
import { avatar } from "../pieces/avatar.js";
import { toast } from "../pieces/toast.js";

const balances = new Map();

/** Says beside a person what is free; an empty text takes it away. */
export function setBalance(userId, text, { title = "" } = {}) {
  balances.set(String(userId), { text, title });
  const place = document.querySelector(`[data-balance="${CSS.escape(String(userId))}"]`);
  if (place) show(place, { text, title });
}

function show(place, { text, title }) {
  if (place.textContent !== text) place.textContent = text;
  place.title = title;
}

/** Draws the list, now and whenever somebody comes or is chosen. */
export function startPeople() {
  on("world", draw);
  on("actor", draw);
}

let drawn = "";

function draw() {
  const key = JSON.stringify([me()?.id, people().map((one) => [one.id, one.username, standing(one)])]);
  if (key === drawn) return;
  drawn = key;
  const focused = document.activeElement?.dataset?.person;
  refill(
    byId("people"),
    h("h2", { class: "people-title" }, "You are"),
    h("ul", { role: "list" }, people().map((user) => h("li", {}, button(user)))),
  );
  if (focused) document.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

function button(user) {
  const name = user.global_name ?? user.username;
  const balance = h("span", { class: "balance", data: { balance: user.id } });
  show(balance, balances.get(user.id) ?? { text: "", title: "" });
  const words = h(
    "span",
    { class: "person-words" },
    h("span", { class: "person-name isolated" }, name),
    h("span", { class: "person-standing" }, standing(user)),
  );
  return h(
    "button",
    {
      type: "button",
      class: "person",
      data: { person: user.id },
      "aria-pressed": String(user.id === me()?.id),
      on: { click: () => switchTo(user.id).catch((error) => toast(error.message, "bad")) },
    },
    avatar(user, name, "small"),
    words,
    balance,
  );
}

/** What somebody is here, in a word: the roles say it. */
const known = new Map();
function standing(user) {
  const server = servers().find((one) => one.members.some((member) => member.user?.id === user.id));
  if (server) known.set(user.id, wordFor(user, findServer(server.id)));
  // The person who acts may not see where somebody else belongs: what was read before still holds.
  return known.get(user.id) ?? "";
}

function wordFor(user, server) {
  if (server.owner_id === user.id) return "owner";
  const member = server.members.find((one) => one.user?.id === user.id);
  const names = server.roles.filter((role) => member.roles.includes(role.id)).map((role) => role.name);
  return names.join(", ") || "member";
}
