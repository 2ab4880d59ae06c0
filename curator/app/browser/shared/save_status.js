// Says what the server has not stored yet.

import { number, setText } from "./dom.js";

const QUIET_MS = 300;

export class SaveStatus {
  constructor(line, outbox) {
    this.line = line;
    this.outbox = outbox;
  }

  // Only what waits longer than a moment is worth a word to eyes and screen readers.
  show() {
    this.leave();
    if (this.line.textContent && this.outbox.presses.length) this.timer = setTimeout(() => this.say(), QUIET_MS);
    else this.say();
  }

  say() {
    const waiting = this.outbox.presses.length;
    setText(this.line, waiting ? `${number(waiting)} unsaved` : "All saved");
    this.line.classList.toggle("waiting", waiting > 0);
  }

  leave() {
    clearTimeout(this.timer);
  }
}
