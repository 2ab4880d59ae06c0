"""Cut the patches by which faces are compared out of their stored views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from curator.core.found_face import FoundFace
from curator.core.looks import NUDGES, look, patch
from curator.steps.image_files import decoded
from db.project import Project

_PATCHES_AT_HAND = 20_000
"""Patches that stay cut, about 80 MB."""

Patch = NDArray[np.uint8]


@dataclass(frozen=True)
class ViewedFace:
    """A face as it was found, and the blob of its view."""

    found: FoundFace
    view_sha256: str


class Patches:
    """The patches of a project's faces, cut when they are asked for."""

    def __init__(self, project: Project, faces: Mapping[int, ViewedFace]) -> None:
        self._project = project
        self._faces = faces
        self.patch = lru_cache(_PATCHES_AT_HAND)(self._cut)

    def _cut(self, face_id: int) -> Patch:
        """Return the patch of a face, uint8 (64, 64)."""
        return patch(self._view(face_id), self._faces[face_id].found)

    def nudged_looks(self, face_id: int) -> NDArray[np.float32]:
        """Return the looks of a face, (k, 63), one for each of `NUDGES`."""
        view, found = self._view(face_id), self._faces[face_id].found
        return np.stack([look(patch(view, found, nudge)) for nudge in NUDGES])

    def _view(self, face_id: int) -> NDArray[np.uint8]:
        return decoded(self._project.views.read(self._faces[face_id].view_sha256))


def stacked(looks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Stack looks (k, 63) of n faces to (n, k, 63), also where there are none."""
    shape = (len(NUDGES), len(look(np.zeros((2, 2), np.uint8))))
    return np.stack(looks) if looks else np.empty((0, *shape), np.float32)
