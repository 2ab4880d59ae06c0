// Presses that the server has not said are safe. They lie in localStorage, one key per tab,
// so that they outlive the tab, the browser and the server.

export const uuid = () =>
  // Over plain http in a local network there is no randomUUID.
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

// Whose requests the server took last from this browser.
const AT_WORK = "curator-at-work";

export class Outbox {
  constructor(personKey) {
    this.personKey = personKey;
    this.prefix = `curator-outbox:${personKey}:`;
    this.key = this.prefix + uuid();
    this.presses = [];
    this.adopt();
  }

  // Take over what closed or crashed tabs of the same person left. A tab that is still alive
  // then sends the same presses too; their uuids make that harmless.
  adopt() {
    const left = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    for (const key of left) this.presses.push(...readPresses(key));
    if (this.presses.length && !this.persist()) return;
    for (const key of left) localStorage.removeItem(key);
  }

  // On a page that somebody else has signed in over no press may count: it would be theirs,
  // and go up as its owner's later.
  get isOurs() {
    return !this.isRefused && (localStorage.getItem(AT_WORK) ?? this.personKey) === this.personKey;
  }

  // The server has taken this person's request, so it is this person who is signed in.
  claim() {
    this.isRefused = false;
    try {
      localStorage.setItem(AT_WORK, this.personKey);
    } catch {
      localStorage.removeItem(AT_WORK); // no room for it, so for no press either
    }
  }

  // All of them or none: a part would be counted as the whole. False when this browser cannot
  // keep them: then they must not count.
  add(presses) {
    this.presses.push(...presses);
    if (this.persist()) return true;
    this.presses.splice(-presses.length);
    return false;
  }

  drop(uuids) {
    const done = new Set(uuids);
    this.presses = this.presses.filter((press) => !done.has(press.uuid));
    this.persist();
  }

  persist() {
    try {
      if (this.presses.length) localStorage.setItem(this.key, JSON.stringify(this.presses));
      else localStorage.removeItem(this.key);
      return true;
    } catch {
      return false;
    }
  }
}

function readPresses(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}
