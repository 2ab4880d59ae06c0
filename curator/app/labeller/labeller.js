// The labeller on the page: shows the sitting, and turns keys, clicks and touches into presses.

import { Sitting } from "./sitting.js";

const sittings = new Map();
const pages = new WeakMap();

function sittingOf(data) {
  if (!sittings.has(data.person)) sittings.set(data.person, new Sitting(data.person, data.api));
  return sittings.get(data.person);
}

const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? "" });
const number = (value) => value.toLocaleString("en");

function isTyping(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && target.matches(
    "textarea, select, [contenteditable=''], [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=button])");
}

// The digit of a key. On keyboards whose top row needs shift for digits, its place counts.
const digitOf = (event) => (/^\d$/.test(event.key) ? event.key : event.code.match(/^Digit(\d)$/)?.[1]);

// While the server is away Streamlit lays a dialog over the face and makes the page inert.
// Labelling goes on then, and the labeller says itself what waits.
function closeConnectionDialog() {
  for (const dialog of document.querySelectorAll(".stDialog")) {
    if (/connection error/i.test(dialog.textContent)) dialog.querySelector("button")?.click();
  }
}

class Page {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.sitting = sittingOf(data);
    this.shown = null;
    this.choices = [...data.labels.map((choice) => ({ ...choice, isFlag: false })), ...data.flags.map((choice) => ({ ...choice, isFlag: true }))];
    this.addButtons();
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey, true);
    this.dialogs = new MutationObserver(closeConnectionDialog);
    this.dialogs.observe(document.body, { childList: true, subtree: true });
    this.sitting.page = this;
    this.sitting.changed = () => this.show();
    this.show();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  addButtons() {
    for (const choice of this.choices) {
      choice.button = button(choice.key, choice.title, choice.hint);
      choice.button.addEventListener("click", () => this.press(choice));
      this.part(choice.isFlag ? "flags" : "labels").append(choice.button);
    }
    this.undoButton = button("⌫", "Undo", "take the last one back");
    this.undoButton.addEventListener("click", () => this.sitting.undo());
    this.part("flags").append(this.undoButton);
  }

  key(event) {
    if (event.repeat || event.metaKey || event.altKey || isTyping(event)) return;
    const isUndo = event.ctrlKey ? event.key.toLowerCase() === "z" : event.key === "Backspace";
    const choice = event.ctrlKey ? null : this.choices.find(({ key }) => key === digitOf(event));
    if (!isUndo && !choice) return;
    event.preventDefault();
    if (isUndo) this.sitting.undo();
    else this.press(choice);
  }

  // Nothing on the screen, nothing pressed: a key counts only for a face that can be seen.
  press(choice) {
    if (!this.shown || !this.sitting.label(this.shown, choice)) return;
    choice.button.classList.add("pressed");
    setTimeout(() => choice.button.classList.remove("pressed"), 150);
  }

  show() {
    this.showFace();
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.showFacts());
  }

  showFace() {
    const slot = this.sitting.views.first;
    if (slot?.image) this.showView(slot);
    else this.showWords();
  }

  showView(slot) {
    if (this.part("stage").firstChild === slot.image) return;
    this.shown = null;
    this.part("stage").replaceChildren(slot.image);
    this.part("labeller").classList.remove("idle");
    requestAnimationFrame(() => {
      if (this.sitting.views.first === slot && slot.image?.isConnected) this.shown = slot;
    });
  }

  showWords() {
    this.shown = null;
    const words = element("div", "words");
    words.append(...this.words());
    this.part("stage").replaceChildren(words);
    this.part("labeller").classList.toggle("idle", this.sitting.isDone);
  }

  words() {
    const { progress, isDone } = this.sitting;
    if (!isDone) return ["Loading faces…"];
    if (!progress.total) return [element("strong", "", "No faces yet"), "Import images first; the faces found in them come here by themselves.", ...this.onward("import", "Import images")];
    return [element("strong", "", "All labelled"), `You have labelled all ${number(progress.total)} faces. Next comes a final word on those where people disagree.`, ...this.onward("review", "Review them")];
  }

  onward(page, text) {
    return this.data.onward.includes(page) ? [link(page, text)] : [];
  }

  showFacts() {
    const { progress, pace, history, problem, notice, views } = this.sitting;
    if (progress?.total) {
      this.part("counts").replaceChildren(bold(number(progress.today)), " today · ", bold(number(progress.left)), " left");
      this.part("bar").firstElementChild.style.transform = `scaleX(${1 - progress.left / progress.total})`;
    }
    setText(this.part("pace"), pace ? `${number(pace)} a minute` : "");
    setText(this.part("before"), beforeText(views.first, history.at(-1)));
    setText(this.part("problem"), [problem, notice].filter(Boolean).join(" "));
    this.undoButton.disabled = !history.length;
    for (const choice of this.choices) choice.button.setAttribute("aria-pressed", String(views.first?.was?.name === choice.name));
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

  leave() {
    document.removeEventListener("keydown", this.onKey, true);
    this.dialogs.disconnect();
    clearTimeout(this.savedTimer);
    cancelAnimationFrame(this.frame);
    if (this.sitting.page === this) this.sitting.changed = () => {};
  }
}

function button(key, title, hint) {
  const made = element("button", "");
  const line = element("span", "title");
  line.append(element("kbd", "", key), title);
  made.type = "button";
  made.title = hint;
  made.setAttribute("aria-keyshortcuts", key === "⌫" ? "Backspace" : key);
  made.append(line, element("span", "hint", hint));
  return made;
}

const bold = (text) => element("b", "", text);
const link = (href, text) => Object.assign(element("a", "", text), { href });
const setText = (part, text) => { if (part.textContent !== text) part.textContent = text; };

function beforeText(slot, last) {
  if (slot?.was) return `You had said ${slot.was.title}. Press a key to say it anew.`;
  return last ? `Last: ${last.choice.title}` : "";
}

export default function mount({ parentElement, data }) {
  if (!pages.has(parentElement)) pages.set(parentElement, new Page(parentElement, data));
  return () => {
    pages.get(parentElement)?.leave();
    pages.delete(parentElement);
  };
}
