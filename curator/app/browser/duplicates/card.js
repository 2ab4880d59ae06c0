// One face of a group: its picture, what it carries and how it matches the one that is kept.

import { bold, element, setText } from "../shared/dom.js";

const percent = (share) => `${Math.round(100 * share)}%`;
const votes = (face) => face.votes.map(([verdict, count]) => `${count} ${verdict}`).join(", ");

export function drawCard(face, slot, group) {
  const card = element("article", "card");
  card.dataset.face = face.id;
  card.tabIndex = 0;
  const frame = element("div", "frame");
  frame.append(slot.image ?? "", element("span", "mark"));
  card.append(frame, saysLine(face), element("p", "match"), element("p", "from", `${face.source} · ${face.name}`));
  card.lastChild.title = `${face.source} · ${face.name}`;
  markCard(card, face, group);
  return card;
}

function saysLine(face) {
  const line = element("p", "says");
  line.append(Object.assign(bold(face.verdict || "unsettled"), { className: face.label && "label" }));
  line.append(face.isFinal ? " · final word" : face.votes.length ? ` · ${votes(face)}` : " · no votes");
  return line;
}

// What may change while the card stays.
export function markCard(card, face, group) {
  const isKept = group.keeper === face.id;
  card.classList.toggle("kept", isKept);
  card.classList.toggle("mirrored", face.isMirrored);
  setText(card.querySelector(".mark"), isKept ? "kept" : "");
  setText(card.querySelector(".match"), isKept ? "the others match it" : matchText(face));
  card.setAttribute("aria-label", `face ${face.id}, ${isKept ? "kept" : matchText(face)}, ${face.verdict || "unsettled"}, ${face.source} ${face.name}`);
}

// Of a face that was the keeper until a moment ago nothing is known yet.
function matchText(face) {
  if (face.isKept) return "was kept so far";
  const mirrored = face.isMirrored ? "mirrored" : "";
  const bits = `${face.distance} bit${face.distance === 1 ? "" : "s"} apart`;
  const alike = `${percent(face.likeness)} alike`;
  const how = { "same pixels": ["same pixels"], "looks the same": [bits, alike], "next frame": ["next frame", bits, alike] }[face.match];
  return [...how, mirrored].filter(Boolean).join(" · ");
}
