// Files that go along with a message: by button, dropped anywhere on the page, or pasted.

import { h, refill } from "../core/dom.js";
import { icon } from "../pieces/icons.js";
import { sizeOf } from "../talk/media.js";

const MOST = 10;

/** The tray above the message box. */
export class Tray {
  constructor({ onChange }) {
    this.files = [];
    this.onChange = onChange;
    this.node = h("ul", { role: "list", class: "tray", "aria-label": "Files to send", hidden: true });
  }

  add(files) {
    this.files = [...this.files, ...files].slice(0, MOST);
    this.draw();
  }

  clear() {
    this.files = [];
    this.draw();
  }

  draw() {
    const items = this.files.map((file) => {
      const go = () => {
        this.files = this.files.filter((one) => one !== file);
        this.draw();
      };
      const remove = h("button", { type: "button", class: "icon-button small", "aria-label": `Remove ${file.name}`, on: { click: go } }, icon("close"));
      return h("li", {}, icon(file.type.startsWith("image/") ? "image" : "file"), h("span", { class: "file-name isolated" }, file.name), h("span", { class: "file-size" }, sizeOf(file.size)), remove);
    });
    refill(this.node, items);
    this.node.hidden = items.length === 0;
    this.onChange();
  }
}

/** Takes what is dropped on an element or pasted into it; a veil says that it may be let go. */
export function takeFiles(node, veil, onFiles) {
  let depth = 0;
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  const show = (shown) => {
    veil.hidden = !shown;
  };
  node.addEventListener("dragenter", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth += 1;
    show(true);
  });
  node.addEventListener("dragover", (event) => {
    if (carries(event)) event.preventDefault();
  });
  node.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  node.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    onFiles([...event.dataTransfer.files]);
  });
  node.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    onFiles(files);
  });
}
