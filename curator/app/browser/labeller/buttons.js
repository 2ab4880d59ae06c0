// The buttons of labels, flags and commands, each with the key that presses it.

import { COMMANDS } from "../shared/keys.js";
import { button, nameKey } from "../shared/dom.js";

const PRESSED_MS = 150;
const HINTS = {
  skip: "put this face off", undo: "take the last one back", yours: "what you said, to say it anew",
  zoom: "enlarge the face", photo: "where the face comes from", guide: "how to label", keys: "see and change keys",
};
const BESIDE_FLAGS = ["skip", "undo"];

export class Buttons {
  constructor(part, keys, act) {
    this.keys = keys;
    this.made = new Map();
    for (const choice of keys.choices) this.add(part(choice.isFlag ? "flags" : "labels"), choice.name, choice.title, choice.hint, act);
    const others = Object.keys(COMMANDS).filter((name) => !BESIDE_FLAGS.includes(name));
    for (const name of [...BESIDE_FLAGS, ...others]) {
      this.add(part(BESIDE_FLAGS.includes(name) ? "flags" : "tools"), name, COMMANDS[name].title, HINTS[name], act);
    }
    this.showKeys();
  }

  add(group, action, title, hint, act) {
    const made = button(title, hint, () => act(action));
    this.made.set(action, made);
    group.append(made);
  }

  showKeys() {
    for (const [action, made] of this.made) nameKey(made, this.keys.printed(action), this.keys.shortcut(action));
  }

  focus(action) {
    this.made.get(action).focus({ preventScroll: true });
  }

  showPressed(action) {
    const { classList } = this.made.get(action);
    classList.add("pressed");
    setTimeout(() => classList.remove("pressed"), PRESSED_MS);
  }

  show(said, canUndo) {
    this.made.get("undo").disabled = !canUndo;
    for (const { name } of this.keys.choices) this.made.get(name).setAttribute("aria-pressed", String(said === name));
  }
}
