"""Faces of a frozen snapshot as small pictures, by the page."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

FACES_A_PAGE: Final = 60

Row = Mapping[Any, Any]

_GRID: Final = (
    "<div style='display:grid;gap:10px;"
    "grid-template-columns:repeat(auto-fill,minmax({size}px,1fr))'>{cells}</div>"
)
_CELL: Final = (
    "<figure style='margin:0'><img loading='lazy' alt='face {face_id}' "
    "src='/api/snapshots/{snapshot_id}/crops/{sha256}.png' "
    "style='width:100%;aspect-ratio:1;object-fit:cover;border-radius:6px'>"
    "<figcaption style='font-size:12px;overflow-wrap:anywhere'><b>{face_id}</b> {first}"
    "<br><span style='opacity:.8'>{second}</span></figcaption></figure>"
)


def page_of(faces: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the page of faces that is chosen, which can be done where there are several."""
    pages = -(-len(faces) // FACES_A_PAGE)
    page = 1
    if pages > 1:
        page = st.number_input(f"Page, of {pages:,}", 1, pages, key=key)
    return faces.iloc[(page - 1) * FACES_A_PAGE : page * FACES_A_PAGE]


def crop_grid(
    faces: pd.DataFrame, snapshot_id: int, lines: Callable[[Row], tuple[str, str]], size_px: int
) -> None:
    """Show the crops of faces, loaded as they come into sight.

    Args:
        faces: With `face_id` and `crop_sha256`.
        snapshot_id: Whose crops they are.
        lines: What two lines say of a face.
        size_px: How wide a crop is at least.
    """
    cells = []
    for row in faces.to_dict("records"):
        first, second = map(escape, lines(row))
        cells.append(
            _CELL.format(
                face_id=row["face_id"],
                snapshot_id=snapshot_id,
                sha256=row["crop_sha256"],
                first=first,
                second=second,
            )
        )
    st.html(_GRID.format(size=size_px, cells="".join(cells)))
