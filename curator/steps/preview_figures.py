"""Say how sure the labels of a recipe's faces are, and how good their pictures."""

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.set_figures import SetFigures, set_figures
from db.curation import Face


def preview_figures(session: Session, chosen: pd.DataFrame) -> SetFigures:
    """Measure the faces that a recipe chooses.

    Args:
        session: A reading session.
        chosen: Rows as `recipe_faces` returns them.
    """
    wanted = set(chosen["face_id"])
    # More ids than SQLite takes as parameters: all rows are read, those wanted are kept.
    rows = session.execute(select(Face.id, Face.quality).execution_options(yield_per=10_000))
    return set_figures(chosen, pd.DataFrame([row.quality for row in rows if row.id in wanted]))
