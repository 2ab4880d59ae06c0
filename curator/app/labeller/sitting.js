// One person's sitting: faces in hand, presses on their way, and the way back. It knows no
// page, so it goes on sending while the person looks at another one.

import { Feedback } from "./feedback.js";
import { Outbox, uuid } from "./outbox.js";
import { Pace } from "./pace.js";
import { ANOTHERS, AWAY, freshToken, postLabels } from "./post.js";
import { Views } from "./views.js";

const IN_HAND = 150;
const FEW_IN_HAND = 5;
const ASKED_AT_ONCE = 100;
const SENT_AT_ONCE = 200;
const STEPS_BACK = 200;
const STEPS_BACK_DECODED = 10;
const LOOK_AGAIN_MS = 15_000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000];

const SKIPPED = { name: "skip", title: "Skipped", isSkip: true };

const dayBegan = () => new Date().setHours(0, 0, 0, 0);

// How many faces more are annotated after a press; a step back and a second word count too.
const countOf = (press) => (press.skip ? 0 : press.label || press.flag ? 1 : -1);

export class Sitting {
  constructor(personKey, api) {
    this.personKey = personKey;
    this.api = api;
    this.guidelineId = undefined;
    this.outbox = new Outbox(personKey);
    this.views = new Views(api, () => this.changed());
    this.history = [];
    this.pace = new Pace();
    this.feedback = new Feedback();
    this.progress = null;
    this.problem = "";
    this.notice = "";
    this.failures = 0;
    this.exhausted = false;
    this.mayHaveMore = true;
    this.lookAgainAt = 0;
    this.changed = () => {};
    this.leaving = () => {};
    addEventListener("pagehide", () => this.sendOnLeaving());
    addEventListener("online", () => this.sendNow());
    // While the page was behind another one, somebody else may have signed in there.
    document.addEventListener("visibilitychange", () => this.cameBack());
    this.send();
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
    this.views.release(slot);
    this.changed();
    this.send();
    return true;
  }

  press(face, said) {
    if (!this.outbox.isOurs) return this.askWhoIsIn();
    const press = { uuid: uuid(), face, at: Date.now(), label: null, flag: null, ...said, guideline: this.guidelineId };
    if (!this.outbox.add(press)) {
      this.notice = "This browser has no room to keep labels. Wait until the server is back.";
      this.changed();
      return false;
    }
    document.dispatchEvent(new CustomEvent("curator:press", { detail: press }));
    return true;
  }

  askWhoIsIn() {
    this.problem = ANOTHERS;
    this.changed();
    this.send();
    return false;
  }

  forgetOldSteps() {
    if (this.history.length > STEPS_BACK) this.history.shift();
    const old = this.history.at(-1 - STEPS_BACK_DECODED);
    if (old) this.views.release(old.slot);
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

  // The server may give less than asked, so that others have some too: then more comes when
  // what is in hand runs low.
  get wanted() {
    const inHand = this.views.slots.length;
    const runsLow = inHand <= FEW_IN_HAND && this.mayHaveMore;
    const mayAsk = !this.exhausted || runsLow || Date.now() >= this.lookAgainAt;
    return inHand < IN_HAND && mayAsk ? ASKED_AT_ONCE : 0;
  }

  // One request at a time, in the order of the presses, again and again until it is safe.
  async send() {
    if (this.isSending || this.isWaiting) return;
    if (!(this.outbox.presses.length || this.wanted || this.asksWho || !this.outbox.isOurs)) return;
    this.isSending = true;
    clearTimeout(this.timer);
    try {
      this.isTokenNew = !this.token;
      this.token ||= await freshToken(this.api);
      const body = this.body(this.wanted);
      this.take(body, await postLabels(this.api, this.token, body));
      this.isSending = false;
      this.timer = setTimeout(() => this.send(), this.outbox.presses.length ? 0 : LOOK_AGAIN_MS);
      if (this.wanted) this.send();
    } catch (error) {
      this.isSending = false;
      this.failed(error);
    }
    this.changed();
  }

  body(want) {
    return {
      person: this.personKey,
      queue: null,
      presses: this.outbox.presses.slice(0, SENT_AT_ONCE),
      want,
      have: want ? this.views.slots.map((slot) => slot.face) : [],
      day_began: dayBegan(),
    };
  }

  take(body, answer) {
    this.outbox.claim();
    this.asksWho = false;
    this.failures = 0;
    this.problem = "";
    const refused = answer.refused.map((issue) => issue.uuid);
    this.outbox.drop([...answer.kept, ...refused]);
    if (refused.length) this.notice = `${refused.length} not stored: ${answer.refused[0].reason}`;
    this.feedback.take(body.presses, answer.feedback ?? []);
    if (answer.faces) this.takeFaces(body, answer);
  }

  takeFaces(body, { faces, notes = {}, progress }) {
    const known = new Set([...this.views.slots, ...this.outbox.presses].map(({ face }) => face));
    const fresh = faces.filter((face) => !known.has(face));
    this.exhausted = faces.length < body.want;
    this.mayHaveMore = faces.length > 0;
    this.lookAgainAt = Date.now() + LOOK_AGAIN_MS;
    this.views.append(fresh.filter((face) => !(face in notes)));
    this.views.appendSoon(fresh.filter((face) => face in notes), notes);
    this.takeProgress(progress);
  }

  takeProgress({ total, annotated, today, left = total - annotated }) {
    const waiting = this.outbox.presses.reduce((sum, press) => sum + countOf(press), 0);
    this.progress = { total, annotated: annotated + waiting, left: Math.max(left - waiting, 0), today: today + waiting };
  }

  failed(error) {
    const isTokenOld = error.needsToken && !this.isTokenNew;
    if (error.needsToken) this.token = "";
    if (error.isAnothers) this.outbox.isRefused = true;
    this.failures += 1;
    this.problem = error.problem || (this.failures > 2 ? AWAY : this.problem);
    const backoff = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length) - 1];
    this.isWaiting = true;
    // A server that was started anew wants a new token, and has come back: no need to wait.
    this.timer = setTimeout(() => this.sendNow(), isTokenOld ? 0 : backoff * (0.8 + 0.4 * Math.random()));
  }

  sendNow() {
    clearTimeout(this.timer);
    this.isWaiting = false;
    this.send();
  }

  cameBack() {
    if (document.hidden) return;
    this.asksWho = true;
    this.sendNow();
  }

  sendOnLeaving() {
    this.leaving();
    if (!this.outbox.presses.length || !this.token) return;
    const body = this.body(0);
    postLabels(this.api, this.token, body, { keepalive: true })
      .then((answer) => this.take(body, answer))
      .catch(() => {}); // they lie in the outbox, for the next tab to send
  }
}
