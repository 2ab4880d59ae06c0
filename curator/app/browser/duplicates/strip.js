// The groups that follow, small, in one row: a press leads to one.

import { element, smallView } from "../shared/dom.js";

const SHOWN = 14;

export class Strip {
  constructor(part, api, onGroup) {
    this.part = part;
    this.api = api;
    this.onGroup = onGroup;
    this.made = new Map();
  }

  show(groups, at) {
    const shown = groups.slice(at + 1, at + 1 + SHOWN);
    const made = shown.map((group, step) => this.thumb(group, at + 1 + step));
    this.made = new Map(made.map((button) => [button.dataset.key, button]));
    const isSame = this.part.children.length === made.length && made.every((button, place) => this.part.children[place] === button);
    if (!isSame) this.part.replaceChildren(...made);
  }

  // A group that was shown before keeps its picture.
  thumb(group, at) {
    const first = group.faces[0].id;
    const key = `${first} ${group.faces.length} ${group.isConflict}`;
    const made = this.made.get(key) ?? this.draw(group, first, key);
    made.onclick = () => this.onGroup(at);
    return made;
  }

  draw(group, first, key) {
    const made = Object.assign(element("button", "thumb"), { type: "button" });
    made.dataset.key = key;
    made.classList.toggle("clash", group.isConflict);
    made.tabIndex = -1; // the arrow down leads there
    made.append(smallView(this.api, first, ""), element("span", "", String(group.faces.length)));
    made.setAttribute("aria-label", `${group.faces.length} faces${group.isConflict ? ", different labels" : ""}`);
    return made;
  }
}
