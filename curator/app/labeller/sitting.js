// One person's sitting: faces in hand, presses on their way, and the way back. It knows no
// page, so it goes on sending while the person looks at another one.

import { Outbox, uuid } from "./outbox.js";
import { AWAY, freshToken, postLabels } from "./post.js";
import { Views } from "./views.js";

const IN_HAND = 150;
const ASKED_AT_ONCE = 100;
const SENT_AT_ONCE = 200;
const STEPS_BACK = 200;
const STEPS_BACK_DECODED = 10;
const LOOK_AGAIN_MS = 15_000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000];

const saysSomething = (press) => Boolean(press.label || press.flag);
const dayBegan = () => new Date().setHours(0, 0, 0, 0);

export class Sitting {
  constructor(personKey, api) {
    this.personKey = personKey;
    this.api = api;
    this.outbox = new Outbox(personKey);
    this.views = new Views(api, () => this.changed());
    this.history = [];
    this.pressTimes = [];
    this.progress = null;
    this.problem = "";
    this.notice = "";
    this.failures = 0;
    this.exhausted = false;
    this.lookAgainAt = 0;
    this.changed = () => {};
    addEventListener("pagehide", () => this.sendOnLeaving());
    addEventListener("online", () => this.sendNow());
    this.send();
  }

  // The face on the screen gets a choice. False when it cannot count.
  label(slot, choice) {
    if (slot !== this.views.first || !this.press(slot.face, choice)) return false;
    this.views.takeFirst();
    this.history.push({ slot, choice });
    this.forgetOldSteps();
    this.pressTimes = [...this.pressTimes.slice(-19), Date.now()];
    this.count(1);
    this.changed();
    this.send();
    return true;
  }

  // The last face comes back with what was said of it; the next press is its new label.
  undo() {
    const last = this.history.at(-1);
    if (!last || !this.press(last.slot.face, null)) return false;
    this.history.pop();
    last.slot.was = last.choice;
    this.views.putFirst(last.slot);
    this.count(-1);
    this.changed();
    this.send();
    return true;
  }

  press(face, choice) {
    const press = {
      uuid: uuid(), face, at: Date.now(),
      label: choice?.isFlag === false ? choice.name : null,
      flag: choice?.isFlag ? choice.name : null,
    };
    if (!this.outbox.add(press)) {
      this.notice = "This browser has no room to keep labels. Wait until the server is back.";
      this.changed();
      return false;
    }
    document.dispatchEvent(new CustomEvent("curator:press", { detail: press }));
    return true;
  }

  forgetOldSteps() {
    if (this.history.length > STEPS_BACK) this.history.shift();
    const old = this.history.at(-1 - STEPS_BACK_DECODED);
    if (old) this.views.release(old.slot);
  }

  count(step) {
    if (!this.progress) return;
    this.progress.left -= step;
    this.progress.today += step;
  }

  // Faces a minute over the last presses, while they follow one another.
  get pace() {
    const gap = this.pressTimes.findLastIndex((time, at, all) => at > 0 && time - all[at - 1] > 30_000);
    const run = this.pressTimes.slice(Math.max(gap, 0));
    return run.length < 5 ? 0 : Math.round((60_000 * (run.length - 1)) / Math.max(run.at(-1) - run[0], 1));
  }

  get isDone() {
    return Boolean(this.progress) && this.exhausted && !this.views.slots.length;
  }

  get wanted() {
    const needsMore = this.views.slots.length < IN_HAND;
    const mayAsk = !this.exhausted || Date.now() >= this.lookAgainAt;
    return needsMore && mayAsk ? ASKED_AT_ONCE : 0;
  }

  // One request at a time, in the order of the presses, again and again until it is safe.
  async send() {
    if (this.isSending || this.isWaiting || !(this.outbox.presses.length || this.wanted)) return;
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
      presses: this.outbox.presses.slice(0, SENT_AT_ONCE),
      want,
      have: want ? this.views.slots.map((slot) => slot.face) : [],
      day_began: dayBegan(),
    };
  }

  take(body, answer) {
    this.failures = 0;
    this.problem = "";
    const refused = answer.refused.map((issue) => issue.uuid);
    this.outbox.drop([...answer.kept, ...refused]);
    if (refused.length) this.notice = `${refused.length} not stored: ${answer.refused[0].reason}`;
    if (answer.faces) this.takeFaces(body, answer);
  }

  takeFaces(body, answer) {
    const inHand = new Set(this.views.slots.map((slot) => slot.face));
    const unsent = new Set(this.outbox.presses.map((press) => press.face));
    this.exhausted = answer.faces.length < body.want;
    this.lookAgainAt = Date.now() + LOOK_AGAIN_MS;
    this.views.append(answer.faces.filter((face) => !inHand.has(face) && !unsent.has(face)));
    const waiting = this.outbox.presses.reduce((sum, press) => sum + (saysSomething(press) ? 1 : -1), 0);
    const { total, annotated, today } = answer.progress;
    this.progress = { total, left: Math.max(total - annotated - waiting, 0), today: today + waiting };
  }

  failed(error) {
    const isTokenOld = error.needsToken && !this.isTokenNew;
    if (error.needsToken) this.token = "";
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

  sendOnLeaving() {
    if (!this.outbox.presses.length || !this.token) return;
    const body = this.body(0);
    postLabels(this.api, this.token, body, { keepalive: true })
      .then((answer) => this.take(body, answer))
      .catch(() => {}); // they lie in the outbox, for the next tab to send
  }
}
