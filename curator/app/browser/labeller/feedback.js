// What is known of faces that were labelled a moment ago, where the project tells it.

const MOST = 3;
const STAYS_FOR_PRESSES = 5;

export class Feedback {
  constructor() {
    this.told = [];
    this.presses = 0;
  }

  take(presses, told) {
    const said = new Map(presses.map((press) => [press.uuid, press.label]));
    const fresh = told.filter(({ uuid }) => said.has(uuid));
    const until = this.presses + STAYS_FOR_PRESSES;
    this.told.push(...fresh.map(({ uuid, face, label }) => ({ uuid, face, said: said.get(uuid), known: label, until })));
    this.told = this.told.slice(-MOST);
  }

  countPress() {
    this.presses += 1;
    this.told = this.told.filter(({ until }) => until > this.presses);
  }
}
