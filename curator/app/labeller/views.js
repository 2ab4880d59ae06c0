// The faces that come next, with their views fetched and decoded ahead of need.

const AHEAD = 120;
const AT_ONCE = 6;
const LONGEST_WAIT_MS = 4000;
const TIMEOUT_MS = 8000;

const newSlot = (face) => ({ face, image: null, tries: 0, notBefore: 0 });

export class Views {
  constructor(api, onReady) {
    this.api = api;
    this.onReady = onReady;
    this.slots = [];
    this.loading = 0;
    this.timer = null;
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
    dropped.forEach((slot) => this.release(slot));
    this.slots = this.slots.filter((slot) => slot.face !== face);
  }

  // Put a face on the screen that may be in hand already.
  bringFirst(face) {
    const slot = this.slots.find((other) => other.face === face) ?? newSlot(face);
    this.slots = this.slots.filter((other) => other !== slot);
    this.putFirst(slot);
    return slot;
  }

  // Let go of the pixels; the slot can load them again.
  release(slot) {
    if (slot.image) URL.revokeObjectURL(slot.image.src);
    slot.image = null;
  }

  fill() {
    clearTimeout(this.timer);
    const now = performance.now();
    let soonest = Infinity;
    for (const slot of this.slots.slice(0, AHEAD)) {
      if (this.loading >= AT_ONCE) return;
      if (slot.image || slot.isLoading) continue;
      if (slot.notBefore > now) soonest = Math.min(soonest, slot.notBefore);
      else this.load(slot);
    }
    if (soonest < Infinity) this.timer = setTimeout(() => this.fill(), soonest - now + 5);
  }

  async load(slot) {
    slot.isLoading = true;
    this.loading += 1;
    try {
      slot.image = await decodedView(`${this.api}/views/${slot.face}`, slot);
      slot.tries = 0;
    } catch {
      slot.notBefore = performance.now() + Math.min(250 * 2 ** slot.tries++, LONGEST_WAIT_MS);
    }
    slot.isLoading = false;
    this.loading -= 1;
    if (slot.isGone) this.slots = this.slots.filter((other) => other !== slot);
    if (!this.slots.includes(slot)) this.release(slot);
    if (this.first === slot || slot.isGone) this.onReady();
    this.fill();
  }
}

async function decodedView(url, slot) {
  const response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) });
  slot.isGone = response.status === 404;
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const image = new Image();
  image.src = URL.createObjectURL(await response.blob());
  image.dataset.face = slot.face;
  image.alt = "The face to label";
  image.draggable = false;
  try {
    await image.decode();
  } catch (error) {
    URL.revokeObjectURL(image.src);
    throw error;
  }
  return image;
}
