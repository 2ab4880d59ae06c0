// The second questions that a project asks after a label, one after another. The press goes
// out when all are answered or left open, so a face still takes one press to the server.

import { digitOf, placeOf } from "../shared/keys.js";
import { element, plainButton } from "../shared/dom.js";

const QUESTIONS = [
  {
    name: "intensity", sent: "intensity", title: "How strong is it?",
    answers: [1, 2, 3, 4, 5].map((value) => ({ value, title: ["Trace", "Slight", "Clear", "Strong", "Extreme"][value - 1] })),
  },
  {
    name: "posing", sent: "posing", title: "Does it look felt or put on?",
    answers: [{ value: "genuine", title: "Genuine" }, { value: "posed", title: "Posed" }],
  },
  {
    name: "occlusion", sent: "occluded", title: "Is part of the face covered?",
    answers: [{ value: false, title: "No" }, { value: true, title: "Yes" }],
  },
];

export class Questions {
  constructor(part, isAsked, onDone) {
    this.part = part;
    this.asked = QUESTIONS.filter(({ name }) => isAsked?.[name]);
    this.onDone = onDone;
    this.open = null;
  }

  // Returns false when the project asks nothing.
  ask(slot, choice) {
    if (!this.asked.length || choice.isFlag) return false;
    this.open = { slot, choice, answers: {}, at: 0 };
    this.show();
    return true;
  }

  get now() {
    return this.asked[this.open.at];
  }

  show() {
    const { slot, choice, at } = this.open;
    const heading = Object.assign(element("p", "question"), { tabIndex: -1 });
    heading.append(element("b", "", `${choice.title}. ${this.now.title}`), element("span", "quiet", ` ${at + 1} of ${this.asked.length}`));
    const answers = element("div", "answers");
    answers.setAttribute("role", "group");
    answers.setAttribute("aria-label", this.now.title);
    answers.append(...this.now.answers.map((answer, index) => this.answerButton(answer, index, slot.answers)));
    const ways = element("div", "ways");
    ways.append(this.way("⏎", "Leave open", () => this.say()), this.way("⌫", "Back", () => this.back()));
    this.part.replaceChildren(heading, answers, ways);
    heading.focus({ preventScroll: true });
  }

  answerButton(answer, index, before) {
    const made = this.way(String(index + 1), answer.title, () => this.say(answer));
    made.setAttribute("aria-keyshortcuts", String(index + 1));
    made.setAttribute("aria-pressed", String(before?.[this.now.sent] === answer.value));
    return made;
  }

  way(key, title, onClick) {
    const made = plainButton("", onClick);
    const sign = element("kbd", "", key);
    sign.setAttribute("aria-hidden", "true");
    made.append(sign, element("span", "", title));
    return made;
  }

  // True when the key was for a question.
  key(event, action) {
    if (!this.open) return false;
    const digit = event.ctrlKey ? "" : digitOf(placeOf(event));
    const answer = digit ? this.now.answers[digit - 1] : null;
    const isOnButton = event.composedPath()[0].matches?.("button, a");
    if (answer) this.say(answer);
    else if (event.key === "Enter" && !isOnButton) this.say();
    else if (event.key === "Escape") this.finish();
    else if (action === "undo" || event.key === "Backspace") this.back();
    else return false;
    return true;
  }

  // Say an answer, or leave the question open.
  say(answer) {
    if (answer) this.open.answers[this.now.sent] = answer.value;
    this.open.at += 1;
    if (this.open.at < this.asked.length) this.show();
    else this.finish();
  }

  // To the question before; from the first one to the label, which is then not said.
  back() {
    this.open.at -= 1;
    if (this.open.at < 0) return this.drop();
    delete this.open.answers[this.now.sent];
    this.show();
  }

  drop() {
    this.close();
    this.onDone(null);
  }

  // Send what was said, whatever is still open.
  finish() {
    const done = this.open;
    if (!done) return;
    this.close();
    this.onDone(done);
  }

  close() {
    this.open = null;
    this.part.replaceChildren();
  }
}
