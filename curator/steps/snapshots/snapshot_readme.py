"""The page that a snapshot folder carries about itself."""

from collections.abc import Iterator
from typing import Any

from db.labels import SPLITS


def snapshot_readme(title: str, content_hash: str, card: dict[str, Any]) -> str:
    """Write the data card of a snapshot for a person who finds its folder.

    Args:
        title: Name and version.
        content_hash: What it is cited by.
        card: What `curator.steps.snapshots.data_card.data_card` returns.

    Returns:
        Markdown.
    """
    parts = (
        _head(title, content_hash, card),
        _splits(card["leaks"]),
        ["## Sources and their terms", "", *map(_source, card["sources"])],
        ["## Who labelled, and how far they agree", "", *_labelling(card)],
        ["## What was left out", "", *_left_out(card)],
        ["## Pictures", "", *_quality(card["quality"])],
        ["## Known gaps", "", *(f"- {gap}" for gap in card["known_gaps"] or ["None is known."])],
        ["## Files", "", *_FILES],
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


_FILES = (
    "`manifest.parquet` has one row per face with its votes, so that soft labels can be made",
    "of them; `recipe.json` every choice that made the set; `card.json` the figures above;",
    "`crops/` the pixels. Nothing in this folder may change: check it with `curator verify`.",
)


def _head(title: str, content_hash: str, card: dict[str, Any]) -> list[str]:
    rows = [
        f"| {label} | {' | '.join(f'{row[split]:,}' for split in SPLITS)} | {sum(row.values()):,} |"
        for label, row in card["labels"].items()
    ]
    return [
        f"# {title}",
        "",
        f"{card['faces']:,} faces with one of seven expressions. Content hash `{content_hash}`:",
        "whoever holds a folder with this hash holds this set, byte for byte. Cite it by both.",
        "",
        "![Faces per label and split](balance.svg)",
        "",
        f"| label | {' | '.join(SPLITS)} | all |",
        "|---|---|---|---|---|",
        *rows,
    ]


def _splits(leaks: dict[str, Any]) -> list[str]:
    """Say what crosses the splits; only counts, since an example may name a person."""
    found = {kind: count for kind, count in leaks["crossing"].items() if count}
    if not found:
        return [
            "No picture, subject or video stands in two splits: all "
            f"{leaks['pairs_compared']:,} pairs of faces across them were compared."
        ]
    said = ", ".join(f"{kind}: {count:,}" for kind, count in found.items())
    return [
        "**The splits leak, as the recipe wanted it for comparison: scores on the test split come",
        f"out too high.** Pairs of faces across splits by what they share: {said}.",
    ]


def _source(source: dict[str, Any]) -> str:
    terms = source["terms"] or "not stated by whoever imported it"
    return f"- {source['name']}: {source['faces']:,} faces. Terms: {terms}"


def _labelling(card: dict[str, Any]) -> Iterator[str]:
    settled = ", ".join(f"{count:,} by {how}" for how, count in card["settled_by"].items())
    yield f"Settled {settled}. A face has {card['votes_per_face']} votes for one of the seven"
    yield f"on average, of which {card['share_for_label']:.1%} are for its label."
    yield ""
    for one in card["annotators"]:
        yield f"- {one['name']} ({one['kind']}): {one['annotations']:,} annotations of these faces"
    yield ""
    agreement = card["agreement"]
    if not agreement["faces"]:
        yield "No face has two blind annotations, so agreement cannot be said."
        return
    yield f"Agreement on all {agreement['faces']:,} faces that two or more have labelled blind,"
    yield "chosen or not, with 95 % intervals by bootstrap over faces:"
    yield ""
    yield from _agreement_table(agreement)


def _agreement_table(agreement: dict[str, Any]) -> Iterator[str]:
    names = {
        "share": "two annotators say the same",
        "unanimous": "all annotators say the same",
        "fleiss_kappa": "Fleiss' kappa",
        "krippendorff_alpha": "Krippendorff's alpha",
        "human_ceiling": "one annotator against the majority of the others (human ceiling)",
    }
    yield "| figure | value | 95 % interval |"
    yield "|---|---|---|"
    for key, name in names.items():
        yield f"| {name} | {_value(agreement[key])} |"
    for label, figure in agreement["kappa_by_label"].items():
        yield f"| kappa of {label} against the rest | {_value(figure)} |"


def _value(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "undefined | "
    edges = figure["interval_95"]
    return f"{figure['value']:.3f} | " + (f"{edges[0]:.3f} to {edges[1]:.3f}" if edges else "")


def _left_out(card: dict[str, Any]) -> Iterator[str]:
    groups = card["duplicates"]
    yield f"The project holds {groups['groups']:,} groups of duplicates with "
    yield f"{groups['faces_in_groups']:,} faces; of each group one face at most is in the set."
    yield ""
    if not card["left_out"]:
        yield "No face of the project was left out."
    yield from (f"- {outcome}: {count:,} faces" for outcome, count in card["left_out"].items())


def _quality(quality: dict[str, dict[str, Any]]) -> Iterator[str]:
    if not quality:
        yield "The quality of these faces was not measured."
        return
    yield "| measure | 5th percentile | median | 95th percentile | not measured |"
    yield "|---|---|---|---|---|"
    for name, row in quality.items():
        yield (
            f"| {name} | {row['percentile_5']:,} | {row['median']:,} | "
            f"{row['percentile_95']:,} | {row['not_measured']:,} |"
        )
