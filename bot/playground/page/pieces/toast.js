// A word at the edge of the page that goes by itself.

import { byId, h } from "../core/dom.js";

const SECONDS = 6;

/** Says something without asking anything. `kind`: "info", "good" or "bad". */
export function toast(text, kind = "info") {
  const close = h("button", { type: "button", class: "icon-button small", "aria-label": "Close" }, "×");
  const node = h("div", { class: `toast ${kind}` }, h("p", {}, text), close);
  const go = () => node.remove();
  close.addEventListener("click", go);
  byId("toasts").append(node);
  setTimeout(go, SECONDS * 1000);
}
