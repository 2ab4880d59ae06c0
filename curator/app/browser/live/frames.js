// Frames to the server, one at a time: what the camera shows meanwhile is dropped, never queued.

import { FrameRate } from "./frame_rate.js";

const LONGEST_PX = 640;
const QUALITY = 0.8;
const ENDS = {
  4401: "You are signed out. Load this page again to sign in.",
  4403: "This needs the role reviewer. Ask an owner.",
};
const AWAY = "The server is away. Start the camera again when it is back.";

export class Frames {
  constructor(video, path, { onAnswer, onEnd }) {
    this.video = video;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.rate = new FrameRate();
    this.onAnswer = onAnswer;
    this.onEnd = onEnd;
    this.problem = "";
    const address = new URL(path, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    this.isFree = false;
    this.isNew = false;
    this.socket.onopen = () => this.free();
    this.socket.onmessage = ({ data }) => this.answered(JSON.parse(data));
    this.socket.onclose = ({ code }) => this.onEnd(this.problem || ENDS[code] || AWAY);
    this.watch();
  }

  watch() {
    if (this.isClosed) return;
    const seen = () => {
      this.isNew = true;
      this.send();
      this.watch();
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(seen);
    else requestAnimationFrame(seen);
  }

  free() {
    this.isFree = true;
    this.send();
  }

  // The newest frame goes as soon as the answer before it is there; none goes twice.
  send() {
    if (this.isClosed || !this.isFree || !this.isNew) return;
    this.isFree = this.isNew = false;
    this.sentAt = performance.now();
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, LONGEST_PX / Math.max(videoWidth, videoHeight));
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.pen.drawImage(this.video, 0, 0, width, height);
    this.canvas.toBlob((blob) => this.isClosed || this.socket.send(blob), "image/jpeg", QUALITY);
  }

  answered(answer) {
    if (this.isClosed) return;
    this.problem = answer.problem ?? "";
    this.rate.add(performance.now(), performance.now() - this.sentAt);
    this.onAnswer(answer);
    document.dispatchEvent(new CustomEvent("curator:frame", { detail: { ...answer, latency: performance.now() - this.sentAt } }));
    this.free();
  }

  get figures() {
    return this.rate.words;
  }

  close() {
    this.isClosed = true;
    this.socket.onclose = null;
    this.socket.close();
  }
}
