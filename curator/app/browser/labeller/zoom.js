// Enlarge the face on the stage: a transform of what is there, nothing is fetched again.

const BY_KEY = 2.5;
const MOST = 5;

export class Zoom {
  constructor(stage) {
    this.stage = stage;
    this.scale = 1;
    this.under = null;
    this.touches = new Map();
    const on = (name, listener) => stage.addEventListener(name, listener);
    on("pointermove", (event) => this.move(event));
    on("pointerdown", (event) => this.down(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) on(name, (event) => this.up(event, name));
    on("click", () => this.wasPinch || this.toggle());
  }

  toggle() {
    this.to(this.scale > 1 ? 1 : BY_KEY);
  }

  to(scale) {
    this.scale = Math.min(Math.max(scale, 1), MOST);
    this.show();
  }

  // What is under the pointer stays under it, so that moving shows the other parts.
  show() {
    const image = this.stage.querySelector("img");
    this.stage.classList.toggle("zoomed", this.scale > 1);
    if (!image) return;
    const [x, y] = this.under ?? [50, 50];
    image.style.transformOrigin = `${x}% ${y}%`;
    image.style.transform = this.scale > 1 ? `scale(${this.scale})` : "";
  }

  // A face that comes or comes back starts at its own size.
  reset() {
    if (this.scale === 1) return;
    this.to(1);
  }

  move(event) {
    if (this.touches.has(event.pointerId)) this.touches.set(event.pointerId, event);
    this.point(event);
    if (this.touches.size === 2) this.to(this.pinchedFrom.scale * (this.apart() / this.pinchedFrom.apart));
    else if (this.scale > 1) this.show();
  }

  down(event) {
    this.point(event);
    if (event.pointerType !== "touch") return void (this.wasPinch = false);
    this.touches.set(event.pointerId, event);
    if (this.touches.size === 1) this.wasPinch = false;
    if (this.touches.size !== 2) return;
    this.wasPinch = true;
    this.pinchedFrom = { scale: this.scale, apart: this.apart() };
  }

  up(event, name) {
    this.touches.delete(event.pointerId);
    if (name === "pointerleave") this.under = null;
  }

  point(event) {
    const box = this.stage.getBoundingClientRect();
    const share = (at, from, size) => Math.min(Math.max((100 * (at - from)) / size, 0), 100);
    this.under = [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  }

  apart() {
    const [one, other] = this.touches.values();
    return Math.max(Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY), 1);
  }
}
