// Faces that carry one label, as a grid with a cursor. It marks what differs, and decides nothing.

import { isMissing } from "./batches.js";
import { element } from "../shared/dom.js";

function box(className, attributes) {
  const made = element("div", className);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export class Grid {
  constructor(stage, titles) {
    this.stage = stage;
    this.titles = titles;
    this.table = box("grid", { role: "grid" });
    this.loupe = box("loupe", { "aria-hidden": "true" });
    this.batch = null;
    this.cells = [];
    this.columns = 1;
    this.at = 0;
    this.isHeld = false;
    this.onPainted = () => {};
    this.table.addEventListener("pointermove", (event) => this.follow(event));
    this.table.addEventListener("click", (event) => this.tap(event));
    this.table.addEventListener("focusin", (event) => this.moveTo(this.indexOf(event)));
  }

  get slot() {
    return this.batch?.slots[this.at];
  }

  show(batch, columns) {
    if (batch === this.batch && columns === this.columns && this.table.isConnected) return;
    const hadFocus = this.table.contains(this.table.getRootNode().activeElement);
    if (batch !== this.batch) Object.assign(this, { at: 0, isZoomed: false });
    Object.assign(this, { batch, columns, isHeld: false });
    this.cells = batch.slots.map((slot) => box("cell", { role: "gridcell", "data-face": slot.face }));
    this.table.style.setProperty("--columns", columns);
    this.table.setAttribute("aria-label", `${this.titles(batch.queue.label)}, ${batch.slots.length} faces`);
    this.table.replaceChildren(...this.rows());
    this.stage.replaceChildren(this.table, this.loupe);
    batch.slots.forEach((slot) => this.draw(slot));
    this.moveTo(this.at);
    if (hadFocus) this.focus();
  }

  hide(words) {
    Object.assign(this, { batch: null, cells: [], isHeld: false, isZoomed: false });
    this.stage.replaceChildren(words);
  }

  rows() {
    const rows = [];
    for (let first = 0; first < this.cells.length; first += this.columns) {
      const row = box("row", { role: "row" });
      row.append(...this.cells.slice(first, first + this.columns));
      rows.push(row);
    }
    return rows;
  }

  draw(slot) {
    const at = this.batch?.slots.indexOf(slot) ?? -1;
    if (at < 0) return;
    const said = slot.choice ? this.titles(slot.choice.name) : "";
    const strip = element("span", "said", said || (isMissing(slot) ? "No picture" : ""));
    const cell = this.cells[at];
    cell.replaceChildren(...(slot.image ? [slot.image, strip] : [strip]));
    cell.classList.toggle("corrected", Boolean(said));
    cell.classList.toggle("missing", isMissing(slot));
    cell.setAttribute("aria-label", this.name(slot, at));
    if (at === this.at) this.drawLoupe();
    this.watchPainting();
  }

  name(slot, at) {
    const place = `face ${at + 1} of ${this.cells.length}`;
    if (!slot.image) return `${place}: ${isMissing(slot) ? "no picture, left out" : "loading"}`;
    const suggested = this.batch.queue.label;
    return `${place}: ${slot.choice ? `${slot.choice.name}, not ${suggested}` : suggested}`;
  }

  // The time of looking begins when the last view has been painted: one frame draws it, and
  // when the next one begins it stands on the screen.
  watchPainting() {
    const batch = this.batch;
    const shown = batch.seen.length;
    if (!batch.isComplete || (batch.paintedAt && batch.shown === shown)) return;
    batch.paintedAt = null;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (batch !== this.batch || batch.seen.length !== shown || batch.paintedAt) return;
      Object.assign(batch, { paintedAt: performance.now(), shown });
      this.onPainted();
    }));
  }

  indexOf(event) {
    return this.cells.indexOf(event.target.closest(".cell"));
  }

  // The cursor follows a mouse that moves, not a page that changes beneath it: a digit then
  // belongs to the face pointed at, without a click.
  follow(event) {
    if (event.pointerType === "mouse" && !this.isHeld) this.moveTo(this.indexOf(event));
  }

  // A tapped face keeps the cursor while the hand goes to a label.
  tap(event) {
    const at = this.indexOf(event);
    if (at < 0) return;
    const wasHeld = this.isHeld && at === this.at;
    this.moveTo(at);
    this.hold(!wasHeld);
    this.focus();
  }

  hold(isHeld) {
    this.isHeld = isHeld;
    this.moveTo(this.at);
  }

  letGo() {
    this.zoom(false);
    this.hold(false);
  }

  step(across, down) {
    const to = this.at + across + down * this.columns;
    if (to < 0 || to >= this.cells.length) return;
    const hadFocus = this.table.contains(this.table.getRootNode().activeElement);
    this.isHeld = false;
    this.moveTo(to);
    if (hadFocus) this.focus();
  }

  moveTo(at) {
    if (at < 0) return;
    this.at = at;
    for (const [index, cell] of this.cells.entries()) {
      cell.classList.toggle("cursor", index === at);
      cell.classList.toggle("held", index === at && this.isHeld);
      cell.setAttribute("aria-selected", String(index === at));
      cell.tabIndex = index === at ? 0 : -1;
    }
    this.drawLoupe();
  }

  focus() {
    this.cells[this.at]?.focus();
  }

  zoom(isOn = !this.isZoomed) {
    this.isZoomed = isOn;
    this.drawLoupe();
  }

  drawLoupe() {
    const view = this.isZoomed && this.slot?.image?.cloneNode();
    this.loupe.replaceChildren(...(view ? [view] : []));
  }
}
