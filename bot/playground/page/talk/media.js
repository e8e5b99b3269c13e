// Pictures, videos and other files of a message.
// Rule: an element that shows a file stays the same through edits of its message, so that a video
// goes on playing.

import { h } from "../core/dom.js";
import { tell } from "../core/news.js";
import { icon } from "../pieces/icons.js";
import { showPicture } from "../pieces/lightbox.js";
import { fileAddress, linkTo } from "./links.js";

/** The size of a file in words. */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const [unit, least] = bytes < 1024 ** 2 ? ["KB", 1024] : ["MB", 1024 ** 2];
  return `${(bytes / least).toFixed(bytes / least < 10 ? 1 : 0)} ${unit}`;
}

/** Keeps the elements of one message's files. */
export class Shelf {
  #kept = new Map();

  constructor(message) {
    this.about = { channel: message.channel_id, message: message.id };
  }

  /** A picture or a video; null for what is neither, or not on this server. */
  show(media, { alt = "", small = false } = {}) {
    const src = fileAddress(media.url);
    const kind = String(media.content_type ?? "").split("/")[0];
    if (src === null || !["image", "video", "audio"].includes(kind)) return null;
    const key = `${media.attachment_id ?? media.id ?? src} ${small} ${alt}`;
    if (!this.#kept.has(key)) this.#kept.set(key, this.#make(kind, src, media, { alt, small }));
    return this.#kept.get(key);
  }

  #make(kind, src, media, { alt, small }) {
    const inner = this.#element(kind, src, media, alt);
    const ratio = media.width && media.height ? `${media.width} / ${media.height}` : null;
    if (ratio) inner.style.setProperty("aspect-ratio", ratio);
    // Addresses die after a day: a fresh message has a fresh one.
    inner.addEventListener("error", () => tell("file gone", { ...this.about, node: inner }), { once: true });
    if (kind !== "image") {
      const figure = h("figure", { class: `media ${kind}` }, inner);
      if (ratio) figure.style.setProperty("--ratio", String(media.width / media.height));
      return figure;
    }
    const label = alt ? `Enlarge: ${alt}` : "Enlarge the picture";
    const open = () => showPicture(inner.src, alt);
    return h("button", { type: "button", class: `media image ${small ? "thumb" : ""}`, "aria-label": label, on: { click: open } }, inner);
  }

  #element(kind, src, media, alt) {
    const size = { width: media.width, height: media.height };
    if (kind === "image") return h("img", { src, alt, loading: "lazy", decoding: "async", ...size });
    const common = { src, controls: true, preload: "metadata", "aria-label": alt || media.filename || kind };
    return kind === "audio" ? h("audio", common) : h("video", { ...common, ...size, playsinline: true, loop: true });
  }
}

/** A file that is not shown: its name, its size, a way to get it. */
export function fileCard({ filename, size, url }) {
  const src = fileAddress(url);
  const about = h("span", { class: "file-words" }, h("span", { class: "file-name isolated" }, filename), size ? h("span", { class: "file-size" }, sizeOf(size)) : null);
  return h(
    "div",
    { class: "file-card" },
    icon("file"),
    about,
    src && h("a", { class: "icon-button", href: src, download: filename, "aria-label": `Download ${filename}` }, icon("download")),
  );
}

/** The attachments of a message, below its text. */
export function attachments(message, shelf) {
  const shown = message.attachments.map((one) => {
    const found = shelf.show(one, { alt: one.description ?? one.filename });
    return { found, one };
  });
  const media = shown.filter(({ found }) => found).map(({ found, one }) => spoilt(found, one.filename.startsWith("SPOILER_")));
  const files = shown.filter(({ found }) => !found).map(({ one }) => fileCard(one));
  return [media.length ? h("div", { class: `gallery of-${Math.min(media.length, 4)}` }, media) : null, files];
}

/** Media that has to be uncovered first. */
export function spoilt(node, isSpoiler) {
  if (!isSpoiler || node.dataset.uncovered) return node;
  node.inert = true;
  const cover = h("button", { type: "button", class: "media-cover" }, "Spoiler");
  const box = h("div", { class: "media-spoiler" }, node, cover);
  cover.addEventListener("click", () => {
    node.inert = false;
    node.dataset.uncovered = "yes";
    box.replaceWith(node);
  });
  return box;
}

/** What is shown of media elsewhere: a link, for nothing is fetched from other servers. */
export function elsewhere(media) {
  return linkTo(media.url, [media.url], { class: "elsewhere" });
}
