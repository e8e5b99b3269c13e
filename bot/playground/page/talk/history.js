// The messages of one channel as one person sees them: an unbroken run up to the newest.
// Rule: what an event says while a page is on its way counts more than the page.

import { look } from "../core/api.js";
import { compareIds } from "../core/ids.js";

const PAGE = 50;
const MOST_AT_ONCE = 400;

/** Messages, oldest first, in `all`. */
export class History {
  all = [];
  complete = false;
  #user;
  #touched = new Map();
  #older = null;

  constructor(channelId, userId) {
    this.channelId = channelId;
    this.#user = userId;
  }

  /** Reads the newest again, as many as are here. */
  async refresh() {
    const limit = Math.min(Math.max(PAGE, this.all.length), MOST_AT_ONCE);
    const page = await this.#page({ limit });
    this.all = this.#mended(page);
    this.complete = page.length < limit;
  }

  /** Reads one page further back; false where there is none. */
  readOlder() {
    if (this.complete) return Promise.resolve(false);
    this.#older ??= this.#readOlder().finally(() => {
      this.#older = null;
    });
    return this.#older;
  }

  async #readOlder() {
    const first = this.all[0]?.id;
    const page = await this.#page({ before: first, limit: PAGE });
    this.complete = page.length < PAGE;
    const known = new Set(this.all.map((one) => one.id));
    this.all = [...this.#mended(page).filter((one) => !known.has(one.id) && compareIds(one.id, first ?? one.id) <= 0), ...this.all];
    return page.length > 0;
  }

  async #page(query) {
    this.#touched.clear();
    const found = await look(`/channels/${this.channelId}/messages`, { as: this.#user, ...query });
    return found.messages;
  }

  /** A page with what happened since it was asked for. */
  #mended(page) {
    const byId = new Map(page.map((one) => [one.id, one]));
    for (const [id, message] of this.#touched) {
      if (message === null) byId.delete(id);
      else if (byId.has(id) || !page.length || compareIds(id, page.at(-1).id) > 0) byId.set(id, message);
    }
    return [...byId.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  /** A message came or changed; true where it is new here. */
  put(message) {
    this.#touched.set(message.id, message);
    const at = this.all.findIndex((one) => one.id === message.id);
    if (at >= 0) {
      this.all[at] = message;
      return false;
    }
    const before = this.all.findLastIndex((one) => compareIds(one.id, message.id) < 0);
    // Older than all that is here: it comes with its page.
    if (before < 0 && !this.complete && this.all.length) return false;
    this.all.splice(before + 1, 0, message);
    return true;
  }

  /** A message went. */
  drop(id) {
    this.#touched.set(id, null);
    const at = this.all.findIndex((one) => one.id === id);
    if (at >= 0) this.all.splice(at, 1);
    return at >= 0;
  }

  /** Forgets the oldest, when only the newest are looked at. */
  trim(most) {
    if (this.all.length <= most) return 0;
    this.complete = false;
    const gone = this.all.length - most;
    this.all.splice(0, gone);
    return gone;
  }
}
