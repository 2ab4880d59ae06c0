// The verify page: one grid of faces with one suggested label. Press on the wrong ones, confirm.

import { isMissing } from "./batches.js";
import { Grid } from "./grid.js";
import { KeyMap } from "./keys.js";
import { bold, button, element, link, number, setText } from "./parts.js";
import { QueueList } from "./queue_list.js";
import { VerifySitting } from "./verify_sitting.js";
import { NOT_YET, TOO_QUICK, confirmedText, confirmHint, missingText, takenBackText } from "./verify_words.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// Columns and rows that fit without scrolling, by the width of the component.
const SHAPES = [[720, 8, 3], [480, 6, 3], [0, 4, 4]];

const sittings = new Map();
const pages = new WeakMap();

function sittingOf(data) {
  if (!sittings.has(data.person)) sittings.set(data.person, new VerifySitting(data.person, data.api));
  return sittings.get(data.person);
}

// What has keys of its own keeps them: lists, links and buttons take Enter and arrows.
const isIn = (event, selector) => {
  const target = event.composedPath()[0];
  return target instanceof Element && target.matches(selector);
};
const TYPING = "textarea, select, [contenteditable=''], [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=button])";
const PRESSABLE = "a, button, summary, input, [role=tab], [role=radio], [role=menuitem], [role=option]";

// While the server is away Streamlit lays a dialog over the faces and makes the page inert.
// Verifying goes on then, and this page says itself what waits.
function closeConnectionDialog() {
  for (const dialog of document.querySelectorAll(".stDialog")) {
    if (/connection error/i.test(dialog.textContent)) dialog.querySelector("button")?.click();
  }
}

