"""The sources of a project with what came of them."""

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.tables.images import Face, Image, Source


def source_table(session: Session) -> pd.DataFrame:
    """Count images and faces per source.

    Returns:
        One row per source, the newest first: `source`, `terms` (str), `images`, `faces`
        (int).
    """
    rows = session.execute(
        select(
            Source.name,
            Source.terms,
            func.count(Image.id.distinct()),
            func.count(Face.id.distinct()),
        )
        .outerjoin(Image, Image.source_id == Source.id)
        .outerjoin(Face, Face.image_id == Image.id)
        .group_by(Source.id)
        .order_by(Source.id.desc())
    )
    return pd.DataFrame(rows.all(), columns=["source", "terms", "images", "faces"])


def newest_faces(session: Session, count: int) -> list[tuple[int, str]]:
    """Return the faces found last, each with the name of its image."""
    rows = select(Face.id, Image.name).join(Image, Face.image_id == Image.id)
    newest = session.execute(rows.order_by(Face.id.desc()).limit(count))
    return [(face_id, name) for face_id, name in newest]


def terms_by_source(session: Session) -> dict[str, str]:
    """Return the terms of use of each source by its name, in the order of the names."""
    rows = session.execute(select(Source.name, Source.terms).order_by(Source.name))
    return dict(rows.all())
