"""Cut the patches by which faces are compared out of their stored views."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from curator.core.duplicates.patch_embedding import (
    EMBEDDING_LENGTH,
    LANDMARK_ERRORS,
    patch,
    patch_embedding,
)
from curator.core.faces.face import FoundFace, stored_face
from curator.steps.images.image_codec import decoded
from db.project.project_folder import Project

_PATCHES_AT_HAND = 50_000
"""Patches that stay cut, about 200 MB."""

_COLUMNS = (
    *("face_id", "x_min", "y_min", "x_max", "y_max"),
    *("landmarks", "is_whole", "view_sha256"),
)

Patch = NDArray[np.uint8]


class Patches:
    """The patches of a project's faces, cut when they are asked for.

    Args:
        project: Where their views are.
        faces: One row per face: `face_id` (int), `x_min`, `y_min`, `x_max`, `y_max`,
            `landmarks`, `is_whole` and `view_sha256`.
    """

    def __init__(self, project: Project, faces: pd.DataFrame) -> None:
        self._project = project
        rows = faces[list(_COLUMNS)].itertuples(index=False, name=None)
        self._faces = {face_id: tuple(face) for face_id, *face in rows}
        self.patch = lru_cache(_PATCHES_AT_HAND)(self._cut)

    def _cut(self, face_id: int) -> Patch:
        """Return the patch of a face, uint8 (64, 64)."""
        return patch(*self._viewed(face_id))

    def nudged_looks(self, face_id: int) -> NDArray[np.float32]:
        """Return the looks of a face, (k, 63), one for each of `LANDMARK_ERRORS`."""
        view, found = self._viewed(face_id)
        return np.stack([patch_embedding(patch(view, found, nudge)) for nudge in LANDMARK_ERRORS])

    def _viewed(self, face_id: int) -> tuple[NDArray[np.uint8], FoundFace]:
        *box, landmarks, is_whole, view_sha256 = self._faces[face_id]
        view = decoded(self._project.views.read(view_sha256))
        return view, stored_face(box, landmarks, is_whole=is_whole)


def stacked(looks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Stack looks (k, 63) of n faces to (n, k, 63), also where there are none."""
    return (
        np.stack(looks)
        if looks
        else np.empty((0, len(LANDMARK_ERRORS), EMBEDDING_LENGTH), np.float32)
    )
