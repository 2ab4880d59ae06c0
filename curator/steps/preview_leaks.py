"""Check what a recipe would freeze for leaks, before anything is frozen."""

from typing import Any

from sqlalchemy.orm import Session

from curator.core.recipe import Recipe
from curator.steps.check_leaks import check_leaks, leaks_in_words
from curator.steps.manifest_rows import manifest_rows
from curator.steps.preview_snapshot import preview
from db.progress import Steps
from db.project import Project


def preview_leaks(project: Project, session: Session, recipe: Recipe) -> Steps[dict[str, Any]]:
    """Count what would cross the splits of a recipe as the project stands.

    Returns:
        What JSON can say: `recipe`, `faces`, `pairs` compared, and `leaks`, a sentence for
        each kind that crosses a split.
    """
    chosen = preview(session, recipe).chosen
    faces = manifest_rows(session, chosen, recipe)
    report = yield from check_leaks(project, session, faces, recipe.duplicate_distance)
    return {
        "recipe": recipe.as_json(),
        "faces": len(faces),
        "pairs": report.pairs,
        "leaks": leaks_in_words(report),
    }
