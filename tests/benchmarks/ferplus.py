"""What the ten votes of each face of FER+ say of agreement and of asking fewer people.

    python -m tests.benchmarks.ferplus fer2013new.csv [--json] [--seed 0]

The file is that of https://github.com/microsoft/FERPlus (MIT; Barsoum et al. 2016). Each
face's votes are put in a random order; the first five are asked for as a rule says, the
other five stay unseen. A rule's label matches where it is that of the unseen votes. Faces
whose unseen votes share their majority have no label to match and are left out; where the
asked votes share theirs, nothing is settled and nothing matches.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from curator.core.consensus.vote_matrix import Codes
from curator.core.labelling.votes_needed import VotesNeededRule
from curator.core.review.agreement import Agreement, agreement, human_ceiling

RATERS = 10
UNSEEN = 5
EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear")
RULES = {
    "fixed three": VotesNeededRule(3, 0, 3),
    "adaptive, two to five": VotesNeededRule(2, 2, 5),
    "fixed five": VotesNeededRule(5, 0, 5),
}


@dataclass(frozen=True)
class Replay:
    """What came of asking by a rule.

    Attributes:
        votes: Asked for a face, on average over all faces.
        match: Share of the faces with an unseen majority whose label is that one.
        faces: How many faces have one.
        counts: (faces, categories), what the asked said of all faces.
    """

    votes: float
    match: float
    faces: int
    counts: Codes


def ferplus_counts(path: Path) -> pd.DataFrame:
    """Read the votes: a row a face, a column a category; faces without all ten are left out."""
    counts = pd.read_csv(path).drop(columns=["Usage", "Image name"])
    return counts[counts.sum(axis="columns") == RATERS]


def in_random_order(counts: pd.DataFrame, seed: int) -> Codes:
    """Return each face's votes in a random order of its raters: (faces, raters)."""
    faces, categories = counts.shape
    votes = np.repeat(np.tile(np.arange(categories), faces), counts.to_numpy().ravel())
    return np.random.default_rng(seed).permuted(votes.reshape(faces, -1), axis=1)


def replay(votes: Codes, rule: VotesNeededRule, categories: int) -> Replay:
    """Ask for votes one after the other while the rule wants more."""
    asked = _asked(votes, rule, categories)
    seen, is_settled = _majority(asked)
    unseen, is_clear = _majority(_counts(votes[:, -UNSEEN:], categories))
    matches = (is_settled & (seen == unseen))[is_clear]
    votes_a_face = float(asked.sum(axis=1).mean())
    return Replay(votes_a_face, float(matches.mean()), int(is_clear.sum()), asked)


def _asked(votes: Codes, rule: VotesNeededRule, categories: int) -> Codes:
    most = rule.most_votes
    wants = np.array([[rule.wanted(n, lead) > 0 for lead in range(most + 1)] for n in range(most)])
    counts = np.zeros((len(votes), categories), dtype=np.int64)
    for turn in range(most):
        second, first = np.sort(counts, axis=1)[:, -2:].T
        # Who was not asked last time is not asked again: the rule has had enough.
        assignable_faces = np.flatnonzero(
            (counts.sum(axis=1) == turn) & wants[turn, first - second]
        )
        counts[assignable_faces, votes[assignable_faces, turn]] += 1
    return counts


def _counts(votes: Codes, categories: int) -> Codes:
    return np.stack([(votes == category).sum(axis=1) for category in range(categories)], axis=1)


def _majority(counts: Codes) -> tuple[Codes, np.ndarray]:
    second, first = np.sort(counts, axis=1)[:, -2:].T
    return counts.argmax(axis=1), first > second


def measure(path: Path, seed: int) -> dict[str, Any]:
    """Measure all that the tables show."""
    counts = ferplus_counts(path)
    votes = in_random_order(counts, seed)
    replays = {name: replay(votes, rule, counts.shape[1]) for name, rule in RULES.items()}
    overlaps = {
        **{name: each.counts for name, each in replays.items()},
        "all ten": counts.to_numpy(),
        "the first two": _counts(votes[:, :2], counts.shape[1]),
    }
    return {
        "faces": len(counts),
        "ten categories": _figures(counts),
        "seven emotions": _figures(counts[list(EMOTIONS)]),
        "replay": {
            name: {"votes": r.votes, "match": r.match, "faces": r.faces}
            for name, r in replays.items()
        },
        "overlap": {name: _figures(pd.DataFrame(each)) for name, each in overlaps.items()},
    }


def _figures(counts: pd.DataFrame) -> dict[str, Any]:
    figures: Agreement = agreement(counts, resamples=200)
    return {**asdict(figures), "ceiling": asdict(human_ceiling(counts, resamples=200))}


def print_tables(found: dict[str, Any], console: Console) -> None:
    """Lay out the figures for people."""
    console.print(
        f"{found['faces']:,} faces with ten votes; 95 % intervals by bootstrap over faces"
    )
    names = ("share", "unanimous", "fleiss", "krippendorff", "ceiling")
    scopes = ("ten categories", "seven emotions")
    _print(console, "agreement", {s: [found[s][name] for name in names] for s in scopes}, names)
    labels = tuple(found["ten categories"]["labels"])
    kappas = {s: [found[s]["labels"].get(label) for label in labels] for s in scopes}
    _print(console, "kappa of a category", kappas, labels)
    overlaps = {s: [of[name] for name in names] for s, of in found["overlap"].items()}
    _print(console, "agreement by how people were asked", overlaps, names)
    asked = Table("rule", "votes a face", "matches five unseen", "faces")
    for name, row in found["replay"].items():
        asked.add_row(name, f"{row['votes']:.2f}", f"{row['match']:.1%}", f"{row['faces']:,}")
    console.print(asked)


def _print(
    console: Console, title: str, columns: dict[str, list[Any]], names: tuple[str, ...]
) -> None:
    laid_out = Table(title, *columns)
    for place, name in enumerate(names):
        laid_out.add_row(name, *(_cell(figures[place]) for figures in columns.values()))
    console.print(laid_out)


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None or figure["value"] is None:
        return ""
    interval = figure["interval"]
    return f"{figure['value']:.3f}" + (
        f" ({interval['low']:.3f}-{interval['high']:.3f})" if interval else ""
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("votes", type=Path, help="fer2013new.csv")
    parser.add_argument("--seed", type=int, default=0, help="of the order of raters")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    found = measure(asked.votes, asked.seed)
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps(found))
    else:
        print_tables(found, Console(width=170))


if __name__ == "__main__":
    main()
