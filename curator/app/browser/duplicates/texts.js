// What the duplicates page says of a group, and where there is none.

import { bold, element, number } from "../shared/dom.js";

export const NOT_YET = "Not yet: some faces are still on their way.";
export const TOO_QUICK = "That key came before anybody can have seen these faces. Press it again if it is meant for them.";

const DONE = {
  undecided: ["Every group is decided", "What a later search finds comes here by itself."],
  conflicts: ["No conflict is left", "No group is settled on different labels."],
};

export function whyText(group) {
  if (!group) return [];
  const labels = [...new Set(group.faces.map(({ label }) => label).filter(Boolean))];
  const conflict = [element("b", "clash", "Different labels"), ` ${labels.join(" and ")}: say which is right, or split off. `];
  return [...(group.isConflict ? conflict : []), bold("Kept"), ` because ${keptBecause(group)}.`];
}

function keptBecause(group) {
  if (group.keeper === null) return "… the faces left are being compared";
  if (group.keptBy) return `${group.keptBy} chose it`;
  return group.because || "it comes first";
}

export function countsText(session) {
  const { group, place, total } = session;
  if (!total) return [];
  return group ? ["Group ", bold(number(place + 1)), " of ", bold(number(total))] : [bold(number(total)), total === 1 ? " group" : " groups"];
}

export function emptyWords(session) {
  if (session.isTakingBack) return ["Taking it back…"];
  if (session.isMoreAhead) return ["Loading groups…"];
  if (session.total) return [element("strong", "", "That was the last of these"), "The arrow up leads back. Choose above which others you want to see."];
  const [title, text] = DONE[session.server.only] ?? ["No group of this kind", "Choose above which others you want to see."];
  return [element("strong", "", title), text];
}

const TOLD = {
  keep: (act) => `Face ${act.face} is kept.`,
  split: (act) => `Face ${act.face} is split off.`,
  dissolve: (act) => `No duplicates: ${act.seen.length} faces go apart.`,
  label: (act) => `The picture is ${act.label}: the final word on ${act.seen.length} faces.`,
};

export const toldText = (act) => TOLD[act.kind](act);
