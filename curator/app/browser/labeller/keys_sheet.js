// The sheet that shows all keys, and lets a person choose others.

import { COMMANDS, PRESETS } from "../shared/keys.js";
import { element, plainButton, setText } from "../shared/dom.js";
import { Sheet } from "../shared/sheet.js";

export class KeysSheet extends Sheet {
  constructor(root, keys) {
    super(root, "keys", "Keys");
    this.action = "keys";
    this.keys = keys;
    this.waiting = null;
    this.said = element("p", "said");
    this.said.setAttribute("role", "status");
    this.presets = element("div", "presets");
    this.presets.setAttribute("role", "radiogroup");
    this.presets.setAttribute("aria-label", "Layout");
    this.rows = element("ul", "rows");
    const how = element("p", "quiet", "Choose a layout, or press a key's button and then the new key. Kept in this browser.");
    this.body.append(how, this.presets, this.said, this.rows);
    this.addPresets();
    this.addRows();
    this.dialog.addEventListener("close", () => this.wait(null));
    this.dialog.addEventListener("cancel", (event) => this.cancel(event));
  }

  addPresets() {
    this.radios = Object.entries(PRESETS).map(([name, { title }]) => {
      const radio = Object.assign(element("input"), { type: "radio", name: "preset", value: name });
      radio.addEventListener("change", () => this.choose(name));
      const label = element("label");
      label.append(radio, title);
      this.presets.append(label);
      return radio;
    });
  }

  addRows() {
    this.changers = new Map();
    const actions = [...this.keys.labels, ...this.keys.flags].map(({ name }) => name);
    for (const action of [...actions, ...Object.keys(COMMANDS)]) {
      const row = element("li");
      const changer = plainButton("", () => this.wait(action));
      this.changers.set(action, changer);
      row.append(element("span", "", this.keys.titles[action]), changer);
      this.rows.append(row);
    }
  }

  open() {
    this.show();
    setText(this.said, "");
    super.open();
  }

  show() {
    for (const radio of this.radios) radio.checked = radio.value === this.keys.preset;
    for (const [action, changer] of this.changers) {
      setText(changer, action === this.waiting ? "press a key" : this.keys.printed(action));
      changer.setAttribute("aria-label", `${this.keys.titles[action]}: ${this.keys.shortcut(action)}. Change`);
    }
  }

  choose(preset) {
    this.keys.choose(preset);
    this.wait(null);
    setText(this.said, `${PRESETS[preset].title} chosen.`);
  }

  wait(action) {
    this.waiting = action;
    setText(this.said, action ? `Press the new key for ${this.keys.titles[action]}. Escape keeps the old one.` : "");
    this.show();
  }

  // Escape first gives up waiting for a key, then closes.
  cancel(event) {
    if (!this.waiting) return;
    event.preventDefault();
    this.wait(null);
  }

  key(event, action) {
    if (!this.waiting) return super.key(event, action);
    if (["Escape", "Tab", "Shift"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const changed = this.waiting;
    const whyNot = this.keys.rebind(changed, event);
    if (!whyNot) this.wait(null);
    setText(this.said, whyNot || `${this.keys.titles[changed]} is now ${this.keys.printed(changed)}.`);
  }
}
