// A picture in full size.

import { h } from "../core/dom.js";
import { openDialog } from "./dialog.js";

/** Shows a picture over the page, until Escape or a press beside it. */
export function showPicture(src, alt) {
  const picture = h("img", { src, alt: alt || "Picture", class: "lightbox-picture" });
  openDialog({ label: alt || "Picture", className: "lightbox", body: [picture] });
}