class Page {
  constructor(root, data, askAnew) {
    this.root = root;
    this.data = data;
    this.askAnew = askAnew;
    this.choices = [...data.labels.map((choice) => ({ ...choice, isFlag: false })), ...data.flags.map((choice) => ({ ...choice, isFlag: true }))];
    this.keys = new KeyMap(data.person, data.labels, data.flags);
    this.sitting = sittingOf(data);
    this.grid = new Grid(this.part("stage"), (name) => this.keys.titles[name]);
    this.list = new QueueList(this.part("queues"), this.keys.titles, (queue) => this.choose(queue));
    this.addButtons();
    this.listen();
    this.takeQueues(data);
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
    this.dialogs = new MutationObserver(closeConnectionDialog);
    this.dialogs.observe(document.body, { childList: true, subtree: true });
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.part("verifier"));
    this.keys.changed = () => this.nameKeys();
    this.grid.onPainted = () => this.showFacts();
    this.sitting.page = this;
    this.sitting.isWatched = true;
    this.sitting.onView = (slot) => { this.grid.draw(slot); this.showSoon(); };
    this.sitting.changed = () => this.show();
    this.sitting.send();
  }

  leave() {
    document.removeEventListener("keydown", this.onKey, true);
    this.dialogs.disconnect();
    this.sizes.disconnect();
    clearTimeout(this.savedTimer);
    cancelAnimationFrame(this.frame);
    if (this.sitting.page !== this) return;
    Object.assign(this.sitting, { isWatched: false, onView: () => {}, changed: () => {} });
  }

  fit() {
    const width = this.part("verifier").clientWidth;
    const [, columns, rows] = SHAPES.find(([fewest]) => width >= fewest);
    this.columns = columns;
    this.sitting.batchSize = columns * rows;
    this.show();
  }

  takeQueues(data) {
    this.data = data;
    this.list.queues = data.queues.map((queue) => ({ ...queue, guideline: data.guideline }));
    if (!this.sitting.queue && this.next) this.sitting.choose(this.next);
    this.show();
  }

  get next() {
    return this.list.largestBut(this.sitting.queue);
  }

  choose(queue) {
    this.sitting.choose(queue);
    this.told = "";
    this.part("queues").blur();
    this.show();
  }

  key(event) {
    if (event.metaKey || event.altKey || isIn(event, TYPING)) return;
    const act = this.actionFor(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  actionFor(event) {
    const arrow = ARROWS[event.key];
    if (arrow && !event.ctrlKey) return isIn(event, PRESSABLE) ? null : () => this.grid.batch && this.grid.step(...arrow);
    if (event.repeat) return null;
    if (event.key === "Enter") return isIn(event, PRESSABLE) ? null : () => this.confirm();
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
    if (!batch) return void (this.sitting.isDone && this.next && this.choose(this.next));
    if (!batch.paintedAt) return this.tell(NOT_YET);
    if (batch.wasHardlySeen && this.askedAgain !== batch) {
      this.askedAgain = batch;
      return this.tell(TOO_QUICK);
    }
    const said = confirmedText(batch);
    if (!this.sitting.confirm(batch)) return;
    this.tell(said);
  }

  undo() {
    const batch = this.sitting.history.at(-1);
    if (!this.sitting.undo()) return;
    this.tell(takenBackText(batch));
  }

  tell(text) {
    this.told = text;
    this.showFacts();
  }

  show() {
    const batch = this.sitting.batches.first;
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
    const { queue, isDone } = this.sitting;
    if (queue && !isDone) words.append("Loading faces…");
    else if (isDone) words.append(...this.wordsWhenDone(queue));
    else words.append(element("strong", "", "Nothing to verify yet"), "Suggestions come with a source's labels, from what annotators have said, or from a model.", ...this.onward("label", "Label faces"));
    if (isDone) this.askWhatElseWaits(queue);
    return words;
  }

  // Asked before the last page is stored, other queues would still hold its faces.
  askWhatElseWaits(queue) {
    if (this.sitting.outbox.presses.length || this.doneSaid === queue) return;
    this.doneSaid = queue;
    this.askAnew();
  }

  wordsWhenDone(queue) {
    const { next } = this;
    const done = [element("strong", "", `No more faces suggested as ${queue.label}`), `Suggested by ${queue.title}: nothing more waits for you.`];
    if (!next) return [...done, ...this.onward("label", "Label faces blind")];
    const go = button(`Next: ${this.keys.titles[next.label]} (${number(next.waiting)})`, next.title, () => this.choose(next));
    go.classList.add("confirm");
    nameKey(go, "Enter", "Enter");
    return [...done, go];
  }

  onward(page, text) {
    return this.data.onward.includes(page) ? [link(page, text)] : [];
  }

  showFacts() {
    const { queue, history, problem, notice, pace, left, today } = this.sitting;
    const batch = this.grid.batch;
    const shownQueue = batch?.queue ?? queue;
    setText(this.part("asked"), batch ? `All ${shownQueue.label}?` : "Verify");
    if (today !== undefined) this.part("counts").replaceChildren(bold(number(today)), " today · ", bold(number(left)), " left here");
    setText(this.part("pace"), pace ? `${number(pace)} a minute` : "");
    setText(this.part("told"), this.told || (batch && missingText(batch.slots.filter(isMissing).length)) || "");
    setText(this.part("problem"), [problem, notice].filter(Boolean).join(" "));
    this.undoButton.disabled = !history.length;
    this.confirmButton.disabled = !batch?.paintedAt;
    setText(this.confirmButton.querySelector(".hint"), confirmHint(batch));
    for (const choice of this.choices) {
      choice.button.disabled = !batch;
      choice.button.classList.toggle("suggested", choice.name === shownQueue?.label);
    }
    this.list.show(shownQueue, left);
    this.showSaved();
  }

  // Only what waits longer than a moment is worth a word to eyes and screen readers.
  showSaved() {
    clearTimeout(this.savedTimer);
    const show = () => {
      const waiting = this.sitting.outbox.presses.length;
      setText(this.part("saved"), waiting ? `${number(waiting)} unsaved` : "All saved");
      this.part("saved").classList.toggle("waiting", waiting > 0);
    };
    if (this.part("saved").textContent && this.sitting.outbox.presses.length) this.savedTimer = setTimeout(show, 300);
    else show();
  }
}

function nameKey(made, printed, shortcut) {
  setText(made.querySelector("kbd"), printed);
  made.setAttribute("aria-keyshortcuts", shortcut);
}

export default function mount({ parentElement, data, setTriggerValue }) {
  const askAnew = () => setTriggerValue("refresh", Date.now());
  if (pages.has(parentElement)) pages.get(parentElement).takeQueues(data);
  else pages.set(parentElement, new Page(parentElement, data, askAnew));
  return () => {
    pages.get(parentElement)?.leave();
    pages.delete(parentElement);
  };
}
