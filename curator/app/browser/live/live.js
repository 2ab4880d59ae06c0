// The live page: a camera whose frames are answered one at a time, and boxes over its picture.

import { Camera } from "./camera.js";
import { Frames } from "./frames.js";
import { ProbabilityBars } from "./probability_bars.js";
import { drawBoxes } from "./boxes.js";
import { setText } from "../shared/dom.js";
import { mounting } from "../shared/streamlit.js";

const SAID_EVERY_MS = 2000;

class Page {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.titles = data.labels.map(({ title }) => title);
    this.camera = new Camera(this.part("video"));
    this.shares = new ProbabilityBars(this.part(".shares"), this.titles);
    this.saidAt = 0;
    this.part(".toggle").addEventListener("click", () => this.toggle());
    this.part(".turn").addEventListener("click", () => this.turn());
    this.part(".toggle").disabled = false; // until now nobody would have heard it
    // A page in the background has no camera to look at: frames would be sent in vain.
    this.onHidden = () => document.hidden && this.stop();
    document.addEventListener("visibilitychange", this.onHidden);
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  async toggle() {
    if (this.frames) this.stop();
    else await this.start();
  }

  async start() {
    this.tell("");
    const toggle = this.part(".toggle");
    toggle.disabled = true;
    try {
      await this.camera.open();
      this.part(".stage").hidden = false;
      this.part(".stage").classList.toggle("mirrored", this.camera.isMirrored);
      this.part(".turn").hidden = !(await this.camera.hasOthers());
      this.begin();
      setText(toggle, "Stop the camera");
    } catch (error) {
      this.stop();
      this.tell(this.camera.problemOf(error));
    } finally {
      toggle.disabled = false;
    }
  }

  begin() {
    this.frames = new Frames(this.camera.video, `${this.data.api}/live`, {
      onAnswer: (answer) => this.show(answer),
      onEnd: (problem) => {
        this.stop();
        this.tell(problem);
      },
    });
  }

  async turn() {
    this.stop();
    this.camera.turn();
    await this.start();
  }

  stop() {
    this.frames?.close();
    this.frames = null;
    this.camera.close();
    this.part(".stage").hidden = true;
    setText(this.part(".toggle"), "Start the camera");
    for (const name of [".figures", ".said"]) setText(this.part(name), "");
    this.shares.show(null);
  }

  show({ faces = [], problem = "" }) {
    this.tell(problem);
    drawBoxes(this.part(".boxes"), faces, this.titles, this.camera.isMirrored);
    this.shares.show(faces[0] ?? null);
    setText(this.part(".figures"), this.frames.figures);
    this.say(faces);
  }

  // Who listens is told now and then, not fifteen times a second.
  say(faces) {
    if (performance.now() - this.saidAt < SAID_EVERY_MS) return;
    this.saidAt = performance.now();
    const words = faces.map((face) => this.titles[face.probabilities.indexOf(Math.max(...face.probabilities))]);
    setText(this.part(".said"), words.length ? `In the picture: ${words.join(", ")}` : "No face is in the picture.");
  }

  tell(problem) {
    setText(this.part(".problem"), problem);
  }

  leave() {
    document.removeEventListener("visibilitychange", this.onHidden);
    this.stop();
  }
}

export default mounting((root, data) => new Page(root, data));
