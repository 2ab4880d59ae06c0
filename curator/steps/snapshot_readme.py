"""The page that a snapshot folder carries about itself."""

import pandas as pd

from curator.core.leaks import LeakReport
from db.labels import SPLITS, Expression


def snapshot_readme(title: str, content_hash: str, faces: pd.DataFrame, leaks: LeakReport) -> str:
    """Describe a snapshot for a person who finds its folder.

    Args:
        faces: The rows of its manifest.
        leaks: What crosses its splits.

    Returns:
        Markdown: how to cite it, counts per label and split, sources with their terms.
    """
    counts = pd.crosstab(faces["label"], faces["split"])
    counts = counts.reindex(index=list(Expression), columns=list(SPLITS), fill_value=0)
    rows = [
        f"| {label} | {' | '.join(f'{n:,}' for n in row)} | {sum(row):,} |"
        for label, row in zip(map(str, Expression), counts.to_numpy().tolist(), strict=True)
    ]
    return "\n".join(
        [
            f"# {title}",
            "",
            f"{len(faces):,} faces with one of seven expressions. Content hash `{content_hash}`:",
            "whoever holds a folder with this hash holds this set, byte for byte.",
            "",
            f"| label | {' | '.join(SPLITS)} | all |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *_splits(leaks),
            "`manifest.parquet` has one row per face, `recipe.json` every choice that made the",
            "set, `crops/` the pixels. Check it with `curator verify`.",
            "",
            "## Sources and their terms",
            "",
            *_sources(faces),
            "",
        ]
    )


def _splits(leaks: LeakReport) -> list[str]:
    """Say what crosses the splits; only counts, since an example may name a person."""
    if leaks.is_clean:
        return [
            "No picture, subject or video stands in two splits: all "
            f"{leaks.pairs:,} pairs of faces across them were compared."
        ]
    found = ", ".join(f"{kind}: {count:,}" for kind, count in leaks.counts.items() if count)
    return [
        "**The splits leak, as the recipe wanted it for comparison: scores on the test split come",
        f"out too high.** Pairs of faces across splits by what they share: {found}.",
    ]


def _sources(faces: pd.DataFrame) -> list[str]:
    sizes = faces.value_counts(["source", "terms"], sort=False).reset_index()
    return [
        f"- {source}: {count:,} faces. Terms: {terms or 'not stated by whoever imported it'}"
        for source, terms, count in sizes.to_numpy().tolist()
    ]
