"""Compare faces with each other: which look alike, and which of them show the same picture."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from curator.core.duplicates.candidates import (
    bits_apart,
    equal_pairs,
    in_order,
    near_candidates,
    of_images,
)
from curator.core.duplicates.embedding_search import similar_pairs
from curator.core.duplicates.groups import consecutive_frames
from curator.core.duplicates.patch_similarity import (
    MIN_LIKENESS,
    MIN_LIKENESS_BY_LOOK,
    patch_similarity,
)
from curator.steps.duplicates.face_patches import Patches, stacked
from curator.steps.process_pool import fan_out
from db.jobs.progress import BATCH_ROWS, Progress, Steps
from db.project.project_folder import Project
from db.tables.duplicates import Match

_PAIRS_AT_ONCE = 20

_STORED_LOOK = np.float16


@dataclass(frozen=True)
class FacesToCompare:
    """Faces by id, of which the first `known` have been compared with each other before.

    Attributes:
        table: `face_id`, `image_id` (int), `image_name`, `sequence`, `crop_sha256`,
            `view_sha256` (str), the box, `landmarks`, `is_whole`, `phash`,
            `phash_mirrored`, `image_phash`, `image_phash_mirrored` (int, the latter missing
            where an image cannot be hashed) and `look` (bytes, missing where new).
        known: How many are not to be compared with each other again.
    """

    table: pd.DataFrame
    known: int

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.table)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """The id of each face."""
        return self.table["face_id"].to_numpy(dtype=np.int64)

    @property
    def new_ids(self) -> list[int]:
        """The ids of the faces that are new."""
        return [int(face_id) for face_id in self.ids[self.known :]]

    def hashes(self, name: str) -> NDArray[np.int64]:
        """Return one column of hashes."""
        return self.table[name].to_numpy(dtype=np.int64)


@dataclass(frozen=True)
class FaceComparison:
    """What came of it.

    Attributes:
        pairs: Rows of `db.tables.duplicates.DuplicatePair`.
        looks: What is to be stored of each new face, by its id.
        compared: Pairs whose pixels were compared.
        refused: Those of them that show different pictures.
    """

    pairs: list[dict[str, Any]]
    looks: dict[int, bytes]
    compared: int
    refused: int


def compare_faces(
    project: Project, faces: FacesToCompare, distance: int, threads: Executor
) -> Steps[FaceComparison]:
    """Find all pairs with a new face in them that show the same picture.

    Args:
        project: Where their views are.
        faces: All faces.
        distance: Most bits by which two hashes differ.
        threads: They compare pixels.
    """
    patches = Patches(project, faces.table)
    nudged = yield from _nudged_looks(patches, faces.new_ids, threads)
    candidates = yield from _candidates(faces, nudged, distance)
    pairs = {(row["first_id"], row["second_id"]): row for row in _equal(faces)}
    is_equal = [pair in pairs for pair in zip(*_ids(faces, candidates), strict=True)]
    unequal = candidates[~np.array(is_equal, dtype=bool)]
    measured = yield from _measured(patches, faces, unequal, threads)
    wanted = np.where(measured["hashes_alike"], MIN_LIKENESS, MIN_LIKENESS_BY_LOOK)
    is_same = measured["likeness"] >= wanted
    best = (
        measured[is_same].sort_values("likeness").drop_duplicates(["first", "second"], keep="last")
    )
    pairs |= {(row["first_id"], row["second_id"]): row for row in _rows(faces, best, Match.LOOK)}
    for row in _frames(faces):
        pairs.setdefault((row["first_id"], row["second_id"]), row)
    compared = len(unequal[["first", "second"]].drop_duplicates())
    looks = {
        face_id: look.astype(_STORED_LOOK).tobytes()
        for face_id, look in zip(faces.new_ids, nudged[:, 0], strict=True)
    }
    return FaceComparison(list(pairs.values()), looks, compared, compared - len(best))


def _nudged_looks(
    patches: Patches, face_ids: list[int], threads: Executor
) -> Steps[NDArray[np.float32]]:
    looks = []
    for done, (_, seen) in enumerate(fan_out(threads, patches.nudged_looks, face_ids), start=1):
        looks.append(seen)
        yield Progress(done, len(face_ids), "Looking at faces")
    return stacked(looks)


def _candidates(
    faces: FacesToCompare, nudged: NDArray[np.float32], distance: int
) -> Steps[pd.DataFrame]:
    """Pair faces whose hashes are near, whose images' hashes are, or that look alike."""
    yield Progress(0, len(faces), "Comparing hashes")
    straight, mirrored = faces.hashes("phash"), faces.hashes("phash_mirrored")
    near = [
        near_candidates(straight, mirrored, distance, faces.known),
        _image_candidates(faces, distance),
    ]
    found = [pair.assign(hashes_alike=True) for pair in near]
    looks = _looks(faces, nudged)
    for first, second, is_mirrored, done in similar_pairs(nudged, looks):
        columns = {"first": first + faces.known, "second": second, "is_mirrored": is_mirrored}
        found.append(in_order(pd.DataFrame(columns)).assign(hashes_alike=False))
        yield Progress(done, len(nudged), "Seeking faces that look alike")
    pairs = pd.concat(found).drop_duplicates(["first", "second", "is_mirrored"])
    pairs = pairs[pairs["second"] >= faces.known].sort_values(["first", "second", "is_mirrored"])
    apart: pd.DataFrame = pairs.assign(distance=bits_apart(straight, mirrored, pairs))
    return apart


