// The faces that come next, with their views fetched and decoded ahead of need.

import { ImagePreloader, newSlot, release } from "../shared/image_preloader.js";

const AHEAD = 120;

export class ImageQueue extends ImagePreloader {
  constructor(api, onReady) {
    super(api, "The face to label");
    this.onReady = onReady;
    this.slots = [];
  }

  get ahead() {
    return this.slots.slice(0, AHEAD);
  }

  get first() {
    return this.slots[0];
  }

  append(faces) {
    this.slots.push(...faces.map((face) => newSlot(face)));
    this.fill();
  }

  // What must come soon follows the face on the screen, which stays.
  appendSoon(faces, notes) {
    const slots = faces.map((face) => ({ ...newSlot(face), note: notes[face], isSentBack: true }));
    this.slots.splice(this.first?.image ? 1 : 0, 0, ...slots);
    this.fill();
  }

  takeFirst() {
    const slot = this.slots.shift();
    this.fill();
    return slot;
  }

  putFirst(slot) {
    this.slots.unshift(slot);
    this.fill();
  }

  drop(face) {
    const dropped = this.slots.filter((slot) => slot.face === face);
    dropped.forEach(release);
    this.slots = this.slots.filter((slot) => slot.face !== face);
  }

  // Put a face on the screen that may be in hand already.
  bringFirst(face) {
    const slot = this.slots.find((other) => other.face === face) ?? newSlot(face);
    this.slots = this.slots.filter((other) => other !== slot);
    this.putFirst(slot);
    return slot;
  }

  loaded(slot) {
    if (slot.isGone) this.slots = this.slots.filter((other) => other !== slot);
    if (!this.slots.includes(slot)) release(slot);
    if (this.first === slot || slot.isGone) this.onReady();
  }
}
