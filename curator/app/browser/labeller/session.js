// One person's session on the label page: faces in hand, what was said of them, and the way back.

import { release } from "../shared/image_preloader.js";
import { Feedback } from "./feedback.js";
import { Throughput } from "../shared/throughput.js";
import { Sender, pressOn } from "../shared/sender.js";
import { ImageQueue } from "./image_queue.js";

const IN_HAND = 150;
const FEW_IN_HAND = 5;
const ASKED_AT_ONCE = 100;
const STEPS_BACK = 200;
const STEPS_BACK_DECODED = 10;
const PACE = { last: 20, fewest: 5, pauseMs: 30_000 };

const SKIPPED = { name: "skip", title: "Skipped", isSkip: true };

export class Session extends Sender {
  constructor(personKey, api) {
    super(personKey, api);
    this.guidelineId = undefined;
    this.views = new ImageQueue(api, () => this.changed());
    this.pace = new Throughput(PACE);
    this.feedback = new Feedback();
    this.progress = null;
    this.exhausted = false;
    this.mayHaveMore = true;
  }

  // The face on the screen gets a choice. False when it cannot count.
  label(slot, choice, answers = {}) {
    const said = { ...answers, [choice.isFlag ? "flag" : "label"]: choice.name };
    if (slot !== this.views.first || !this.press(slot.face, said)) return false;
    this.pace.add(Date.now());
    this.feedback.countPress();
    this.count(slot.isSaidBefore ? 0 : 1);
    this.goOn({ slot, choice, answers });
    return true;
  }

  // Put the face off: it comes again when no other is left.
  skip(slot) {
    if (slot !== this.views.first) return false;
    if (slot.isSaidBefore) return this.leaveAsItWas(slot);
    if (!this.press(slot.face, { skip: true })) return false;
    this.exhausted = false;
    this.goOn({ slot, choice: SKIPPED, answers: {} });
    return true;
  }

  goOn(step) {
    this.views.takeFirst();
    this.history.push(step);
    this.forgetOldSteps();
    this.changed();
    this.send();
  }

  // The last face comes back with what was said of it; the next press is its new label.
  undo() {
    const last = this.history.at(-1);
    if (!last || !(last.choice.isSkip || this.press(last.slot.face, {}))) return false;
    this.history.pop();
    if (!last.choice.isSkip) this.count(-1);
    // A face that was put off may have come again meanwhile.
    this.views.drop(last.slot.face);
    Object.assign(last.slot, { was: last.choice, answers: last.answers, isSaidBefore: false });
    this.views.putFirst(last.slot);
    this.changed();
    this.send();
    return true;
  }

  // Bring a face back that was annotated at any time; what was said stands until it is said anew.
  revisit(face, choice) {
    const slot = this.views.bringFirst(face);
    Object.assign(slot, { was: choice, isSaidBefore: true });
    this.changed();
  }

  leaveAsItWas(slot) {
    this.views.takeFirst();
    release(slot);
    this.changed();
    this.send();
    return true;
  }

  press(face, said) {
    return this.keep([{ ...pressOn(face, said), guideline: this.guidelineId }]);
  }

  forgetOldSteps() {
    if (this.history.length > STEPS_BACK) this.history.shift();
    const old = this.history.at(-1 - STEPS_BACK_DECODED);
    if (old) release(old.slot);
  }

  count(step) {
    if (!this.progress) return;
    this.progress.left = Math.max(this.progress.left - step, 0);
    this.progress.annotated += step;
    this.progress.today += step;
  }

  get isDone() {
    return Boolean(this.progress) && this.exhausted && !this.mayHaveMore && !this.views.slots.length;
  }

  get inHand() {
    return this.views.slots.map((slot) => slot.face);
  }

  // The server may give less than asked, so that others have some too: then more comes when
  // what is in hand runs low.
  get wanted() {
    const inHand = this.views.slots.length;
    const runsLow = inHand <= FEW_IN_HAND && this.mayHaveMore;
    const mayAsk = !this.exhausted || runsLow || Date.now() >= this.lookAgainAt;
    return inHand < IN_HAND && mayAsk ? ASKED_AT_ONCE : 0;
  }

  take(body, answer) {
    this.feedback.take(body.presses, answer.feedback ?? []);
    super.take(body, answer);
  }

  takeFaces(body, { faces, notes = {}, progress }) {
    const fresh = this.fresh(faces);
    this.exhausted = faces.length < body.want;
    this.mayHaveMore = faces.length > 0;
    this.views.append(fresh.filter((face) => !(face in notes)));
    this.views.appendSoon(fresh.filter((face) => face in notes), notes);
    this.takeProgress(progress);
  }

  takeProgress({ total, annotated, today, left = total - annotated }) {
    const { unsent } = this;
    this.progress = { total, annotated: annotated + unsent, left: Math.max(left - unsent, 0), today: today + unsent };
  }
}
