// How everything stands: asked of `/_play`, and handed to whoever shows a part of it.
//
// Rule: an older answer never replaces a newer one.

import { toast } from "../playground.js";

const EVERY = 1000;
const SOON = 150;
const LATER = 3000;

const listeners = [];
let asked = 0;
let shown = 0;
let timer = 0;
let latest = null;

/** Calls whenever the state was read; `null` while nobody answers. */
export function onState(listener) {
  listeners.push(listener);
  if (latest) listener(latest);
}

/** Asks from now on; `tie` is given a function that asks sooner. */
export function startAsking(tie) {
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : ask()));
  tie(() => !document.hidden && again(SOON));
  ask();
}

/** Does something: `act("weather", {name})`. What was refused is said, and answered with false. */
export async function act(deed, form) {
  const mine = (asked += 1);
  try {
    const response = await fetch(`/_play/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(form),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(body.problem);
    show(mine, body);
    return true;
  } catch (error) {
    toast(error.message || "The playground cannot be reached.", "bad");
    return false;
  }
}

async function ask() {
  const mine = (asked += 1);
  try {
    const response = await fetch("/_play/state");
    if (!response.ok) throw new Error(String(response.status));
    show(mine, await response.json());
    again(EVERY);
  } catch {
    again(LATER);
  }
}

function show(mine, state) {
  if (mine < shown) return;
  shown = mine;
  latest = state;
  for (const listener of listeners) listener(state);
}

function again(after) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, after);
}

function rest() {
  clearTimeout(timer);
}
