// What the verify page says.

import { number } from "../shared/dom.js";

export const NOT_YET = "Not yet: some faces are still on their way.";
export const TOO_QUICK = "That was quicker than anybody can look. If you did look at each face, confirm again.";

const corrected = (batch) => batch.seen.filter((slot) => slot.choice).length;

export function confirmHint(batch) {
  if (!batch) return "";
  const others = batch.seen.length - corrected(batch);
  return corrected(batch) ? `${others} ${batch.queue.label}, ${corrected(batch)} corrected` : `all ${others} ${batch.queue.label}`;
}

export function missingText(count) {
  if (!count) return "";
  return count === 1 ? "1 face has no picture here and is left out." : `${number(count)} faces have no picture here and are left out.`;
}

export const confirmedText = (batch) =>
  [`Confirmed: ${confirmHint(batch)}.`, missingText(batch.missing.length)].filter(Boolean).join(" ");

export const takenBackText = (batch) =>
  `The last page is back as it was: what you had said of ${number(batch.said.length)} faces is taken back.`;
