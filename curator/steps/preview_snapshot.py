"""Say which faces a recipe would freeze, what it lacks, and what could be done about it."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from curator.core.balance import CHOSEN, Targets, balance
from curator.core.recipe import Recipe
from curator.core.remedies import Floor, floors, scaled_down
from curator.core.shortages import in_words, shares_in_words, shortages
from curator.steps.recipe_faces import recipe_faces


@dataclass(frozen=True)
class Preview:
    """What a recipe would choose as the project stands.

    Attributes:
        recipe: The recipe.
        chosen: The chosen faces as `recipe_faces` returns them.
        outcomes: One row per outcome: `outcome` (str), `faces` (int), adding up to all.
        shortages: What `curator.core.shortages.shortages` returns.
        sentences: What is short, in words; empty where nothing is.
        floors: What the set would gain without one floor, most first.
        scaled: The targets scaled down until none is short; None where they are none or
            nothing is short.
    """

    recipe: Recipe
    chosen: pd.DataFrame
    outcomes: pd.DataFrame
    shortages: pd.DataFrame
    sentences: list[str]
    floors: list[Floor]
    scaled: Targets | None


def preview(session: Session, recipe: Recipe, *, with_remedies: bool = False) -> Preview:
    """Choose faces by a recipe without freezing anything.

    Args:
        session: A reading session.
        recipe: What is wanted.
        with_remedies: Reckon also `floors` and `scaled`, which is as much work again for
            each floor.

    Raises:
        CuratorError: No set keeps to the recipe's limits.
    """
    faces = recipe_faces(session, recipe)
    outcomes = balance(faces, recipe.targets, recipe.seed, recipe.limits)
    counts = outcomes["outcome"].value_counts().rename_axis("outcome").reset_index(name="faces")
    lacks = shortages(faces, outcomes, recipe.targets)
    is_short = recipe.targets is None or bool(lacks["short"].any())
    return Preview(
        recipe,
        faces[outcomes["outcome"] == CHOSEN],
        counts,
        lacks,
        _in_words(faces, outcomes, lacks, recipe),
        floors=_floors(faces, recipe) if is_short and with_remedies else [],
        scaled=_scaled(faces, recipe) if is_short and with_remedies else None,
    )


def _in_words(
    faces: pd.DataFrame, outcomes: pd.DataFrame, lacks: pd.DataFrame, recipe: Recipe
) -> list[str]:
    impossible = shares_in_words(faces, outcomes, recipe.limits)
    return [*([impossible] if impossible else []), *in_words(lacks, recipe.targets)]


def _floors(faces: pd.DataFrame, recipe: Recipe) -> list[Floor]:
    return floors(faces, recipe.targets, recipe.limits, recipe.quality)


def _scaled(faces: pd.DataFrame, recipe: Recipe) -> Targets | None:
    return recipe.targets and scaled_down(faces, recipe.targets, recipe.limits)
