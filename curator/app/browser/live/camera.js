// The camera of this browser, and what can go wrong with it.

const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
const SECURE = "Browsers lend a camera only to pages that come over https, or from http://localhost on this very machine. Open this page in one of these ways.";
const PROBLEMS = {
  NotAllowedError: "The browser was not allowed to use the camera. Allow it for this page, by the sign beside its address, and start again.",
  NotFoundError: "This device has no camera.",
  NotReadableError: "Another program uses the camera. Close that program and start again.",
  OverconstrainedError: "This device has no such camera.",
};

export class Camera {
  constructor(video) {
    this.video = video;
    this.facing = "user";
    this.isMirrored = true;
  }

  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error(SECURE);
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, facingMode: this.facing }, audio: false });
    // People know their face from mirrors; what a camera at the back shows is no mirror.
    this.isMirrored = this.stream.getVideoTracks()[0].getSettings().facingMode !== "environment";
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  turn() {
    this.facing = this.facing === "user" ? "environment" : "user";
  }

  async hasOthers() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === "videoinput").length > 1;
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  problemOf(error) {
    return PROBLEMS[error.name] ?? error.message;
  }
}
