// Dark or light: as the system has it, until somebody says otherwise.

import { byId, refill } from "../core/dom.js";
import { icon } from "../pieces/icons.js";

const KEY = "clapper-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function startTheme() {
  apply(remembered());
  dark.addEventListener("change", () => apply(remembered()));
  byId("theme").addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    remember(next);
    apply(next);
  });
}

function isDark() {
  const said = document.documentElement.dataset.theme;
  return said ? said === "dark" : dark.matches;
}

function apply(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const button = byId("theme");
  button.setAttribute("aria-label", isDark() ? "Switch to light" : "Switch to dark");
  refill(button, icon(isDark() ? "sun" : "moon"));
}

// A browser may forbid a page to remember things.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds until the next reload.
  }
}
