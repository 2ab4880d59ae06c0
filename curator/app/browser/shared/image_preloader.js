// Fetches and decodes the views of the faces that come next, ahead of need. Which slots these
// are (`ahead`), and what follows when one has loaded (`loaded`), the lists of faces say.

const AT_ONCE = 6;
const LONGEST_WAIT_MS = 4000;
const TIMEOUT_MS = 8000;

export class ImagePreloader {
  constructor(api, alt) {
    this.api = api;
    this.alt = alt;
    this.loading = 0;
    this.timer = null;
  }

  fill() {
    clearTimeout(this.timer);
    const now = performance.now();
    let soonest = Infinity;
    for (const slot of this.ahead) {
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
      slot.image = await this.decodedView(slot);
      slot.tries = 0;
    } catch {
      slot.notBefore = performance.now() + Math.min(250 * 2 ** slot.tries++, LONGEST_WAIT_MS);
    }
    slot.isLoading = false;
    this.loading -= 1;
    this.loaded(slot);
    this.fill();
  }

  async decodedView(slot) {
    const address = `${this.api}/views/${slot.face}`;
    const response = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) });
    slot.isGone = response.status === 404;
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const image = Object.assign(new Image(), { alt: this.alt, draggable: false, src: URL.createObjectURL(await response.blob()) });
    image.dataset.face = slot.face;
    try {
      await image.decode();
    } catch (error) {
      URL.revokeObjectURL(image.src);
      throw error;
    }
    return image;
  }
}

export const newSlot = (face) => ({ face, image: null, tries: 0, notBefore: 0 });

// Let go of the pixels; the slot can load them again.
export function release(slot) {
  if (slot.image) URL.revokeObjectURL(slot.image.src);
  slot.image = null;
}
