// One person's session on the verify page: pages in hand, what was said of them, and the way back.

import { Batch, Batches, release } from "./batches.js";
import { Throughput } from "../shared/throughput.js";
import { isSameQueue } from "./queue_list.js";
import { Sender, pressOn } from "../shared/sender.js";

const IN_HAND = 96;
const ASKED_AT_ONCE = 96;
const PAGES_BACK = 20;
const PAGES_BACK_DECODED = 3;
const PACE = { last: 10, fewest: 2, pauseMs: 60_000 };

export class VerifySession extends Sender {
  constructor(personKey, api) {
    super(personKey, api);
    this.batches = new Batches(api, (slot) => this.onView(slot));
    this.batchSize = 24;
    this.waiting = []; // faces that are in hand and not on a page yet
    this.leftOut = new Set();
    this.pace = new Throughput(PACE);
    this.onView = () => {};
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
    this.pace.add(Date.now(), said.length);
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
    if (!batch || !this.keep(batch.said.map(({ face }) => pressOn(face)))) return false;
    this.history.pop();
    this.pace.takeBack();
    batch.slots.forEach((slot) => this.leftOut.delete(slot.face));
    this.batches.putFirst(batch);
    this.count(-batch.said.length);
    this.changed();
    this.send();
    return true;
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

  get isDone() {
    return Boolean(this.queue) && this.isExhausted && !this.waiting.length && !this.batches.list.length;
  }

  // What a page went without stays with this person: it would only be left out again.
  get inHand() {
    return [...this.toShow, ...this.leftOut];
  }

  get toShow() {
    return [...this.batches.faces, ...this.waiting];
  }

  get wanted() {
    const mayAsk = !this.isExhausted || Date.now() >= this.lookAgainAt;
    return this.isWatched && this.queue && mayAsk && this.toShow.length < IN_HAND ? ASKED_AT_ONCE : 0;
  }

  // A page that is not full is only made when no more faces come.
  cut() {
    const isEnough = () => this.waiting.length >= (this.isExhausted ? 1 : this.batchSize);
    while (!this.batches.isFull && isEnough()) {
      this.batches.append(new Batch(this.queue, this.waiting.splice(0, this.batchSize)));
    }
  }

  takeFaces(body, { faces, progress }) {
    if (!isSameQueue(body.queue, this.queue)) return;
    const fresh = this.fresh(faces);
    this.waiting.push(...fresh);
    this.isExhausted = !fresh.length;
    this.left = Math.max(progress.left - this.unsent, 0);
    this.today = progress.today + this.unsent;
    this.cut();
  }
}

function annotation(slot, queue) {
  const choice = slot.choice ?? { name: queue.label, isFlag: false };
  const said = { [choice.isFlag ? "flag" : "label"]: choice.name };
  return { ...pressOn(slot.face, said), guideline: queue.guideline, suggested: queue.label, suggested_by: queue.origin };
}
