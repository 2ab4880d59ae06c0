"""Which snapshots get a successor once some of their faces are erased."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.recipe import Recipe, recipe_from_json
from curator.steps.erasure_plan import ErasurePlan
from db.snapshots import StoredSnapshot


def successors(session: Session, plan: ErasurePlan) -> list[tuple[str, Recipe]]:
    """Return the name and the recipe of each newest version that holds what was erased.

    Freezing the name anew by the same recipe makes a version without it.

    Args:
        session: A reading session.
        plan: What was erased.
    """
    titles = {holding.title for holding in plan.snapshots if holding.is_newest}
    stored = session.scalars(select(StoredSnapshot).order_by(StoredSnapshot.id))
    return [
        (snapshot.name, recipe_from_json(snapshot.recipe.choices))
        for snapshot in stored
        if snapshot.title in titles
    ]
