// The faces of the group in focus, side by side, and the pictures of the coming groups.

import { ImagePreloader, newSlot, release } from "../shared/image_preloader.js";
import { drawCard, markCard } from "./card.js";
import { element } from "../shared/dom.js";

const GROUPS_AHEAD = 4;
const TRIES_BEFORE_IT_IS_SAID = 4;
// Nobody sees a picture and presses a key for it in less: such a key was meant for another one.
const SHORTEST_LOOK_MS = 150;

export class Faces extends ImagePreloader {
  constructor(part, api, onFace) {
    super(api, "");
    this.part = part;
    this.onFace = onFace;
    this.slots = new Map();
    this.cards = new Map();
    this.ahead = [];
    this.paintedAt = Infinity;
    this.wantsFocus = false;
    part.addEventListener("focusin", (event) => this.chosen(event));
    part.addEventListener("pointerdown", (event) => this.chosen(event));
  }

  chosen(event) {
    const card = event.target.closest(".card");
    if (card) this.onFace(Number(card.dataset.face));
  }

  // Fetch the pictures of a group and of those around it, and let go of the others.
  prepare(groups, at) {
    const near = [...groups.slice(Math.max(at, 0), at + 1 + GROUPS_AHEAD), ...groups.slice(Math.max(at - 1, 0), at)];
    const ids = near.flatMap((group) => group.faces.map(({ id }) => id));
    for (const id of ids) if (!this.slots.has(id)) this.slots.set(id, newSlot(id));
    for (const [id, slot] of this.slots) if (!ids.includes(id)) this.drop(id, slot);
    this.ahead = ids.map((id) => this.slots.get(id));
    this.fill();
  }

  drop(id, slot) {
    release(slot);
    this.slots.delete(id);
  }

  show(group, words) {
    if (!group) return this.showWords(words);
    const isSame = this.group && idsText(this.group) === idsText(group);
    this.group = group;
    if (isSame) for (const face of group.faces) markCard(this.cards.get(face.id), face, group);
    else this.draw(group);
  }

  showWords(words) {
    this.group = null;
    this.cards.clear();
    this.paintedAt = Infinity;
    const shown = element("div", "words");
    shown.append(...words);
    this.part.replaceChildren(shown);
  }

  draw(group) {
    const hadFocus = this.part.contains(this.part.getRootNode().activeElement) || document.activeElement === document.body;
    this.cards = new Map(group.faces.map((face) => [face.id, drawCard(face, this.slots.get(face.id), group)]));
    this.part.replaceChildren(...this.cards.values());
    this.part.dataset.many = group.faces.length > 6 ? "many" : group.faces.length > 2 ? "some" : "few";
    this.wantsFocus ||= hadFocus;
    this.painted();
  }

  // The face in focus has the keyboard's focus too, unless that is on another part of the page.
  mark(face) {
    for (const [id, card] of this.cards) card.setAttribute("aria-current", String(id === face));
    const card = this.cards.get(face);
    if (!card) return;
    const isHere = this.part.contains(this.part.getRootNode().activeElement);
    if (this.wantsFocus || isHere) card.focus({ preventScroll: !isHere });
    this.wantsFocus = false;
    card.scrollIntoView({ block: "nearest" });
  }

  // From the frame in which all pictures are there, a key can be meant for them.
  painted() {
    this.paintedAt = Infinity;
    const group = this.group;
    if (!this.isComplete) return;
    requestAnimationFrame(() => {
      if (this.group && idsText(this.group) === idsText(group)) this.paintedAt = performance.now();
    });
  }

  get isComplete() {
    return this.group.faces.every(({ id }) => isThere(this.slots.get(id)));
  }

  wasSeen(event) {
    return event.timeStamp - this.paintedAt >= SHORTEST_LOOK_MS;
  }

  loaded(slot) {
    if (this.slots.get(slot.face) !== slot) return release(slot);
    const card = this.cards.get(slot.face);
    if (!card) return;
    if (slot.image) card.querySelector(".frame").prepend(slot.image);
    else card.classList.toggle("missing", isThere(slot));
    if (this.paintedAt === Infinity) this.painted();
  }
}

// It is there, or it has had its chances.
const isThere = (slot) => Boolean(slot.image) || slot.isGone || slot.tries >= TRIES_BEFORE_IT_IS_SAID;
const idsText = (group) => group.faces.map(({ id }) => id).join();
