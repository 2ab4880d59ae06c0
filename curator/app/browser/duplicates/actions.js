// What a person decides of a group, and what that makes of the list before the server has
// answered. What the server then sends is right, whatever was foreseen here.

import { uuid } from "../shared/outbox.js";

export const newAct = (kind, group, said = {}) => ({ uuid: uuid(), kind, seen: group ? idsOf(group) : [], ...said });

export const idsOf = (group) => group.faces.map(({ id }) => id);

const isOf = (group, act) => group.faces.some(({ id }) => act.seen.includes(id));

// Each takes a group and what was said of it, and gives what is left of it, or nothing.
const FORESEEN = {
  keep: (group, { face }) => ({ ...group, keeper: face, because: "you choose it", isDecided: true }),
  split: (group, { face }) => without(group, face),
  dissolve: () => null,
  label: (group, { label }) => ({ ...group, faces: group.faces.map((one) => ({ ...one, verdict: label, label, isFinal: true })), isConflict: false, isDecided: true }),
};

function without(group, face) {
  const faces = group.faces.filter(({ id }) => id !== face);
  if (faces.length < 2) return null;
  const isConflict = new Set(faces.map(({ label }) => label).filter(Boolean)).size > 1;
  return { ...group, faces, isConflict, keeper: group.keeper === face ? null : group.keeper };
}

// A conflict stands among conflicts: one that is decided goes to its place further down.
const staysIn = (group, was, only) =>
  was.isConflict === group.isConflict && (only !== "undecided" || group.isConflict || !group.isDecided);

export function foresee(groups, act, only) {
  const foreseen = FORESEEN[act.kind];
  if (!foreseen) return groups;
  return groups.flatMap((group) => {
    if (!isOf(group, act)) return [group];
    const left = foreseen(group, act);
    return left && staysIn(left, group, only) ? [left] : [];
  });
}
