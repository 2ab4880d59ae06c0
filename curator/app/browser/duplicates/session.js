// The groups in hand, which of them and which of its faces is in focus, and what was decided
// and is not stored yet.

import { foresee, idsOf, newAct } from "./actions.js";

const SOON = 10; // groups left in hand when more are asked for
const LONGEST_WAIT_MS = 5000;

const sittings = new Map();

export class DuplicateSession {
  constructor(data, send) {
    this.send = send;
    this.pending = [];
    this.asked = null; // what the server has not answered yet
    this.take(data);
    this.goTo(data.focus);
  }

  // What is not stored yet outlives the page: Streamlit may build it anew at any time.
  static of(data, send) {
    const known = sittings.get(data.person);
    if (known) {
      Object.assign(known, { send, asked: null });
      known.renew(data);
    } else {
      sittings.set(data.person, new this(data, send));
    }
    return sittings.get(data.person);
  }

  take(data) {
    this.server = data;
    this.pending = this.pending.filter(({ uuid }) => !data.handled.includes(uuid));
    this.groups = this.pending.reduce((groups, act) => foresee(groups, act, data.only), data.groups);
    if (data.answered === this.asked) this.asked = null;
  }

  // What the server knows now. The group in focus stays so wherever it is; one that has gone
  // makes room for the group after it.
  renew(data) {
    this.keepInFocus(data);
    if (this.pending.length) this.tell();
  }

  keepInFocus(data) {
    const { face, group } = this;
    const isOther = data.only !== this.server.only;
    const isBack = this.isTakingBack;
    this.take(data);
    if (isOther || (isBack && !this.isTakingBack)) return this.goTo(data.focus);
    const wanted = [face, ...(group ? idsOf(group) : [])];
    const at = wanted.map((id) => this.groups.findIndex((one) => idsOf(one).includes(id))).find((found) => found >= 0);
    this.goTo(at ?? this.at + this.shift(data), face);
  }

  // By how much places have moved since the list last came.
  shift(data) {
    const moved = this.start - data.start;
    this.start = data.start;
    return moved;
  }

  get isTakingBack() {
    return this.pending.some(({ kind }) => kind === "undo");
  }

  get group() {
    return this.isTakingBack ? undefined : this.groups[this.at];
  }

  get total() {
    return this.server.total - this.server.groups.length + this.groups.length;
  }

  get place() {
    return this.server.start + this.at;
  }

  // What is out of sight behind the groups in hand.
  get isMoreAhead() {
    return this.server.start + this.server.groups.length < this.server.total;
  }

  goTo(at, face = null) {
    this.start = this.server.start;
    this.at = Math.min(Math.max(at, 0), this.groups.length);
    const ids = this.groups[this.at] ? idsOf(this.groups[this.at]) : [];
    this.face = ids.includes(face) ? face : (this.groups[this.at]?.keeper ?? ids[0] ?? null);
    this.askForMore();
  }

  stepGroup(step) {
    this.goTo(this.at + step);
  }

  stepFace(step) {
    if (!this.group) return;
    const ids = idsOf(this.group);
    this.face = ids[(ids.indexOf(this.face) + step + ids.length) % ids.length];
  }

  askForMore() {
    const isShortAhead = this.isMoreAhead && this.groups.length - this.at < SOON;
    const isShortBehind = this.server.start > 0 && this.at < 3;
    if (!this.asked && (isShortAhead || isShortBehind)) this.tell();
  }

  // What is done with a group goes on to the next; one that is still a question stays.
  decide(kind, said = {}) {
    const { group, at } = this;
    const act = newAct(kind, group, said);
    const before = this.groups;
    this.pending.push(act);
    this.groups = foresee(before, act, this.server.only);
    const isGone = this.groups.length < before.length;
    const isOpen = kind === "split" || (kind === "keep" && group.isConflict);
    const place = kind === "split" ? idsOf(group).indexOf(said.face) : -1;
    this.goTo(isGone || isOpen ? at : at + 1, this.faceAfter(place, kind, said));
    this.tell();
    return act;
  }

  faceAfter(place, kind, { face }) {
    const ids = this.groups[this.at] ? idsOf(this.groups[this.at]) : [];
    return kind === "split" ? ids[Math.min(place, ids.length - 1)] : face;
  }

  get lastAct() {
    const taken = new Set(this.pending.filter(({ kind }) => kind === "undo").map(({ of }) => of));
    const own = this.pending.filter(({ kind }) => kind !== "undo").map(({ uuid }) => uuid).reverse();
    return [...own, ...this.server.acts].find((uuid) => !taken.has(uuid));
  }

  undo() {
    const of = this.lastAct;
    if (!of) return false;
    this.pending.push(newAct("undo", null, { of }));
    this.tell();
    return true;
  }

  // One message at a time, with all that waits: each starts a run of the page, and one that
  // came before the last was answered would cut that run short.
  tell() {
    if (this.asked) return;
    this.asked = Date.now();
    this.send({ acts: this.pending, at: this.place, number: this.asked });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tellAgain(), LONGEST_WAIT_MS);
  }

  tellAgain() {
    if (!this.asked) return;
    this.asked = null;
    this.tell();
  }
}
