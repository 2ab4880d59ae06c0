// The list of what waits to be verified, by who suggests it and by label.

import { number } from "../shared/dom.js";

export const isSameQueue = (one, other) => one?.origin === other?.origin && one?.label === other?.label;

const keyOf = ({ origin, label }) => `${origin} ${label}`;

export class QueueList {
  constructor(list, titles, onChoice) {
    this.list = list;
    this.titles = titles;
    this.queues = [];
    this.rests = new Map();
    list.onchange = () => onChoice(this.queues[list.value]);
  }

  // What is left of a queue that is done, such as faces without a picture, nobody can do here.
  leave(queue) {
    const rest = this.queues.find((other) => isSameQueue(other, queue));
    this.rests.set(keyOf(queue), rest?.waiting ?? 0);
  }

  // Of all but one, the queue in which most waits; one that was done only when more has come.
  largestBut(queue) {
    const mayOffer = (other) => other.waiting > (this.rests.get(keyOf(other)) ?? 0);
    const others = this.queues.filter((other) => mayOffer(other) && !isSameQueue(other, queue));
    return others.reduce((most, other) => (other.waiting > (most?.waiting ?? 0) ? other : most), null);
  }

  // A list that is open is left alone.
  show(shown, left) {
    const text = JSON.stringify([this.queues, shown, left]);
    if (this.listed === text || this.list.getRootNode().activeElement === this.list) return;
    this.listed = text;
    const groups = new Map(this.queues.map(({ origin, title }) => [origin, Object.assign(document.createElement("optgroup"), { label: title })]));
    this.queues.forEach((queue, at) => groups.get(queue.origin).append(this.option(queue, at, shown, left)));
    this.list.replaceChildren(...groups.values());
    this.list.value = String(this.queues.findIndex((queue) => isSameQueue(queue, shown)));
    this.list.parentElement.hidden = !this.queues.length;
  }

  option(queue, at, shown, left) {
    const waiting = isSameQueue(queue, shown) ? left : queue.waiting;
    return new Option(`${this.titles[queue.label]}: ${number(waiting)}, ${queue.title}`, at);
  }
}
