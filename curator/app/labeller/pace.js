// How quick a person is, for that person's own eyes.

const LAST = 20;
const FEWEST = 5;
const PAUSE_MS = 30_000;

export class Pace {
  constructor() {
    this.times = [];
  }

  add(time) {
    this.times = [...this.times.slice(1 - LAST), time];
  }

  // Faces a minute over the last presses, while they follow one another.
  get aMinute() {
    const gap = this.times.findLastIndex((time, at, all) => at > 0 && time - all[at - 1] > PAUSE_MS);
    const run = this.times.slice(Math.max(gap, 0));
    return run.length < FEWEST ? 0 : Math.round((60_000 * (run.length - 1)) / Math.max(run.at(-1) - run[0], 1));
  }
}
