// The list of what waits to be verified, by who suggests it and by label.

import { number } from "./parts.js";

export const isSameQueue = (one, other) => one?.origin === other?.origin && one?.label === other?.label;

export class QueueList {
  constructor(list, titles, onChoice) {
    this.list = list;
    this.titles = titles;
    this.queues = [];
    list.onchange = () => onChoice(this.queues[list.value]);
  }

  // Of all but one, the queue in which most waits.
  largestBut(queue) {
    const others = this.queues.filter((other) => other.waiting && !isSameQueue(other, queue));
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
