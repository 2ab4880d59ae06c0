"""Bring the images of FER2013 and the votes of FER+ together, for `curator import`.

    python -m tests.benchmarks.fer2013 FER CROWD fer2013new.csv OUT

FER holds FER2013 as `train|test/EMOTION/SPLIT_N.jpg`, CROWD the same images as
`FER2013Train|Valid|Test/ferN.png`, by which names the table of FER+ knows them. Neither knows
the names of the other, and the JPEGs differ by a few grey levels: each is paired with the
nearest PNG of its split. OUT gets the images of training and public test in `fer`, those of
PrivateTest in `private`, and the votes of either in `votes_fer.csv` and `votes_private.csv`.
The images are those of Goodfellow et al. 2013, the votes those of Barsoum et al. 2016.
"""

import argparse
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

SPLITS = {"FER2013Train": "Training", "FER2013Valid": "PublicTest", "FER2013Test": "PrivateTest"}
PARTS = {"fer": ("Training", "PublicTest"), "private": ("PrivateTest",)}
NAME = "Image name"
SIDE_PX, BLOCK_PX = 48, 4
NEAREST = 8
MOST_APART = 3.0
"""Mean difference of grey levels; JPEG makes about 1.5, the next picture is 20 away."""
AT_ONCE = 1_000

Pictures = dict[bytes, list[str]]
"""The names of all files with the same pixels, by these pixels."""


def pictures(paths: Iterable[Path]) -> Pictures:
    """Read files, those with equal pixels as one picture."""
    found: Pictures = {}
    for path in sorted(paths):
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("L")).tobytes()
        found.setdefault(pixels, []).append(str(path))
    return found


def nearest(some: Pictures, others: Pictures) -> Iterator[tuple[int, float]]:
    """Say for each picture which of the others is nearest, and by how many grey levels."""
    rough, fine = _rough(others), _pixels(others).astype(np.int16)
    lengths = (rough**2).sum(axis=1)
    pixels, small = _pixels(some), _rough(some)
    for start in range(0, len(some), AT_ONCE):
        distances = lengths - 2 * small[start : start + AT_ONCE] @ rough.T
        closest = np.argpartition(distances, NEAREST, axis=1)[:, :NEAREST]
        for picture, candidates in zip(pixels[start : start + AT_ONCE], closest, strict=True):
            apart = np.abs(fine[candidates] - picture).mean(axis=(1, 2))
            yield int(candidates[apart.argmin()]), float(apart.min())


def _pixels(some: Pictures) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(some), np.uint8).reshape(-1, SIDE_PX, SIDE_PX)


def _rough(some: Pictures) -> NDArray[np.float32]:
    blocks = SIDE_PX // BLOCK_PX
    cut = _pixels(some).reshape(-1, blocks, BLOCK_PX, blocks, BLOCK_PX)
    rough: NDArray[np.float32] = cut.mean(axis=(2, 4), dtype=np.float32)
    return rough.reshape(len(some), -1)


def joined(fer: Path, crowd: Path) -> dict[Path, str]:
    """Name each JPEG as FER+ does; no name is given to more files than bear it there."""
    names: dict[Path, str] = {}
    for folder, split in SPLITS.items():
        jpegs = pictures(fer.rglob(f"{split}_*.jpg"))
        pngs = pictures(crowd.rglob(f"{folder}/*.png"))
        claims: dict[int, list[tuple[float, list[str]]]] = {}
        for files, (place, apart) in zip(jpegs.values(), nearest(jpegs, pngs), strict=True):
            if apart < MOST_APART:
                claims.setdefault(place, []).append((apart, files))
        known = list(pngs.values())
        for place, claim in claims.items():
            files = [file for _, some in sorted(claim) for file in some]
            pairs = zip(files, known[place], strict=False)
            names |= {Path(file): Path(name).name for file, name in pairs}
    return names


def write_part(part: str, fer: Path, votes: pd.DataFrame, out: Path) -> tuple[int, int]:
    """Copy the images of one part, and write the votes that there are of them."""
    folder = out / part
    folder.mkdir(parents=True)
    files = sorted(path for split in PARTS[part] for path in fer.rglob(f"{split}_*.jpg"))
    for path in files:
        shutil.copyfile(path, folder / path.name)
    mine = votes[votes[NAME].isin({path.name for path in files})]
    mine.to_csv(out / f"votes_{part}.csv", index=False)
    return len(files), len(mine)


def main() -> None:
    """Make the folders and tables, and say how many found votes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("fer", "crowd", "table", "out"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    # A name that stands in several lines counts as its last one says.
    table = pd.read_csv(asked.table).dropna(subset=NAME).drop_duplicates(NAME, keep="last")
    names = joined(asked.fer, asked.crowd)
    as_files = pd.DataFrame({NAME: list(names.values()), "file": [path.name for path in names]})
    votes = table.merge(as_files, on=NAME).assign(**{NAME: lambda rows: rows["file"]})
    for part in PARTS:
        images, voted = write_part(part, asked.fer, votes.drop(columns="file"), asked.out)
        Console().print(f"{asked.out / part}: {images:,} images, {voted:,} with votes")


if __name__ == "__main__":
    main()
