import pytest

from curator.core.balance import PAPER_9K
from curator.core.recipe import PRESETS, Recipe, recipe_from_json
from db.labels import Expression


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_survives_the_round_trip_through_json(name: str) -> None:
    assert recipe_from_json(PRESETS[name].as_json()) == PRESETS[name]


def test_what_is_left_out_of_a_recipe_keeps_its_default() -> None:
    recipe = recipe_from_json({"targets": {"happy": 5}, "rule": {"min_votes": 1}})
    assert recipe.targets == {Expression.HAPPY: 5}
    assert recipe.rule.min_votes == 1
    assert recipe.rule.min_share == 0.6


def test_a_choice_that_no_recipe_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: 'sed'"):
        recipe_from_json({"sed": 3})


def test_a_target_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Recipe(targets=PAPER_9K | {Expression.SAD: -1})
