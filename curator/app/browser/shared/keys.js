// Which key does what. A binding is a place on the keyboard (the code of a key, so that the
// digit row needs no shift on AZERTY) or, after "=", the letter that a key prints.

import { recall, remember } from "./dom.js";

const numbered = (prefix, ends) => [...ends].map((end) => prefix + end);

// In the order of the labels, then of the flags.
export const PRESETS = {
  digits: { title: "Digits", labels: numbered("Digit", "1234567"), flags: numbered("Digit", "890") },
  home: { title: "Home row", labels: numbered("Key", "ASDFJKL"), flags: ["Semicolon", "KeyI", "KeyO"] },
  letters: { title: "First letters", labels: numbered("=", "adfhnsu"), flags: numbered("=", "wxc") },
};
export const COMMANDS = {
  undo: { title: "Undo", binding: "Backspace" },
  skip: { title: "Skip", binding: "ArrowRight" },
  yours: { title: "Yours", binding: "ArrowLeft" },
  zoom: { title: "Zoom", binding: "=z" },
  photo: { title: "Whole photo", binding: "=p" },
  guide: { title: "Guideline", binding: "=g" },
  keys: { title: "Keys", binding: "=?" },
};
// These move through the page and its sheets, or belong to the browser.
const NOT_TO_BIND = /^(Tab|Enter|NumpadEnter|Escape|Space|F\d+|(Shift|Control|Alt|Meta)(Left|Right)|CapsLock|ContextMenu)$/;
const NAMED = { Backspace: "⌫", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del" };
const SIGNS = {
  Semicolon: ";", Quote: "'", Comma: ",", Period: ".", Slash: "/", Backslash: "\\", Minus: "-", Equal: "=",
  BracketLeft: "[", BracketRight: "]", Backquote: "`",
};

export const digitOf = (code) => code.match(/^(?:Digit|Numpad)(\d)$/)?.[1];

// The place of a key; keys of the number pad and of a phone's keyboard count as digits.
export function placeOf(event) {
  const digit = digitOf(event.code) ?? (event.code ? undefined : event.key.match(/^\d$/)?.[0]);
  return digit === undefined ? event.code : `Digit${digit}`;
}

// Whether a key went to a part of the page that has keys of its own.
export function isOn(event, selector) {
  const target = event.composedPath()[0];
  return target instanceof Element && target.matches(selector);
}

const TYPED_IN = "textarea, select, [contenteditable=''], [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=button])";
export const isTyping = (event) => isOn(event, TYPED_IN);

const printOf = (event) => `=${event.key.toLowerCase()}`;

export class KeyMap {
  constructor(personKey, labels, flags) {
    this.storedAs = `curator-keys:${personKey}`;
    this.labels = labels;
    this.flags = flags;
    this.choices = [...labels.map((choice) => ({ ...choice, isFlag: false })), ...flags.map((choice) => ({ ...choice, isFlag: true }))];
    this.titles = Object.fromEntries([...labels, ...flags].map(({ name, title }) => [name, title]));
    for (const [name, { title }] of Object.entries(COMMANDS)) this.titles[name] = title;
    const kept = recall(this.storedAs, {});
    this.preset = Object.hasOwn(PRESETS, kept.preset ?? "") ? kept.preset : "digits";
    this.own = this.known(kept.own);
    this.layout = null;
    this.changed = () => {};
    // Only Chromium tells what is printed, and only on a safe address.
    navigator.keyboard?.getLayoutMap?.().then((layout) => {
      this.layout = layout;
      this.changed();
    }, () => {}); // a refusal leaves the names of the places
    this.bind();
  }

  known(own) {
    const isKnown = ([action, binding]) => Object.hasOwn(this.titles, action) && typeof binding === "string";
    return Object.fromEntries(Object.entries(own ?? {}).filter(isKnown));
  }

  bind() {
    const { labels, flags } = PRESETS[this.preset];
    this.bindings = new Map();
    this.labels.forEach(({ name }, at) => this.bindings.set(name, labels[at]));
    this.flags.forEach(({ name }, at) => this.bindings.set(name, flags[at]));
    for (const [name, { binding }] of Object.entries(COMMANDS)) this.bindings.set(name, binding);
    for (const [action, binding] of Object.entries(this.own)) this.bindings.set(action, binding);
    this.changed();
  }

  actionOf(event) {
    if (event.ctrlKey) return event.key.toLowerCase() === "z" ? "undo" : null;
    return this.boundTo(placeOf(event)) ?? this.boundTo(printOf(event)) ?? null;
  }

  boundTo(binding) {
    for (const [action, bound] of this.bindings) if (bound === binding) return action;
    return undefined;
  }

  choose(preset) {
    this.preset = preset;
    this.own = {};
    this.keep();
  }

  // Give an action the key that was pressed. Returns why not, or nothing.
  rebind(action, event) {
    const place = placeOf(event);
    if (!place || NOT_TO_BIND.test(place)) return "That key is needed elsewhere. Press another.";
    const taken = [place, printOf(event)].map((binding) => this.boundTo(binding)).find((other) => other && other !== action);
    if (taken) return `${this.printedAs(place)} is the key of ${this.titles[taken]}. Press another.`;
    this.own[action] = place;
    this.keep();
    return "";
  }

  keep() {
    remember(this.storedAs, { preset: this.preset, own: this.own });
    this.bind();
  }

  printed(action) {
    return this.printedAs(this.bindings.get(action));
  }

  // Every keyboard prints the digits on their row, also where they need shift.
  printedAs(binding) {
    if (binding.startsWith("=")) return binding.slice(1).toUpperCase();
    const letter = binding.match(/^Key(\w)$/)?.[1];
    const sign = NAMED[binding] ?? digitOf(binding) ?? this.layout?.get(binding)?.toUpperCase();
    return sign ?? letter ?? SIGNS[binding] ?? binding;
  }

  // As aria-keyshortcuts wants it.
  shortcut(action) {
    const binding = this.bindings.get(action);
    return Object.hasOwn(NAMED, binding) ? binding : this.printed(action);
  }
}
