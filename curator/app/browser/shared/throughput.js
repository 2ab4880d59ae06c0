// How quick a person is, for that person's own eyes.

export class Throughput {
  constructor({ last, fewest, pauseMs }) {
    Object.assign(this, { last, fewest, pauseMs });
    this.said = [];
  }

  add(at, faces = 1) {
    this.said = [...this.said.slice(1 - this.last), { at, faces }];
  }

  takeBack() {
    this.said.pop();
  }

  // Faces a minute over the last presses, while they follow one another. What the first of
  // them took is not known.
  get aMinute() {
    const gap = this.said.findLastIndex(({ at }, index, all) => index > 0 && at - all[index - 1].at > this.pauseMs);
    const [first, ...run] = this.said.slice(Math.max(gap, 0));
    if (run.length < this.fewest - 1) return 0;
    const faces = run.reduce((sum, one) => sum + one.faces, 0);
    return Math.round((60_000 * faces) / Math.max(run.at(-1).at - first.at, 1));
  }
}
