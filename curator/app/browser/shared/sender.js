// Sends what one person says of faces: one request at a time, again and again until it is safe.
// What more a session wants, and what it does with it, is the session's own: `wanted`, `inHand`,
// `takeFaces`. No page is known here, so it goes on while the person looks at another one.

import { Outbox, uuid } from "./outbox.js";
import { ANOTHERS, AWAY, freshToken, postLabels } from "./requests.js";

const SENT_AT_ONCE = 200;
const SENT_ON_LEAVING = 100; // a browser lets 64 KiB go up from a page that is closed
const LOOK_AGAIN_MS = 15_000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000];

const sittings = new Map();

const dayBegan = () => new Date().setHours(0, 0, 0, 0);

// How many faces more are annotated after a press; a step back and a second word count too.
const countOf = (press) => (press.skip ? 0 : press.label || press.flag ? 1 : -1);

export const pressOn = (face, said = {}) => ({ uuid: uuid(), face, at: Date.now(), label: null, flag: null, ...said });

export class Sender {
  constructor(personKey, api) {
    this.personKey = personKey;
    this.api = api;
    this.outbox = new Outbox(personKey);
    this.queue = null;
    this.history = [];
    this.lookAgainAt = 0;
    this.failures = 0;
    this.problem = "";
    this.notice = "";
    this.changed = () => {};
    this.leaving = () => {};
  }

  // A session stays when its page is left, and is there again when it is opened anew.
  static of({ person, api }) {
    const key = `${this.name} ${person}`;
    if (!sittings.has(key)) sittings.set(key, new this(person, api).begun());
    return sittings.get(key);
  }

  begun() {
    addEventListener("pagehide", () => this.sendOnLeaving());
    addEventListener("online", () => this.sendNow());
    // While the page was behind another one, somebody else may have signed in there.
    document.addEventListener("visibilitychange", () => this.cameBack());
    this.send();
    return this;
  }

  get trouble() {
    return [this.problem, this.notice].filter(Boolean).join(" ");
  }

  get unsent() {
    return this.outbox.presses.reduce((sum, press) => sum + countOf(press), 0);
  }

  // True when the presses count: when they are this person's and this browser keeps them.
  keep(presses) {
    if (!this.outbox.isOurs) return this.askWhoIsIn();
    if (!this.outbox.add(presses)) {
      this.notice = "This browser has no room to keep labels. Wait until the server is back.";
      this.changed();
      return false;
    }
    for (const press of presses) document.dispatchEvent(new CustomEvent("curator:press", { detail: press }));
    return true;
  }

  askWhoIsIn() {
    this.problem = ANOTHERS;
    this.changed();
    this.send();
    return false;
  }

  async send() {
    if (this.isSending || this.isBackingOff) return;
    if (!(this.outbox.presses.length || this.wanted || this.asksWho || !this.outbox.isOurs)) return;
    this.isSending = true;
    clearTimeout(this.timer);
    try {
      this.isTokenNew = !this.token;
      this.token ||= await freshToken(this.api);
      const body = this.body(this.wanted, SENT_AT_ONCE);
      this.take(body, await postLabels(this.api, this.token, body));
      this.isSending = false;
      this.timer = setTimeout(() => this.send(), this.outbox.presses.length ? 0 : LOOK_AGAIN_MS);
      if (this.wanted) this.send();
    } catch (error) {
      this.isSending = false;
      this.failed(error);
    }
    this.changed();
  }

  body(want, mostPresses) {
    return {
      person: this.personKey,
      queue: this.queue && { origin: this.queue.origin, label: this.queue.label },
      presses: this.outbox.presses.slice(0, mostPresses),
      want,
      have: want ? this.inHand : [],
      day_began: dayBegan(),
    };
  }

  take(body, answer) {
    this.outbox.claim();
    this.asksWho = false;
    this.failures = 0;
    this.problem = "";
    const refused = answer.refused.map((issue) => issue.uuid);
    this.outbox.drop([...answer.kept, ...refused]);
    if (refused.length) this.notice = `${refused.length} not stored: ${answer.refused[0].reason}`;
    if (answer.faces) this.lookAgainAt = Date.now() + LOOK_AGAIN_MS;
    if (answer.faces) this.takeFaces(body, answer);
  }

  // Of the faces that came, those that are neither here nor said of already.
  fresh(faces) {
    const known = new Set([...this.inHand, ...this.outbox.presses.map(({ face }) => face)]);
    return faces.filter((face) => !known.has(face));
  }

  failed(error) {
    const isTokenOld = error.needsToken && !this.isTokenNew;
    if (error.needsToken) this.token = "";
    if (error.isAnothers) this.outbox.isRefused = true;
    this.failures += 1;
    this.problem = error.problem || (this.failures > 2 ? AWAY : this.problem);
    const backoff = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length) - 1];
    this.isBackingOff = true;
    // A server that was started anew wants a new token, and has come back: no need to wait.
    this.timer = setTimeout(() => this.sendNow(), isTokenOld ? 0 : backoff * (0.8 + 0.4 * Math.random()));
  }

  sendNow() {
    clearTimeout(this.timer);
    this.isBackingOff = false;
    this.send();
  }

  cameBack() {
    if (document.hidden) return;
    this.asksWho = true;
    this.sendNow();
  }

  sendOnLeaving() {
    this.leaving();
    if (!this.outbox.presses.length || !this.token) return;
    const body = this.body(0, SENT_ON_LEAVING);
    postLabels(this.api, this.token, body, { keepalive: true })
      .then((answer) => this.take(body, answer))
      .catch(() => {}); // they lie in the outbox, for the next tab to send
  }
}
