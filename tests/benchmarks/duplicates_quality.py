"""How many changed copies a search for duplicates finds, and how many others it takes for copies.

    python -m tests.benchmarks.duplicates_quality PHOTOS [--originals 600] [--every]
        [--seed 0] [--json]

So many of the photos are copied, each by one change, or with `--every` by each. All photos
and all copies are imported as a folder and searched, by the very steps that the pages run.
Two files are right together where they show the same photo; all other pairs that are found
are wrong, other photos of the same person and of the same moment among them. The rival is
`imagehash.phash` of the whole files within 10 bits. Recall has a row per change with its
95 % interval (Wilson).
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image as Photo
from rich.console import Console
from scipy.stats import binomtest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from curator.core.duplicates.hash_search import near_hashes
from curator.steps.duplicates.find_duplicates import find_duplicates
from curator.steps.images.image_codec import decoded
from curator.steps.images.perceptual_hash import phashes
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.run_import import run_import
from curator.steps.process_pool import Workers
from db.jobs.progress import finished
from db.project.project_folder import Project, make_project
from db.tables.duplicates import DuplicatePair
from db.tables.images import Face, Image
from db.terminal import table
from tests.benchmarks.changed_copies import CHANGES, changed_copy

Pairs = set[tuple[str, str]]


def make_copies(photos: Path, folder: Path, originals: int, seed: int, *, every: bool) -> None:
    """Fill a folder with all photos and the copies of some, named `original--change.jpg`."""
    random = Random(seed)  # noqa: S311 - a seeded draw, no secret
    names = sorted(path.name for path in photos.iterdir())
    for name in names:
        (folder / name).write_bytes((photos / name).read_bytes())
    for number, name in enumerate(sorted(random.sample(names, originals))):
        changes = list(CHANGES) if every else [list(CHANGES)[number % len(CHANGES)]]
        for change in changes:
            with Photo.open(photos / name) as photo:
                copy, quality = changed_copy(photo, change, random)
            place = list(CHANGES).index(change)
            copy.save(folder / f"{Path(name).stem}--{place}.jpg", quality=quality)


def photo_of(name: str) -> str:
    """Name the photo that a file shows."""
    return Path(name).stem.partition("--")[0]


def found_by_us(project: Project) -> Pairs:
    """Return the pairs of files with faces that the search takes for the same picture."""
    one, other = aliased(Image), aliased(Image)
    first, second = aliased(Face), aliased(Face)
    query = (
        select(one.name, other.name)
        .select_from(DuplicatePair)
        .join(first, first.id == DuplicatePair.first_id)
        .join(second, second.id == DuplicatePair.second_id)
        .join(one, one.id == first.image_id)
        .join(other, other.id == second.image_id)
    )
    with project.reading() as session:
        return {in_order(*pair) for pair in session.execute(query).all()}


def found_by_hash(folder: Path, distance: int = 10) -> Pairs:
    """Return the pairs of files whose `imagehash.phash` differs by few bits."""
    names = sorted(path.name for path in folder.iterdir())
    hashes = [phashes(decoded((folder / name).read_bytes()))["phash"] for name in names]
    near = near_hashes(np.array(hashes, dtype=np.int64), distance=distance)
    return {
        in_order(names[first], names[second])
        for first, second in zip(near.first, near.second, strict=True)
    }


def in_order(one: str, other: str) -> tuple[str, str]:
    """Put two names in order, without their folders."""
    first, second = sorted((Path(one).name, Path(other).name))
    return first, second


def scored(found: Pairs, folder: Path) -> dict[str, Any]:
    """Score what was found: recall of original and copy per change, precision over all pairs."""
    copies = [path.name for path in folder.iterdir() if "--" in path.name]
    total, hit = Counter[str](), Counter[str]()
    for name in copies:
        stem, _, place = Path(name).stem.partition("--")
        change = list(CHANGES)[int(place)]
        total[change] += 1
        hit[change] += in_order(f"{stem}.jpg", name) in found
    wrong = sorted(pair for pair in found if photo_of(pair[0]) != photo_of(pair[1]))
    return {
        "recall": {change: (hit[change], total[change]) for change in CHANGES},
        "found": hit.total(),
        "copies": total.total(),
        "pairs": len(found),
        "wrong": wrong,
        "precision": 1 - len(wrong) / max(1, len(found)),
    }


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--originals", type=int, default=600)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "photos")
        folder.mkdir()
        make_copies(asked.photos, folder, asked.originals, asked.seed, every=asked.every)
        project = make_project(Path(scratch, "project"))
        now = datetime.now(UTC)
        with Workers() as workers:
            choice = SourceChoice(name="photos", terms="benchmark")
            finished(run_import(project, folder, choice, detector="yunet", executor=workers))
        begun = time.perf_counter()
        report = finished(find_duplicates(project, now=now))
        seconds = time.perf_counter() - begun
        ours, rival = scored(found_by_us(project), folder), scored(found_by_hash(folder), folder)
    said = {"seconds": seconds, "faces": report.faces, "compared": report.compared}
    if asked.json:
        Console().print_json(json.dumps({**said, "ours": ours, "imagehash": rival}))
    else:
        show(said, ours, rival)


def show(said: dict[str, Any], ours: dict[str, Any], rival: dict[str, Any]) -> None:
    """Print the table."""
    rows: list[list[object]] = [
        [change, *(_share(*scores["recall"][change]) for scores in (ours, rival))]
        for change in CHANGES
    ]
    rows.append(["all changes", *(_share(s["found"], s["copies"]) for s in (ours, rival))])
    rows.append(["precision", *(f"{s['precision']:.4f}" for s in (ours, rival))])
    rows.append(["wrong pairs", *(f"{len(s['wrong']):,} of {s['pairs']:,}" for s in (ours, rival))])
    console = Console()
    console.print(table(["change", "curator dedup", "imagehash.phash <= 10"], rows))
    console.print(
        f"{said['faces']:,} faces, pixels of {said['compared']:,} pairs compared, "
        f"{said['seconds']:.1f} s"
    )
    console.print("Wrong:", *(" = ".join(pair) for pair in ours["wrong"][:40]), sep="\n  ")


def _share(hits: int, total: int) -> str:
    interval = binomtest(hits, total).proportion_ci(method="wilson")
    low, high = interval.low, interval.high
    return f"{hits / total:.3f} ({low:.3f} to {high:.3f}), {hits:,} of {total:,}"


if __name__ == "__main__":
    main()
