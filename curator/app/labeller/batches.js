// Pages of faces to verify, with the views of the coming ones fetched and decoded ahead.

const AHEAD = 3;
const AT_ONCE = 6;
const TRIES_BEFORE_IT_IS_SAID = 4;
const LONGEST_WAIT_MS = 4000;
const TIMEOUT_MS = 8000;

// Whoever looks at a face at all looks for some 40 ms, also where the odd one leaps to the eye.
// A page that is confirmed in less was not looked at: a hand has got ahead of the eyes, or stays
// on the key. Then nothing but the suggestions would be stored, in the name of a person.
const SHORTEST_LOOK_MS = 42;

export class Batch {
  constructor(queue, faces) {
    this.queue = queue;
    this.slots = faces.map((face) => ({ face, image: null, choice: null, tries: 0, notBefore: 0 }));
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

export class Batches {
  constructor(api, onView) {
    this.api = api;
    this.onView = onView;
    this.list = [];
    this.loading = 0;
    this.timer = null;
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

  fill() {
    clearTimeout(this.timer);
    const now = performance.now();
    let soonest = Infinity;
    for (const slot of this.list.slice(0, AHEAD).flatMap((batch) => batch.slots)) {
      if (this.loading >= AT_ONCE) return;
      if (slot.image || slot.isLoading || slot.isGone) continue;
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
    if (slot.isReleased) releaseSlot(slot);
    this.onView(slot);
    this.fill();
  }
}

// Let go of the pixels; a batch that comes back loads them again.
export function release(batch) {
  batch.slots.forEach(releaseSlot);
  batch.paintedAt = null;
}

function releaseSlot(slot) {
  if (slot.image) URL.revokeObjectURL(slot.image.src);
  slot.image = null;
  slot.isReleased = true;
}

async function decodedView(url, slot) {
  const response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) });
  slot.isGone = response.status === 404;
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const image = new Image();
  image.src = URL.createObjectURL(await response.blob());
  image.alt = ""; // the cell that holds it says what it is
  image.draggable = false;
  try {
    await image.decode();
  } catch (error) {
    URL.revokeObjectURL(image.src);
    throw error;
  }
  return image;
}
