// The duplicates page: one group in focus, its faces side by side, decided by keys or by hand.

import { Faces } from "./faces.js";
import { DuplicateSession } from "./session.js";
import { Strip } from "./strip.js";
import { NOT_YET, TOO_QUICK, countsText, emptyWords, toldText, whyText } from "./texts.js";
import { isOn, isTyping, placeOf } from "../shared/keys.js";
import { button, nameKey, number, setText } from "../shared/dom.js";
import { PhotoSheet } from "../shared/photo.js";
import { mounting } from "../shared/streamlit.js";

const QUIET_MS = 300;
// What has keys of its own keeps them.
const PRESSABLE = "a, button, summary, input, [role=tab], [role=radio], [role=slider], [role=menuitem], [role=option]";
const KEYS = {
  k: "keep", s: "split", n: "dissolve", u: "undo", z: "undo", j: "next", p: "photo", m: "mirror",
  arrowleft: "left", arrowright: "right", arrowup: "up", arrowdown: "next", enter: "next", backspace: "undo",
};
const MOVES = new Set(["left", "right", "up", "next"]);
const ENDS = [
  ["keep", "Keep", "K", "this face stays"],
  ["split", "Split off", "S", "another picture than the others"],
  ["dissolve", "Not duplicates", "N", "all show other pictures"],
  ["undo", "Undo", "U", "take the last decision back"],
];
const TOOLS = [
  ["up", "Back", "↑", "the group before"],
  ["next", "Next", "⏎", "leave this group as it is"],
  ["photo", "Whole photo", "P", "where the face comes from"],
  ["mirror", "Turn mirrored", "M", "show mirrored faces turned"],
];

class Page {
  constructor(root, data, setTrigger) {
    this.root = root;
    this.data = data;
    this.session = DuplicateSession.of(data, (sent) => setTrigger("sent", sent));
    this.faces = new Faces(this.part("faces"), data.api, (face) => this.choose(face));
    this.strip = new Strip(this.part("strip"), data.api, (at) => this.go(() => this.session.goTo(at)));
    this.photo = new PhotoSheet(root, data.api);
    this.addButtons();
    this.listen();
    this.show();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  addButtons() {
    this.buttons = new Map();
    for (const [part, rows] of [["ends", ENDS], ["tools", TOOLS]]) {
      for (const [action, title, key, hint] of rows) this.addButton(part, action, title, key, hint);
    }
    for (const label of this.data.labels) this.addButton("choices", label.name, label.title, label.key, label.hint);
  }

  addButton(part, action, title, key, hint) {
    const made = button(title, hint, (event) => this.act(action, event));
    // The focus stays on its face: a button that took it would take Enter too.
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    nameKey(made, key, key);
    this.buttons.set(action, made);
    this.part(part).append(made);
  }

  listen() {
    this.onKey = (event) => this.key(event);
    this.onLeave = (event) => this.session.pending.length && event.preventDefault();
    document.addEventListener("keydown", this.onKey, true);
    addEventListener("beforeunload", this.onLeave);
  }

  leave() {
    document.removeEventListener("keydown", this.onKey, true);
    removeEventListener("beforeunload", this.onLeave);
    clearTimeout(this.session.timer);
    clearTimeout(this.savedTimer);
    cancelAnimationFrame(this.frame);
  }

  // Who has chosen other groups wants to go on with them: the keys belong to their faces.
  renew(data) {
    this.faces.wantsFocus ||= data.only !== this.data.only;
    this.data = data;
    this.session.renew(data);
    this.show();
  }

  key(event) {
    if (event.metaKey || event.altKey || event.isComposing || isTyping(event)) return;
    const action = this.actionOf(event);
    if (!action) return;
    if (this.photo.isOpen) return this.photo.key(event, action);
    if (MOVES.has(action) && !event.key.match(/^j$/i) && isOn(event, PRESSABLE)) return;
    event.preventDefault();
    if (!event.repeat || event.key.startsWith("Arrow")) this.act(action, event);
  }

  actionOf(event) {
    if (event.ctrlKey) return event.key.toLowerCase() === "z" ? "undo" : null;
    const digit = placeOf(event).match(/^Digit(\d)$/)?.[1];
    const label = this.data.labels.find(({ key }) => key === digit);
    return label ? label.name : (KEYS[event.key.toLowerCase()] ?? null);
  }

  // Every way to do a thing ends here: a key, a click, a touch.
  act(action, event) {
    const { session } = this;
    const group = session.group;
    if (action === "left" || action === "right") return this.choose(null, action === "left" ? -1 : 1);
    if (action === "up" || action === "next") return this.go(() => session.stepGroup(action === "up" ? -1 : 1));
    if (action === "undo") return this.undo();
    if (action === "mirror") return void this.part("faces").classList.toggle("turned");
    if (!group) return;
    if (action === "photo") return this.photo.show(session.face);
    this.decide(action, group, event);
  }

  decide(action, group, event) {
    const isLabel = this.data.labels.some(({ name }) => name === action);
    if (isLabel && !group.isConflict) return;
    if (!this.faces.isComplete) return this.tell(NOT_YET);
    if (!this.faces.wasSeen(event)) return this.tell(TOO_QUICK);
    const { face } = this.session;
    const act = isLabel ? this.session.decide("label", { label: action }) : this.session.decide(action, { face });
    this.told = toldText(act);
    this.show();
  }

  undo() {
    this.told = this.session.undo() ? "" : "You have decided nothing that could be undone.";
    this.show();
  }

  choose(face, step = 0) {
    if (step) this.session.stepFace(step);
    else if (face === this.session.face) return;
    else this.session.face = face;
    this.faces.mark(this.session.face);
  }

  go(move) {
    move();
    this.told = "";
    this.show();
  }

  tell(text) {
    this.told = text;
    setText(this.part("told"), text);
  }

  show() {
    const { session } = this;
    this.faces.prepare(session.groups, session.at);
    this.faces.show(session.group, session.group ? [] : emptyWords(session));
    this.faces.mark(session.face);
    this.showFacts();
    // After the faces: what follows is not what the eyes are on.
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => setTimeout(() => this.strip.show(session.groups, session.at)));
  }

  showFacts() {
    const { session } = this;
    const group = session.group;
    this.part("duplicates").classList.toggle("conflict", Boolean(group?.isConflict));
    this.part("duplicates").classList.toggle("idle", !group);
    this.part("counts").replaceChildren(...countsText(session));
    this.part("why").replaceChildren(...whyText(group));
    setText(this.part("told"), this.told ?? "");
    for (const action of ["keep", "split", "dissolve", "photo"]) this.buttons.get(action).disabled = !group;
    this.buttons.get("undo").disabled = !session.lastAct;
    this.buttons.get("up").disabled = session.place === 0;
    this.buttons.get("next").disabled = !group;
    this.buttons.get("mirror").hidden = !group?.faces.some(({ isMirrored }) => isMirrored);
    this.showSaved();
  }

  // Only what waits longer than a moment is worth a word.
  showSaved() {
    clearTimeout(this.savedTimer);
    const waiting = this.session.pending.length;
    this.part("saved").dataset.waiting = waiting;
    const say = () => setText(this.part("saved"), waiting ? `${number(waiting)} unsaved` : "All saved");
    if (waiting) this.savedTimer = setTimeout(say, QUIET_MS);
    else say();
  }
}

export default mounting((root, data, setTrigger) => new Page(root, data, setTrigger));
