// Files in a form: chosen by button or dropped on the field; they travel when the form is sent.

import { upload } from "../core/api.js";
import { h, refill } from "../core/dom.js";
import { sizeOf } from "../talk/media.js";
import { icon } from "./icons.js";

/** The control of a file upload component. */
export function filesField(one, ids, { userId, channelId }) {
  const many = one.max_values > 1;
  let files = [];
  const input = h("input", { type: "file", id: ids.control, multiple: many, class: "unseen", "aria-describedby": `${ids.about} ${ids.problem}`, "aria-required": one.required ? "true" : null });
  const list = h("ul", { role: "list", class: "drop-files" });
  const hint = h("span", { class: "drop-hint" }, icon("image"), many ? `Drop files here, or press to choose (up to ${one.max_values})` : "Drop a file here, or press to choose");
  const zone = h("div", { class: "drop-zone" }, input, hint, list);
  const take = (given) => {
    files = many ? [...files, ...given].slice(0, one.max_values) : [...given].slice(0, 1);
    draw();
  };
  const draw = () => {
    refill(list, files.map((file) => h("li", {}, h("span", { class: "isolated" }, file.name), h("span", { class: "file-size" }, sizeOf(file.size)), remove(file))));
    hint.hidden = files.length >= one.max_values;
  };
  const remove = (file) => {
    const go = () => {
      files = files.filter((other) => other !== file);
      draw();
      input.focus();
    };
    return h("button", { type: "button", class: "icon-button small", "aria-label": `Remove ${file.name}`, on: { click: go } }, icon("close"));
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  zone.addEventListener("click", (event) => {
    if (!event.target.closest("button, input")) input.click();
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  });
  const read = () => sent(files, { userId, channelId, customId: one.custom_id });
  return { node: zone, read, focus: () => input.focus() };
}

async function sent(files, { userId, channelId, customId }) {
  const ids = [];
  for (const file of files) {
    try {
      const taken = await upload(file, { user: userId, channel: channelId });
      ids.push(taken.id);
    } catch (error) {
      error.field = customId;
      throw error;
    }
  }
  return ids;
}
