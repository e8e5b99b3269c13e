// A window onto a long list of messages: rows are made when they come near, and dropped behind.
// Rule: whatever is added or taken, what the reader looks at stays where it is.

import { h } from "../core/dom.js";
import { on } from "../core/news.js";
import { written } from "../core/times.js";
import { Shelf } from "./media.js";
import { joins, messageRow, pendingRow } from "./message.js";
import { openMessageMenu } from "./message_menu.js";

const MOST = 120;
const STEP = 40;
const NEAR = 700;
const AT_END = 80;

/** The rows of a history inside of a section. */
export class FeedWindow {
  constructor(section, history, { rest, onDismiss, welcome }) {
    Object.assign(this, { section, history, rest, onDismiss, welcome });
    this.rows = new Map();
    this.shelves = new Map();
    this.first = 0;
    this.last = 0;
    this.unseen = 0;
    this.sticks = true;
    this.list = h("ol", { role: "list", class: "messages" });
    this.scroller = h("div", { class: "scroller", tabindex: "-1", on: { scroll: () => this.scrolled() } }, this.list);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.showEnd() } }, "Jump to the newest");
    section.replaceChildren(this.scroller, this.jump);
    this.growth = new ResizeObserver(() => this.stick());
    this.growth.observe(this.list);
    this.growth.observe(this.scroller);
    this.stop = on("message menu", ({ id, where }) => this.menu(id, where));
  }

  close() {
    this.growth.disconnect();
    this.stop();
  }

  get atEnd() {
    return this.sticks && this.last >= this.history.all.length;
  }

  menu(id, where) {
    const message = this.history.all.find((one) => one.id === id);
    if (message) openMessageMenu(message, where);
  }

  // -- what is shown --

  /** Shows the newest messages. */
  showEnd() {
    this.sticks = true;
    this.unseen = 0;
    this.last = this.history.all.length;
    this.first = Math.max(0, this.last - MOST);
    this.draw();
    this.toEnd();
  }

  /** Shows a message in the middle, and leads the eye to it. */
  showMessage(id) {
    const at = this.history.all.findIndex((one) => one.id === id);
    this.sticks = false;
    this.first = Math.max(0, at - MOST / 2);
    this.last = Math.min(this.history.all.length, this.first + MOST);
    this.draw();
    const row = this.rows.get(id)?.querySelector("article");
    row?.scrollIntoView({ block: "center" });
    row?.focus({ preventScroll: true });
    row?.classList.add("found");
  }

  /** Brings the page in line with the history; `came`: a message was added at the end. */
  draw({ came = false, moved = false } = {}) {
    if (this.sticks || moved) {
      this.last = this.history.all.length;
      this.first = Math.max(0, this.last - MOST);
    } else if (came) {
      this.unseen += 1;
    }
    this.last = Math.min(this.last, this.history.all.length);
    this.holding(() => this.fill());
    this.stick();
    this.showJump();
  }

  /** Makes a message's row anew; with `anew`, also the element of a file in it. */
  redraw(id, { anew = null } = {}) {
    if (anew) this.shelves.delete(id);
    this.rows.get(id)?.drawn.clear();
    this.draw();
  }

  redrawAll() {
    for (const row of this.rows.values()) row.drawn.clear();
    this.draw();
  }

  fill() {
    const shown = this.history.all.slice(this.first, this.last);
    const wanted = shown.map((message, nth) => this.item(message, this.history.all[this.first + nth - 1]));
    if (this.history.complete && this.first === 0) wanted.unshift(this.edge());
    if (this.last === this.history.all.length) wanted.push(...this.rest().map((row) => this.waiting(row)));
    const keep = new Set(wanted);
    for (const [id, node] of this.rows) {
      if (keep.has(node)) continue;
      node.remove();
      this.rows.delete(id);
    }
    wanted.forEach((node, nth) => {
      if (this.list.children[nth] !== node) this.list.insertBefore(node, this.list.children[nth] ?? null);
    });
    this.reachable();
  }

  /** One message can be reached with Tab: the one that was left, or else the newest. */
  reachable() {
    if (this.list.querySelector("article[tabindex='0']")) return;
    const newest = this.list.lastElementChild?.querySelector("article");
    newest?.setAttribute("tabindex", "0");
    newest?.querySelector(".more")?.setAttribute("tabindex", "0");
  }

  edge() {
    return this.keep("edge", "", () => [this.welcome()]);
  }

  waiting(row) {
    return this.keep(row.id, row.failed, () => [pendingRow(row, { onDismiss: () => this.onDismiss(row.id) })]);
  }

  item(message, before) {
    const newDay = !before || dayOf(before) !== dayOf(message);
    const joined = !newDay && joins(message, before);
    return this.keep(message.id, message, () => [newDay && divider(message), messageRow(message, { shelf: this.shelf(message), joined })], `${newDay} ${joined}`);
  }

  shelf(message) {
    if (!this.shelves.has(message.id)) this.shelves.set(message.id, new Shelf(message));
    return this.shelves.get(message.id);
  }

  /** The `<li>` for something, filled anew only where it differs from what was drawn. */
  keep(id, version, make, variant = "") {
    if (!this.rows.has(id)) {
      const node = h("li", {});
      node.drawn = new Map();
      this.rows.set(id, node);
    }
    const row = this.rows.get(id);
    if (row.drawn.get("version") !== version || row.drawn.get("variant") !== variant) {
      replaceKept(row, make().filter(Boolean));
      row.drawn.set("version", version).set("variant", variant);
    }
    return row;
  }

  // -- scrolling --

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const left = scrollHeight - scrollTop - clientHeight;
    this.sticks = left < AT_END && this.last >= this.history.all.length;
    if (this.sticks) this.unseen = 0;
    if (scrollTop < NEAR) this.further();
    else if (left < NEAR && this.last < this.history.all.length) this.nearer();
    this.showJump();
  }

  async further() {
    if (this.first === 0) {
      if (this.reading || this.history.complete) return;
      this.reading = true;
      const had = this.history.all.length;
      const came = await this.history.readOlder().catch(() => false);
      this.reading = false;
      const more = this.history.all.length - had;
      this.first += more;
      this.last += more;
      if (!came && !this.history.complete) return;
    }
    this.first = Math.max(0, this.first - STEP);
    this.last = Math.min(this.last, this.first + MOST);
    this.sticks = false;
    this.holding(() => this.fill());
  }

  nearer() {
    this.last = Math.min(this.history.all.length, this.last + STEP);
    this.first = Math.max(this.first, this.last - MOST);
    this.holding(() => this.fill());
  }

  /** Does something to the rows; what is looked at does not move. */
  holding(change) {
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = [...this.list.children].find((row) => row.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (!anchor?.isConnected || this.sticks) return;
    const moved = anchor.getBoundingClientRect().top - before;
    if (moved) this.scroller.scrollTop += moved;
  }

  stick() {
    if (this.sticks) this.toEnd();
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  showJump() {
    this.jump.hidden = this.sticks;
    const words = this.unseen ? `${this.unseen} new ${this.unseen === 1 ? "message" : "messages"}` : "Jump to the newest";
    if (this.jump.textContent !== words) this.jump.textContent = words;
  }
}

const dayOf = (message) => new Date(message.timestamp).toDateString();

function divider(message) {
  return h("p", { class: "day", role: "separator" }, h("span", {}, written(new Date(message.timestamp) / 1000, "D")));
}

/** Fills a row anew: the focus returns to the control that had it, and what played plays on. */
function replaceKept(row, children) {
  const had = document.activeElement;
  const inside = row.contains(had) ? had : null;
  const control = inside?.dataset.control;
  const tabbable = row.querySelector("article")?.getAttribute("tabindex");
  const playing = [...row.querySelectorAll("video, audio")].filter((one) => !one.paused);
  row.replaceChildren(...children);
  // Moved, a video pauses.
  for (const one of playing) if (one.isConnected) one.play().catch(() => {});
  const article = row.querySelector("article");
  if (tabbable === "0") article?.setAttribute("tabindex", "0");
  if (!inside) return;
  const again = control && row.querySelector(`[data-control="${CSS.escape(control)}"]:not(:disabled)`);
  (again || article)?.focus({ preventScroll: true });
}
