// The live line to the local Discord: events as they happen, for the person who acts.
// Rule: after every gap all is read anew, so nothing that happened meanwhile is missed.

import { tell } from "./news.js";

const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;

/** A line for one person. `onListening` is called each time it stands. */
export class Link {
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;
  #closed = false;

  constructor(userId, onListening) {
    this.userId = userId;
    this.onListening = onListening;
    this.#open();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/_world/events?as=${this.userId}`);
    this.#socket = socket;
    socket.addEventListener("message", (frame) => this.#take(JSON.parse(frame.data)));
    socket.addEventListener("close", () => this.#lost());
  }

  #take(event) {
    if (this.#closed) return;
    if (event.kind === "listening") {
      this.#wait = FIRST_WAIT;
      tell("link", true);
      this.onListening();
    } else {
      tell(`event:${event.kind}`, event.data);
    }
  }

  #lost() {
    if (this.#closed) return;
    tell("link", false);
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}
