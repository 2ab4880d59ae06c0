// One person's sitting on the verify page: pages in hand, annotations on their way, and the way
// back. It knows no page, so it goes on sending while the person looks at another one.

import { Batch, Batches, release } from "./batches.js";
import { Outbox, uuid } from "./outbox.js";
import { ANOTHERS, AWAY, freshToken, postLabels } from "./post.js";
import { isSameQueue } from "./queue_list.js";

const IN_HAND = 96;
const ASKED_AT_ONCE = 96;
const SENT_AT_ONCE = 200;
const SENT_ON_LEAVING = 100; // a browser lets 64 KiB go up from a page that is closed
const PAGES_BACK = 20;
const PAGES_BACK_DECODED = 3;
const LOOK_AGAIN_MS = 15_000;
const PAUSE_MS = 60_000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000];

const saysSomething = (press) => Boolean(press.label || press.flag);
const dayBegan = () => new Date().setHours(0, 0, 0, 0);

export class VerifySitting {
  constructor(personKey, api) {
    this.personKey = personKey;
    this.api = api;
    this.outbox = new Outbox(personKey);
    this.batches = new Batches(api, (slot) => this.onView(slot));
    this.batchSize = 24;
    this.queue = null;
    this.waiting = []; // faces that are in hand and not on a page yet
    this.leftOut = new Set();
    this.history = [];
    this.confirmed = [];
    this.failures = 0;
    this.problem = "";
    this.notice = "";
    this.onView = () => {};
    this.changed = () => {};
    addEventListener("pagehide", () => this.sendOnLeaving());
    addEventListener("online", () => this.sendNow());
    // While the page was behind another one, somebody else may have signed in there.
    document.addEventListener("visibilitychange", () => this.cameBack());
    this.send();
  }

  // What was marked on a page that is not confirmed is forgotten: nothing was said yet.
  choose(queue) {
    if (isSameQueue(queue, this.queue)) return;
    this.queue = queue;
    this.batches.clear();
    this.waiting = [];
    this.left = queue.waiting;
    this.isExhausted = false;
    this.changed();
    this.send();
  }

  // Every face on the screen becomes an annotation. False when this browser cannot keep them.
  confirm(batch) {
    const said = batch.seen;
    if (batch !== this.batches.first || !this.keep(said.map((slot) => annotation(slot, batch.queue)))) return false;
    batch.said = said;
    batch.missing.forEach((slot) => this.leftOut.add(slot.face));
    this.batches.takeFirst();
    this.history.push(batch);
    this.confirmed = [...this.confirmed.slice(-9), { at: Date.now(), faces: said.length }];
    this.forgetOldPages();
    this.count(said.length);
    this.cut();
    this.changed();
    this.send();
    return true;
  }

  // The last page comes back as it was, and what was said of its faces is taken back.
  undo() {
    const batch = this.history.at(-1);
    if (!batch || !this.keep(batch.said.map(takingBack))) return false;
    this.history.pop();
    this.confirmed = this.confirmed.slice(0, -1);
    batch.slots.forEach((slot) => this.leftOut.delete(slot.face));
    this.batches.putFirst(batch);
    this.count(-batch.said.length);
    this.changed();
    this.send();
    return true;
  }

  // All of a page or nothing: a part of it would be counted as the whole.
  keep(presses) {
    if (!this.outbox.isOurs) return this.askWhoIsIn();
    this.outbox.presses.push(...presses);
    if (!this.outbox.persist()) {
      this.outbox.presses.splice(-presses.length);
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

  forgetOldPages() {
    if (this.history.length > PAGES_BACK) this.history.shift();
    const old = this.history.at(-1 - PAGES_BACK_DECODED);
    if (old) release(old);
  }

  count(step) {
    this.left = Math.max(this.left - step, 0);
    this.today += step;
  }

  // Faces a minute over the last pages, while they follow one another.
  get pace() {
    const gap = this.confirmed.findLastIndex((page, at, all) => at > 0 && page.at - all[at - 1].at > PAUSE_MS);
    const [first, ...run] = this.confirmed.slice(Math.max(gap, 0));
    if (!run.length) return 0;
    const faces = run.reduce((sum, page) => sum + page.faces, 0);
    return Math.round((60_000 * faces) / Math.max(run.at(-1).at - first.at, 1));
  }

  get isDone() {
    return Boolean(this.queue) && this.isExhausted && !this.waiting.length && !this.batches.list.length;
  }

  get inHand() {
    return [...this.batches.faces, ...this.waiting];
  }

  get wanted() {
    const mayAsk = !this.isExhausted || Date.now() >= this.lookAgainAt;
    return this.isWatched && this.queue && mayAsk && this.inHand.length < IN_HAND ? ASKED_AT_ONCE : 0;
  }

  // A page that is not full is only made when no more faces come.
  cut() {
    const isEnough = () => this.waiting.length >= (this.isExhausted ? 1 : this.batchSize);
    while (!this.batches.isFull && isEnough()) {
      this.batches.append(new Batch(this.queue, this.waiting.splice(0, this.batchSize)));
    }
  }

  // One request at a time, in the order of the presses, again and again until it is safe.
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
      presses: this.outbox.presses.slice(0, mostPresses),
      queue: this.queue && { origin: this.queue.origin, label: this.queue.label },
      want,
      have: want ? [...this.inHand, ...this.leftOut] : [],
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
    this.notice = refused.length ? `${refused.length} not stored: ${answer.refused[0].reason}` : this.notice;
    if (answer.faces && isSameQueue(body.queue, this.queue)) this.takeFaces(answer);
  }

  takeFaces(answer) {
    const known = new Set([...this.inHand, ...this.leftOut, ...this.outbox.presses.map((press) => press.face)]);
    const fresh = answer.faces.filter((face) => !known.has(face));
    this.waiting.push(...fresh);
    this.isExhausted = !fresh.length;
    this.lookAgainAt = Date.now() + LOOK_AGAIN_MS;
    const unsent = this.outbox.presses.reduce((sum, press) => sum + (saysSomething(press) ? 1 : -1), 0);
    this.left = Math.max(answer.progress.left - unsent, 0);
    this.today = answer.progress.today + unsent;
    this.cut();
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
    if (!this.outbox.presses.length || !this.token) return;
    const body = this.body(0, SENT_ON_LEAVING);
    postLabels(this.api, this.token, body, { keepalive: true })
      .then((answer) => this.take(body, answer))
      .catch(() => {}); // they lie in the outbox, for the next tab to send
  }
}

function annotation(slot, queue) {
  const choice = slot.choice ?? { name: queue.label, isFlag: false };
  return {
    ...takingBack(slot),
    label: choice.isFlag ? null : choice.name,
    flag: choice.isFlag ? choice.name : null,
    guideline: queue.guideline,
    suggested: queue.label,
    suggested_by: queue.origin,
  };
}

const takingBack = (slot) => ({ uuid: uuid(), face: slot.face, at: Date.now(), label: null, flag: null });
