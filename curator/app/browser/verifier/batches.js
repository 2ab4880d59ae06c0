// Pages of faces to verify, with the views of the coming ones fetched and decoded ahead.

import { ImagePreloader, newSlot, release as releaseView } from "../shared/image_preloader.js";

const AHEAD = 3;
const TRIES_BEFORE_IT_IS_SAID = 4;

// Whoever looks at a face at all looks for some 40 ms, also where the odd one leaps to the eye.
// A page that is confirmed in less was not looked at: a hand has got ahead of the eyes, or stays
// on the key. Then nothing but the suggestions would be stored, in the name of a person.
const SHORTEST_LOOK_MS = 42;

export class Batch {
  constructor(queue, faces) {
    this.queue = queue;
    this.slots = faces.map((face) => ({ ...newSlot(face), choice: null }));
    this.paintedAt = null;
  }

  // The faces that are on the screen; only of these something can be said.
  get seen() {
    return this.slots.filter((slot) => slot.image);
  }

  get missing() {
    return this.slots.filter((slot) => !slot.image);
  }

  // Every view is there, or has had its chances; where none came, the server is away.
  get isComplete() {
    return this.seen.length > 0 && this.missing.every(isMissing);
  }

  get wasHardlySeen() {
    return performance.now() - this.paintedAt < SHORTEST_LOOK_MS * this.seen.length;
  }
}

export const isMissing = (slot) => !slot.image && (slot.isGone || slot.tries >= TRIES_BEFORE_IT_IS_SAID);

export class Batches extends ImagePreloader {
  constructor(api, onView) {
    super(api, ""); // the cell that holds a view says what it is
    this.onView = onView;
    this.list = [];
  }

  get ahead() {
    return this.list.slice(0, AHEAD).flatMap((batch) => batch.slots);
  }

  get first() {
    return this.list[0];
  }

  get isFull() {
    return this.list.length >= AHEAD;
  }

  get faces() {
    return this.list.flatMap((batch) => batch.slots.map((slot) => slot.face));
  }

  append(batch) {
    this.list.push(batch);
    this.fill();
  }

  takeFirst() {
    this.list.shift();
    this.fill();
  }

  putFirst(batch) {
    batch.slots.forEach((slot) => { slot.isReleased = false; });
    this.list.unshift(batch);
    this.fill();
  }

  clear() {
    this.list.forEach(release);
    this.list = [];
  }

  loaded(slot) {
    if (slot.isReleased) releaseSlot(slot);
    this.onView(slot);
  }
}

// Let go of the pixels; a batch that comes back loads them again.
export function release(batch) {
  batch.slots.forEach(releaseSlot);
  batch.paintedAt = null;
}

function releaseSlot(slot) {
  releaseView(slot);
  slot.isReleased = true;
}
