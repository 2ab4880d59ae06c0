// A sheet over the page. While one is open nothing behind it can be pressed; Escape closes it
// and the browser gives the focus back.

import { element, plainButton } from "./dom.js";

export class Sheet {
  constructor(root, name, title) {
    this.dialog = element("dialog", `sheet ${name}`);
    this.dialog.setAttribute("aria-label", title);
    this.body = element("div", "inside");
    const head = element("header");
    head.append(element("h2", "", title), plainButton("Close", () => this.close()));
    this.dialog.append(head, this.body);
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.close());
    root.querySelector(".labeller").append(this.dialog);
  }

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    if (!this.isOpen) this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  // The key that opened a sheet closes it too.
  key(event, action) {
    if (action !== this.action) return;
    event.preventDefault();
    this.close();
  }
}
