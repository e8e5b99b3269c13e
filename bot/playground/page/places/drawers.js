// The outer columns as drawers: the places on a phone, the stage on anything narrow.

import { byId, h } from "../core/dom.js";
import { icon } from "../pieces/icons.js";

const PHONE = matchMedia("(width < 760px)");
const NARROW = matchMedia("(width < 1180px)");
let veil = null;
let opener = null;

export function startDrawers() {
  byId("open-places").append(icon("menu"));
  byId("open-stage").append(icon("panel"));
  byId("open-places").addEventListener("click", () => openPlaces());
  byId("open-stage").addEventListener("click", () => toggleStage());
  PHONE.addEventListener("change", closeDrawers);
  NARROW.addEventListener("change", showStage);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && veil && !event.defaultPrevented) closeDrawers();
  });
  new MutationObserver(showStage).observe(byId("stage"), { childList: true });
}

/** The stage appears with its first child: as a column where there is room. */
function showStage() {
  const stage = byId("stage");
  const filled = stage.childElementCount > 0;
  stage.hidden = !filled;
  byId("open-stage").hidden = !filled;
  fold(NARROW.matches);
  closeDrawers();
}

function fold(folded) {
  byId("stage").classList.toggle("folded", folded);
  byId("open-stage").setAttribute("aria-expanded", String(!folded));
}

function toggleStage() {
  const folded = byId("stage").classList.contains("folded");
  fold(!folded);
  if (NARROW.matches && folded) cover(byId("open-stage"), byId("stage"));
  else uncover();
}

function openPlaces() {
  byId("places").classList.add("open");
  byId("open-places").setAttribute("aria-expanded", "true");
  cover(byId("open-places"), byId("places"));
}

function cover(button, drawer) {
  uncover();
  opener = button;
  veil = h("button", { type: "button", class: "drawer-veil", "aria-label": "Close", on: { click: closeDrawers } });
  document.body.append(veil);
  byId("talk").inert = true;
  drawer.querySelector("[aria-current], [aria-pressed='true'], button, a, input")?.focus();
}

function uncover() {
  veil?.remove();
  veil = null;
  byId("talk").inert = false;
}

/** Puts away whatever covers the messages. */
export function closeDrawers() {
  const covered = veil !== null;
  uncover();
  byId("places").classList.remove("open");
  byId("open-places").setAttribute("aria-expanded", "false");
  if (NARROW.matches) fold(true);
  if (covered) opener?.focus();
}
