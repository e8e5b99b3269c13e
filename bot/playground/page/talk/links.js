// Addresses in messages: those of Discord lead somewhere on this page, those of files to this
// server, others out of here, in a tab of their own that learns nothing of this one.

import { h } from "../core/dom.js";
import { findChannel, openChannel } from "../core/here.js";
import { toast } from "../pieces/toast.js";

const PLACE = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(?:@me|\d+)\/(\d+)(?:\/(\d+))?\/?$/;
const FILE = /^\/(?:ephemeral-)?attachments\//;
const HERE = new Set(["127.0.0.1", "localhost", "[::1]", location.hostname]);

/** The address of a file that this server keeps, for `src`; null for anything else. */
export function fileAddress(url) {
  let parsed;
  try {
    parsed = new URL(url, location.href);
  } catch {
    return null;
  }
  if (parsed.protocol === "blob:") return url;
  return HERE.has(parsed.hostname) && FILE.test(parsed.pathname) ? parsed.pathname + parsed.search : null;
}

/** Follows a link to a place in Discord; false where it is none. */
export function follow(url) {
  const found = PLACE.exec(url);
  if (!found) return false;
  if (!openChannel(found[1], found[2] ?? null)) toast("You do not have access to this place.", "bad");
  return true;
}

/** A link with these children. */
export function linkTo(url, children, { masked = false, ...props } = {}) {
  const found = PLACE.exec(url);
  const file = found ? null : fileAddress(url);
  const outside = { target: "_blank", rel: "noopener noreferrer nofollow ugc" };
  const node = h("a", { href: file ?? url, title: masked ? url : null, ...(found ? {} : outside), ...props }, children);
  if (found) {
    node.addEventListener("click", (event) => {
      event.preventDefault();
      follow(url);
    });
    if (!masked && !props.class) {
      const channel = findChannel(found[1]);
      node.replaceChildren(channel ? `#${channel.name}${found[2] ? " › message" : ""}` : "# No Access");
      node.className = "mention";
    }
  }
  return node;
}
