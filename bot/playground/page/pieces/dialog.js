// Dialogs: the browser's own, which keep the focus inside and give it back.

import { h } from "../core/dom.js";
import { icon } from "./icons.js";

/** Opens a dialog; the answer is its element, whose `close()` ends it. */
export function openDialog({ label, title = null, className = "", body, onClose = () => {} }) {
  const close = h("button", { type: "button", class: "icon-button dialog-close", "aria-label": "Close" }, icon("close"));
  const heading = title && h("h2", { class: "isolated" }, title);
  const dialog = h("dialog", { class: className, "aria-label": label ?? title }, h("header", {}, heading, close), body);
  const before = document.activeElement;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
    onClose();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
