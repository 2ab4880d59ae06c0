// What a person has said of faces, newest first; any of them can be said anew.

import { element, plainButton, smallView } from "../shared/dom.js";
import { fetchJson } from "../shared/requests.js";
import { Sheet } from "../shared/sheet.js";

const AT_ONCE = 60;

export class OwnLabelsSheet extends Sheet {
  constructor(root, api, titles, onChosen) {
    super(root, "yours", "What you said");
    this.action = "yours";
    this.api = api;
    this.titles = titles;
    this.onChosen = onChosen;
    this.dialog.addEventListener("close", () => this.body.replaceChildren());
    this.dialog.addEventListener("keydown", (event) => this.step(event));
  }

  show() {
    this.grid = element("div", "grid");
    this.foot = element("p", "quiet");
    this.foot.setAttribute("role", "status");
    this.more = plainButton("Show earlier ones", () => this.load());
    this.more.hidden = true;
    this.oldest = null;
    this.body.replaceChildren(this.grid, this.foot, this.more);
    this.open();
    return this.load();
  }

  async load() {
    this.foot.textContent = "Loading…";
    this.more.disabled = true;
    const before = this.oldest === null ? "" : `&before=${this.oldest}`;
    try {
      const { annotations } = await fetchJson(`${this.api}/mine?count=${AT_ONCE}${before}`);
      this.add(annotations);
    } catch {
      this.foot.textContent = "These cannot be loaded now. The server may be away; try again.";
    }
    this.more.disabled = false;
  }

  add(annotations) {
    const made = annotations.map((said) => this.item(said));
    const isFirst = this.oldest === null;
    this.grid.append(...made);
    this.oldest = annotations.at(-1)?.id ?? this.oldest;
    this.more.hidden = annotations.length < AT_ONCE;
    this.foot.textContent = this.grid.childElementCount ? "" : "Nothing yet. What you label comes here.";
    if (!isFirst || made.length) (made[0] ?? this.grid.lastElementChild)?.focus();
  }

  item(said) {
    const title = this.titles[said.label ?? said.flag];
    const at = new Date(said.at);
    const when = at.toLocaleString([], { dateStyle: "short", timeStyle: "short" });
    const made = plainButton("", () => this.choose(said));
    made.append(smallView(this.api, said.face, ""), element("span", "", title));
    made.setAttribute("aria-label", `${title}, ${when}. Say it anew`);
    made.title = when;
    return made;
  }

  choose(said) {
    this.close();
    this.onChosen(said.face, said.label ?? said.flag);
  }

  // The arrows go through the faces; Tab would take one at a time too.
  step(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const items = [...this.grid.children];
    const at = items.indexOf(event.composedPath()[0]);
    if (!step || at < 0) return;
    event.preventDefault();
    items[at + step]?.focus();
  }

  key() {
    // The arrows that open this sheet go through it; Escape closes it.
  }
}
