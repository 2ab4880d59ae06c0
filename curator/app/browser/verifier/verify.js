// The verify page: one grid of faces with one suggested label. Press on the wrong ones, confirm.

import { isMissing } from "./batches.js";
import { Grid } from "./grid.js";
import { KeyMap, isOn, isTyping } from "../shared/keys.js";
import { bold, button, element, nameKey, number, onward, setText } from "../shared/dom.js";
import { QueueList } from "./queue_list.js";
import { SaveStatus } from "../shared/save_status.js";
import { keepConnectionDialogsShut, mounting } from "../shared/streamlit.js";
import { VerifySession } from "./session.js";
import { NOT_YET, TOO_QUICK, confirmedText, confirmHint, missingText, takenBackText } from "./texts.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// Columns and rows that fit without scrolling, by the width of the component.
const SHAPES = [[720, 8, 3], [480, 6, 3], [0, 4, 4]];
const LONGEST_ASKING_MS = 3000;

// What has keys of its own keeps them: lists, links and buttons take Enter and arrows.
const PRESSABLE = "a, button, summary, input, [role=tab], [role=radio], [role=menuitem], [role=option]";

class Page {
  constructor(root, data, askAnew) {
    this.root = root;
    this.data = data;
    this.askAnew = askAnew;
    this.keys = new KeyMap(data.person, data.labels, data.flags);
    this.choices = this.keys.choices;
    this.session = VerifySession.of(data);
    this.saved = new SaveStatus(this.part("saved"), this.session.outbox);
    this.grid = new Grid(this.part("stage"), (name) => this.keys.titles[name]);
    this.list = new QueueList(this.part("queues"), this.keys.titles, (queue) => this.choose(queue));
    this.addButtons();
    this.listen();
    this.renew(data);
    this.fit();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  addButtons() {
    for (const choice of this.choices) {
      choice.button = button(choice.title, choice.hint, () => this.giveByHand(choice));
      // The cursor stays on its face: a button that took the focus would take Enter too.
      choice.button.addEventListener("pointerdown", (event) => event.preventDefault());
    }
    this.part("choices").replaceChildren(...this.choices.map((choice) => choice.button));
    this.undoButton = button("Undo page", "take the last page back", () => this.undo());
    this.confirmButton = button("Confirm page", "all others are as suggested", () => this.confirm());
    this.confirmButton.classList.add("confirm");
    this.part("ends").replaceChildren(this.undoButton, this.confirmButton);
    this.nameKeys();
  }

  nameKeys() {
    for (const choice of this.choices) nameKey(choice.button, this.keys.printed(choice.name), this.keys.shortcut(choice.name));
    const isUTaken = this.choices.some(({ name }) => this.keys.printed(name) === "U");
    nameKey(this.undoButton, isUTaken ? "Ctrl+Z" : "U", isUTaken ? "Control+Z" : "U Control+Z");
    nameKey(this.confirmButton, "Enter", "Enter");
  }

  listen() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey, true);
    this.dialogs = keepConnectionDialogsShut();
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.part("verifier"));
    this.keys.changed = () => this.nameKeys();
    this.grid.onPainted = () => this.showFacts();
    this.session.page = this;
    this.session.isWatched = true;
    this.session.onView = (slot) => { this.grid.draw(slot); this.showSoon(); };
    this.session.changed = () => this.show();
    this.session.send();
  }

  leave() {
    document.removeEventListener("keydown", this.onKey, true);
    this.dialogs.disconnect();
    this.sizes.disconnect();
    this.saved.leave();
    clearTimeout(this.listTimer);
    cancelAnimationFrame(this.frame);
    if (this.session.page !== this) return;
    Object.assign(this.session, { isWatched: false, onView: () => {}, changed: () => {} });
  }

  fit() {
    const width = this.part("verifier").clientWidth;
    const [, columns, rows] = SHAPES.find(([fewest]) => width >= fewest);
    this.columns = columns;
    this.session.batchSize = columns * rows;
    this.show();
  }

  // What waits has been counted anew.
  renew(data) {
    clearTimeout(this.listTimer);
    this.data = data;
    this.listedAfter = this.askedAfter;
    this.list.queues = data.queues.map((queue) => ({ ...queue, guideline: data.guideline }));
    if (this.listedAfter) this.list.leave(this.listedAfter);
    if (!this.session.queue && this.next) this.session.choose(this.next);
    this.show();
  }

  get next() {
    return this.isListOld ? null : this.list.largestBut(this.session.queue);
  }

  // Until the last page is stored and the list has come anew, other queues still count its
  // faces, and those that are done stand in it.
  get isListOld() {
    return this.session.isDone && this.listedAfter !== this.session.queue;
  }

  choose(queue) {
    this.session.choose(queue);
    this.told = "";
    this.part("queues").blur();
    this.show();
  }

  key(event) {
    if (event.metaKey || event.altKey || isTyping(event)) return;
    const act = this.actionFor(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  actionFor(event) {
    const arrow = ARROWS[event.key];
    if (arrow && !event.ctrlKey) return isOn(event, PRESSABLE) ? null : () => this.grid.batch && this.grid.step(...arrow);
    if (event.repeat) return null;
    if (event.key === "Enter") return isOn(event, PRESSABLE) ? null : () => this.confirm();
    if (event.key === "Escape") return this.grid.isHeld || this.grid.isZoomed ? () => this.grid.letGo() : null;
    const action = this.keys.actionOf(event);
    const choice = this.choices.find(({ name }) => name === action);
    if (choice) return () => this.give(choice);
    if (event.ctrlKey) return action === "undo" ? () => this.undo() : null;
    if (action === "undo" || event.key === "Delete") return () => this.give(null);
    if (action === "zoom") return () => this.grid.zoom();
    return event.key.toLowerCase() === "u" ? () => this.undo() : null;
  }

  // A hand on a button: the face it was meant for is done, and the keys belong to the grid again.
  giveByHand(choice) {
    this.give(choice);
    this.grid.hold(false);
    this.grid.focus();
  }

  // The label that was suggested, or none, puts the face back.
  give(choice) {
    const slot = this.grid.slot;
    if (!slot?.image) return;
    slot.choice = choice?.name === this.grid.batch.queue.label ? null : choice;
    this.grid.hold(false);
    this.grid.draw(slot);
    this.showFacts();
  }

  confirm() {
    const batch = this.grid.batch;
    if (!batch) return void (this.session.isDone && this.next && this.choose(this.next));
    if (!batch.paintedAt) return this.tell(NOT_YET);
    if (batch.wasHardlySeen && this.askedAgain !== batch) {
      this.askedAgain = batch;
      return this.tell(TOO_QUICK);
    }
    const said = confirmedText(batch);
    if (!this.session.confirm(batch)) return;
    this.tell(said);
  }

  undo() {
    const batch = this.session.history.at(-1);
    if (!this.session.undo()) return;
    this.tell(takenBackText(batch));
  }

  tell(text) {
    this.told = text;
    this.showFacts();
  }

  show() {
    const batch = this.session.batches.first;
    if (batch) this.askedAfter = this.listedAfter = null;
    if (batch) this.grid.show(batch, this.columns);
    else this.grid.hide(this.words());
    this.part("verifier").classList.toggle("idle", !batch);
    this.showFacts();
  }

  showSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.showFacts());
  }

  words() {
    const words = element("div", "words");
    const { queue, isDone } = this.session;
    if (queue && !isDone) words.append("Loading faces…");
    else if (isDone) words.append(...this.wordsWhenDone(queue));
    else words.append(element("strong", "", "Nothing to verify yet"), "Suggestions come with a source's labels, from what annotators have said, or from a model.", ...onward(this.data, "label", "Label faces"));
    if (isDone) this.askWhatElseWaits(queue);
    return words;
  }

  // Where nothing has changed, Streamlit may not answer: then the list was right.
  askWhatElseWaits(queue) {
    if (this.session.outbox.presses.length || this.askedAfter === queue) return;
    this.askedAfter = queue;
    this.askAnew();
    this.listTimer = setTimeout(() => this.renew(this.data), LONGEST_ASKING_MS);
  }

  wordsWhenDone(queue) {
    const { next } = this;
    const done = [element("strong", "", `No more faces suggested as ${queue.label}`), `Suggested by ${queue.title}: nothing more waits for you.`];
    if (this.isListOld) return [...done, "Looking for what else waits…"];
    if (!next) return [...done, ...onward(this.data, "label", "Label faces blind")];
    const go = button(`Next: ${this.keys.titles[next.label]} (${number(next.waiting)})`, next.title, () => this.choose(next));
    go.classList.add("confirm");
    nameKey(go, "Enter", "Enter");
    return [...done, go];
  }

  showFacts() {
    const { queue, history, trouble, pace, left, today } = this.session;
    const batch = this.grid.batch;
    const shownQueue = batch?.queue ?? queue;
    setText(this.part("asked"), batch ? `All ${shownQueue.label}?` : "Verify");
    if (today !== undefined) this.part("counts").replaceChildren(bold(number(today)), " today · ", bold(number(left)), " left here");
    setText(this.part("pace"), pace.aMinute ? `${number(pace.aMinute)} a minute` : "");
    setText(this.part("told"), this.told || (batch && missingText(batch.slots.filter(isMissing).length)) || "");
    setText(this.part("problem"), trouble);
    this.undoButton.disabled = !history.length;
    this.confirmButton.disabled = !batch?.paintedAt;
    setText(this.confirmButton.querySelector(".hint"), confirmHint(batch));
    for (const choice of this.choices) {
      choice.button.disabled = !batch;
      choice.button.classList.toggle("suggested", choice.name === shownQueue?.label);
    }
    this.list.show(shownQueue, left);
    this.saved.show();
  }
}

export default mounting((root, data, setTrigger) => new Page(root, data, () => setTrigger("refresh", Date.now())));