def _image_candidates(faces: FacesToCompare, distance: int) -> pd.DataFrame:
    """Pair faces whose images hash alike, and those that are in one image."""
    hashed = faces.table[faces.table["image_phash"].notna()]
    # Those with a new face in them last: the others have been compared before.
    images = hashed.drop_duplicates("image_id", keep="last").sort_index()
    straight, mirrored = (
        images[name].to_numpy(dtype=np.int64) for name in ("image_phash", "image_phash_mirrored")
    )
    known = int((images.index < faces.known).sum())
    pairs = near_candidates(straight, mirrored, distance, known)
    itself = np.arange(known, len(images))
    same = pd.DataFrame({"first": itself, "second": itself, "is_mirrored": False})
    places = pd.Index(images["image_id"]).get_indexer(faces.table["image_id"])
    return of_images(pd.concat([pairs, same]), places)


def _looks(faces: FacesToCompare, nudged: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the look of each face: those stored, then those of the new ones."""
    stored = b"".join(faces.table["look"][: faces.known])
    known = np.frombuffer(stored, _STORED_LOOK).reshape(faces.known, nudged.shape[2])
    return np.concatenate([known.astype(np.float32), nudged[:, 0]])


def _ids(faces: FacesToCompare, pairs: pd.DataFrame) -> tuple[list[int], list[int]]:
    return faces.ids[pairs["first"]].tolist(), faces.ids[pairs["second"]].tolist()


def _equal(faces: FacesToCompare) -> list[dict[str, Any]]:
    found = pd.DataFrame(equal_pairs(faces.table["crop_sha256"]), columns=["first", "second"])
    new = in_order(found[found["second"] >= faces.known].assign(is_mirrored=False))
    return _rows(faces, new.assign(distance=0, likeness=1.0), Match.PIXELS)


def _frames(faces: FacesToCompare) -> list[dict[str, Any]]:
    """Pair consecutive frames of a video, whatever their pixels say."""
    columns = ["face_id", "sequence", "image_id", "image_name"]
    place = dict(zip(faces.ids.tolist(), range(len(faces)), strict=True))
    found = [(place[a], place[b]) for a, b in consecutive_frames(faces.table[columns])]
    pairs = pd.DataFrame(found, columns=["first", "second"]).assign(is_mirrored=False)
    pairs = in_order(pairs[pairs["second"] >= faces.known])
    straight, mirrored = faces.hashes("phash"), faces.hashes("phash_mirrored")
    apart = bits_apart(straight, mirrored, pairs)
    return _rows(faces, pairs.assign(distance=apart, likeness=0.0), Match.FRAME)


def _measured(
    patches: Patches, faces: FacesToCompare, pairs: pd.DataFrame, threads: Executor
) -> Steps[pd.DataFrame]:
    ids = zip(*_ids(faces, pairs), pairs["is_mirrored"].tolist(), strict=True)
    measured = fan_out(threads, partial(_likeness, patches), ids, at_once=_PAIRS_AT_ONCE)
    likenesses: list[float] = []
    for _, found in measured:
        likenesses.append(found)
        if len(likenesses) % BATCH_ROWS == 0:
            yield Progress(len(likenesses), len(pairs), "Comparing pixels of faces that look alike")
    return pairs.assign(likeness=np.array(likenesses, dtype=np.float64))


def _likeness(patches: Patches, pair: tuple[int, int, bool]) -> float:
    first, second, is_mirrored = pair
    other = patches.patch(second)
    if is_mirrored:
        other = np.ascontiguousarray(other[:, ::-1])
    return patch_similarity(patches.patch(first), other)


def _rows(faces: FacesToCompare, pairs: pd.DataFrame, match: Match) -> list[dict[str, Any]]:
    firsts, seconds = _ids(faces, pairs)
    columns: Iterable[tuple[Any, ...]] = zip(
        firsts,
        seconds,
        pairs["distance"].tolist(),
        pairs["likeness"].tolist(),
        pairs["is_mirrored"].tolist(),
        strict=True,
    )
    names = ("first_id", "second_id", "distance", "likeness", "is_mirrored")
    return [{**dict(zip(names, row, strict=True)), "match": match} for row in columns]
