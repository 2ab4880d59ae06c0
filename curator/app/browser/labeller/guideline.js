// The guideline and the examples: beside the face where there is room, else on a sheet.

import { element, plainButton, recall, remember, smallView } from "../shared/dom.js";
import { Sheet } from "../shared/sheet.js";

const ROOM_PX = 820;

export class Guideline {
  constructor(root, data, giveFocusBack) {
    this.root = root;
    this.data = data;
    this.giveFocusBack = giveFocusBack;
    this.storedAs = `curator-guide:${data.person}`;
    this.aside = root.querySelector(".guide");
    this.sheet = new Sheet(root, "guideline", "Guideline");
    this.sheet.action = "guide";
    this.sheet.dialog.addEventListener("close", () => this.place());
    this.content = element("div", "guideline-text");
    this.fill();
    this.isOpen = recall(this.storedAs, Boolean(data.guideline || this.hasExamples));
    this.size = new ResizeObserver(() => this.place());
    this.size.observe(root.querySelector(".labeller"));
    this.place();
  }

  get hasExamples() {
    return Object.values(this.data.examples ?? {}).some((faces) => faces.length);
  }

  get hasRoom() {
    return this.root.querySelector(".labeller").clientWidth >= ROOM_PX;
  }

  // The text was made from Markdown by the server, with HTML of the writer's own left out.
  fill() {
    const text = element("div");
    if (this.data.guideline) text.innerHTML = this.data.guideline.html;
    for (const anchor of text.querySelectorAll("a")) Object.assign(anchor, { target: "_blank", rel: "noopener noreferrer" });
    this.content.replaceChildren(text, ...this.data.labels.map((label) => this.labelPart(label)));
  }

  labelPart(label) {
    const part = element("section");
    const faces = element("div", "examples");
    const shown = this.data.examples?.[label.name] ?? [];
    faces.append(...shown.map((face) => smallView(this.data.api, face, `An example of ${label.title}`)));
    part.append(element("h3", "", label.title), element("p", "quiet", label.hint), ...(shown.length ? [faces] : []));
    return part;
  }

  toggle() {
    if (!this.hasRoom) return this.sheet.isOpen ? this.sheet.close() : this.openSheet();
    this.isOpen = !this.isOpen;
    remember(this.storedAs, this.isOpen);
    this.place();
  }

  // The button that closes it goes with it, and would take the focus along.
  close() {
    this.toggle();
    this.giveFocusBack();
  }

  openSheet() {
    this.sheet.body.replaceChildren(this.content);
    this.sheet.open();
  }

  place() {
    const isBeside = this.isOpen && this.hasRoom;
    if (this.hasRoom && this.sheet.isOpen) return this.sheet.close();
    this.aside.hidden = !isBeside;
    if (!isBeside || this.content.parentElement === this.aside) return;
    const head = element("header");
    head.append(element("h2", "", "Guideline"), plainButton("Close", () => this.close()));
    this.aside.replaceChildren(head, this.content);
  }

  leave() {
    this.size.disconnect();
  }
}
