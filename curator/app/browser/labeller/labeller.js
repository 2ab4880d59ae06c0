// The labeller on the page: shows the session, and turns keys, clicks and touches into presses.

import { Buttons } from "./buttons.js";
import { StatusPanel } from "./status_panel.js";
import { Guideline } from "./guideline.js";
import { KeyMap, isTyping } from "../shared/keys.js";
import { KeysSheet } from "./keys_sheet.js";
import { element, number, onward } from "../shared/dom.js";
import { PhotoSheet } from "../shared/photo.js";
import { Questions } from "./questions.js";
import { Session } from "./session.js";
import { keepConnectionDialogsShut, mounting } from "../shared/streamlit.js";
import { OwnLabelsSheet } from "./own_labels.js";
import { Zoom } from "./zoom.js";

class Page {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.shown = null;
    this.addParts();
    this.listen();
    this.joinSitting();
    this.show();
  }

  part = (name) => this.root.querySelector(`.${name}`);

  addParts() {
    const { root, part, data } = this;
    this.session = Session.of(data);
    this.keys = new KeyMap(data.person, data.labels, data.flags);
    this.buttons = new Buttons(part, this.keys, (action) => this.act(action));
    this.facts = new StatusPanel(part, this.session, this.keys.titles, data.api);
    this.zoom = new Zoom(part("stage"));
    this.questions = new Questions(part("questions"), data.questions, (done) => this.answered(done));
    this.guide = new Guideline(root, data, () => this.buttons.focus("guide"));
    this.photo = new PhotoSheet(root, data.api);
    this.yours = new OwnLabelsSheet(root, data.api, this.keys.titles, (face, name) => this.revisit(face, name));
    this.keysSheet = new KeysSheet(root, this.keys);
    this.sheets = [this.photo, this.yours, this.keysSheet, this.guide.sheet];
  }

  listen() {
    this.keys.changed = () => {
      this.buttons.showKeys();
      this.keysSheet.show();
    };
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey, true);
    this.dialogs = keepConnectionDialogsShut();
  }

  joinSitting() {
    this.session.guidelineId = this.data.guideline?.id;
    this.session.page = this;
    this.session.changed = () => this.show();
    this.session.leaving = () => this.questions.finish();
  }

  // On a sheet no key says anything of a face: what would, is the sheet's own or nothing.
  key(event) {
    if (event.repeat || event.metaKey || event.altKey || event.isComposing || isTyping(event)) return;
    const action = this.keys.actionOf(event);
    const sheet = this.sheets.find(({ isOpen }) => isOpen);
    if (sheet) return sheet.key(event, action);
    const isHandled = this.questions.key(event, action) || (action ? this.act(action) : this.escape(event));
    if (isHandled) event.preventDefault();
  }

  escape(event) {
    if (event.key !== "Escape") return false;
    if (this.zoom.scale > 1) this.zoom.reset();
    else if (this.shown?.isSaidBefore) this.session.skip(this.shown);
    else return false;
    return true;
  }

  // Every way to do a thing ends here: a key, a click, a touch.
  act(action) {
    const choice = this.keys.choices.find(({ name }) => name === action);
    if (choice) this.press(choice);
    else this.command(action);
    return true;
  }

  command(action) {
    if (action === "zoom") this.zoom.toggle();
    if (action === "guide") this.guide.toggle();
    if (action === "keys") this.keysSheet.open();
    if (action === "photo" && this.shown) this.photo.show(this.shown.face);
    if (this.questions.open) return;
    if (action === "undo") this.session.undo();
    if (action === "skip" && this.shown) this.session.skip(this.shown);
    if (action === "yours") this.yours.show();
  }

  // Nothing on the screen, nothing pressed: a key counts only for a face that can be seen.
  press(choice) {
    if (!this.shown || this.questions.open) return;
    const focused = this.root.getRootNode().activeElement;
    if (this.questions.ask(this.shown, choice)) this.startAsking(focused);
    else if (!this.session.label(this.shown, choice)) return;
    this.buttons.showPressed(choice.name);
  }

  startAsking(focused) {
    this.focusedBefore = focused;
    this.part("labeller").classList.add("asking");
  }

  answered(done) {
    this.part("labeller").classList.remove("asking");
    this.focusedBefore?.focus({ preventScroll: true });
    if (done) this.session.label(done.slot, done.choice, done.answers);
  }

  revisit(face, name) {
    this.session.revisit(face, this.keys.choices.find((choice) => choice.name === name));
  }

  show() {
    this.showFace();
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.showFacts());
  }

  showFace() {
    const slot = this.session.views.first;
    if (slot?.image) this.showView(slot);
    else this.showWords();
  }

  showView(slot) {
    if (this.part("stage").firstChild === slot.image) return;
    this.shown = null;
    this.zoom.reset();
    this.part("stage").replaceChildren(slot.image);
    this.part("labeller").classList.remove("idle");
    requestAnimationFrame(() => {
      if (this.session.views.first === slot && slot.image?.isConnected) this.shown = slot;
    });
  }

  showWords() {
    this.shown = null;
    const words = element("div", "words");
    words.append(...this.words());
    this.part("stage").replaceChildren(words);
    this.part("labeller").classList.toggle("idle", this.session.isDone);
  }

  words() {
    const { progress, isDone } = this.session;
    if (!isDone) return ["Loading faces…"];
    if (!progress.total) return [element("strong", "", "No faces yet"), "Import images first; the faces found in them come here by themselves.", ...onward(this.data, "import", "Import images")];
    return [
      element("strong", "", "All labelled"),
      `You have labelled ${number(progress.annotated)} faces, and no other wants a label of yours. What comes in later comes here by itself.`,
      ...onward(this.data, "review", "Review where people disagree"),
    ];
  }

  showFacts() {
    this.facts.show();
    this.buttons.show(this.session.views.first?.was?.name, this.session.history.length > 0);
  }

  leave() {
    this.questions.finish();
    document.removeEventListener("keydown", this.onKey, true);
    this.dialogs.disconnect();
    this.guide.leave();
    this.facts.leave();
    cancelAnimationFrame(this.frame);
    if (this.session.page === this) Object.assign(this.session, { changed: () => {}, leaving: () => {} });
  }
}

export default mounting((root, data) => new Page(root, data));
