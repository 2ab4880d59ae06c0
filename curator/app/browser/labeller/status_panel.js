// What the page says around the face: counts, what was said last, what is known, problems.

import { bold, element, number, setText, smallView } from "../shared/dom.js";
import { SaveStatus } from "../shared/save_status.js";

const SETTLED_MS = 250;

export class StatusPanel {
  constructor(part, session, titles, api) {
    this.part = part;
    this.session = session;
    this.titles = titles;
    this.api = api;
    this.saved = new SaveStatus(part("saved"), session.outbox);
  }

  show() {
    const { pace, history, trouble, views } = this.session;
    this.showCounts();
    setText(this.part("pace"), pace.aMinute ? `${number(pace.aMinute)} a minute` : "");
    setText(this.part("before"), beforeText(views.first, history.at(-1)));
    setText(this.part("note"), noteText(views.first));
    setText(this.part("problem"), trouble);
    this.showKnown();
    this.saved.show();
    this.announce();
  }

  showCounts() {
    const { progress } = this.session;
    if (!progress?.total) return;
    this.part("counts").replaceChildren(bold(number(progress.today)), " today · ", bold(number(progress.left)), " left");
    const share = progress.annotated / Math.max(progress.annotated + progress.left, 1);
    this.part("bar").firstElementChild.style.transform = `scaleX(${share})`;
  }

  // A screen reader is told of the face that stays, not of each that flits by.
  announce() {
    clearTimeout(this.announceTimer);
    this.announceTimer = setTimeout(() => {
      const { views, progress, history } = this.session;
      if (!views.first?.image || !progress) return;
      const before = views.first.was || !history.length ? "" : `${history.at(-1).choice.title}. `;
      const now = views.first.was ? beforeText(views.first) : `Next face, ${number(progress.left)} left.`;
      setText(this.part("announced"), before + now);
    }, SETTLED_MS);
  }

  showKnown() {
    const { told } = this.session.feedback;
    const shown = told.map(({ uuid }) => uuid).join();
    if (shown === this.knownShown) return;
    this.knownShown = shown;
    this.part("known").replaceChildren(...told.map((one) => this.knownLine(one)));
  }

  knownLine({ face, said, known }) {
    const line = element("p");
    const text = said === known
      ? `You said ${this.titles[said]}, and so it is known.`
      : `You said ${this.titles[said]}; it is known as ${this.titles[known]}.`;
    line.append(smallView(this.api, face, ""), element("span", "", text));
    return line;
  }

  leave() {
    this.saved.leave();
    clearTimeout(this.announceTimer);
  }
}

function noteText(slot) {
  if (!slot?.isSentBack) return "";
  return slot.note ? `A reviewer asks you to look again: ${slot.note}` : "A reviewer asks you to look again.";
}

function beforeText(slot, last) {
  if (slot?.isSaidBefore) return `You had said ${slot.was.title}. Press a key to say it anew; Skip or Escape leaves it.`;
  if (slot?.was?.isSkip) return "You had put this face off.";
  if (slot?.was) return `You had said ${slot.was.title}. Press a key to say it anew.`;
  return last ? `Last: ${last.choice.title}` : "";
}
