// How many frames are answered in a second, and how long an answer takes.

const WINDOW_MS = 2000;

export class FrameRate {
  constructor() {
    this.answers = [];
  }

  add(at, latency) {
    this.answers.push({ at, latency });
    while (this.answers[0].at < at - WINDOW_MS) this.answers.shift();
  }

  get words() {
    const { answers } = this;
    if (answers.length < 2) return "";
    const aSecond = (1000 * (answers.length - 1)) / (answers.at(-1).at - answers[0].at);
    const latencies = answers.map(({ latency }) => latency).sort((one, other) => one - other);
    return `${aSecond.toFixed(0)} frames a second, ${latencies[answers.length >> 1].toFixed(0)} ms from camera to answer`;
  }
}
