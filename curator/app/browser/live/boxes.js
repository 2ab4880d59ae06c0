// Boxes and labels over the picture of the camera.

const AMBER = "#ffb000";
const INK = "#111";

export function drawBoxes(canvas, faces, titles, isMirrored) {
  const { clientWidth, clientHeight } = canvas;
  const sharp = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(clientWidth * sharp), Math.round(clientHeight * sharp)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.clearRect(0, 0, clientWidth, clientHeight);
  for (const face of faces) draw(pen, face, titles, { clientWidth, clientHeight, isMirrored });
}

function draw(pen, { box, probabilities }, titles, { clientWidth, clientHeight, isMirrored }) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const [start, top, end, bottom] = box;
  const left = (isMirrored ? 1 - end : start) * clientWidth;
  pen.strokeStyle = AMBER;
  pen.lineWidth = 3;
  pen.strokeRect(left, top * clientHeight, (end - start) * clientWidth, (bottom - top) * clientHeight);
  write(pen, `${titles[best]} ${Math.round(100 * probabilities[best])} %`, left, top * clientHeight, clientWidth);
}

// Above the box, or inside it where the picture ends.
function write(pen, text, left, top, clientWidth) {
  pen.font = "600 15px system-ui, sans-serif";
  pen.textBaseline = "middle";
  const width = pen.measureText(text).width + 12;
  const x = Math.min(Math.max(0, left - 1.5), Math.max(0, clientWidth - width));
  const y = Math.max(0, top - 22);
  pen.fillStyle = AMBER;
  pen.fillRect(x, y, width, 22);
  pen.fillStyle = INK;
  pen.fillText(text, x + 6, y + 11);
}
