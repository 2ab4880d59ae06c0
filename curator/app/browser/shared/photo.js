// The whole photo that a face came from, with the face outlined.

import { element } from "./dom.js";
import { fetchJson } from "./requests.js";
import { Sheet } from "./sheet.js";

export class PhotoSheet extends Sheet {
  constructor(root, api) {
    super(root, "photo", "Whole photo");
    this.action = "photo";
    this.api = api;
    this.dialog.addEventListener("close", () => this.body.replaceChildren());
  }

  async show(face) {
    this.face = face;
    this.body.replaceChildren(element("p", "quiet", "Loading the photo…"));
    this.open();
    try {
      const { image, box } = await fetchJson(`${this.api}/faces/${face}`);
      const photo = Object.assign(new Image(), { alt: "The whole photo; the face to label is outlined", src: `${this.api}/images/${image}` });
      await photo.decode();
      if (this.isOpen && this.face === face) this.body.replaceChildren(framed(photo, box));
    } catch {
      this.body.replaceChildren(element("p", "quiet", "The photo cannot be loaded now. Close this and try again."));
    }
  }

  // No label lands while the face is covered: a key that would say something closes the photo.
  key(event, action) {
    if (!action) return;
    event.preventDefault();
    this.close();
  }
}

function framed(photo, [left, top, right, bottom]) {
  const frame = element("div", "framed");
  const outline = element("i", "outline");
  const percent = (share) => `${100 * share}%`;
  Object.assign(outline.style, { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) });
  frame.append(photo, outline);
  return frame;
}
