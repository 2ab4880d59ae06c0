// The probabilities of the largest face, as bars that stay where they are.

import { element, setText } from "../shared/dom.js";

export class ProbabilityBars {
  constructor(root, titles) {
    this.root = root;
    this.rows = titles.map((title) => {
      const bar = element("span", "bar");
      const fill = element("i");
      bar.append(fill);
      return { name: element("span", "", title), bar, fill, share: element("span") };
    });
  }

  show(face) {
    if (!face) return this.root.replaceChildren();
    if (!this.root.childElementCount) this.root.append(...this.rows.flatMap(({ name, bar, share }) => [name, bar, share]));
    const most = Math.max(...face.probabilities);
    this.rows.forEach((row, place) => {
      const share = face.probabilities[place];
      row.fill.style.transform = `scaleX(${share})`;
      row.name.classList.toggle("best", share === most);
      setText(row.share, `${Math.round(100 * share)} %`);
    });
  }
}
