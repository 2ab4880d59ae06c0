import json

import pytest

from curator.core.consensus.consensus import ConsensusRule
from curator.core.faces.quality_bounds import DEFAULT_BOUNDS, Bounds
from curator.core.snapshots.balancing.balance import PAPER_9K
from curator.core.snapshots.recipe import PRESETS, Recipe, recipe_from_json
from db.files.blobs import sha256_of
from db.labels import ConsensusMethod, Expression
from db.snapshot_folder.manifest import canonical_json


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


def test_bounds_of_quality_survive_the_round_trip_through_json() -> None:
    stored = {"quality": {"size_px": [40, None], "yaw_degrees": [-30, 30]}}
    recipe = recipe_from_json(stored)
    assert recipe.quality == {"size_px": Bounds(low=40), "yaw_degrees": Bounds(-30, 30)}
    assert recipe.as_json()["quality"] == stored["quality"]
    assert recipe_from_json({"quality": "default"}).quality == DEFAULT_BOUNDS


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("good", r"`quality` must be \"default\", or .*Received: 'good'"),
        ({"size_px": 40}, r"`quality` must be \"default\""),
        ({"beauty": [1, None]}, r"has bounds on size_px, .*Received: 'beauty'"),
    ],
)
def test_bounds_that_are_none_are_refused(stated: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recipe_from_json({"quality": stated})


def test_limits_and_leaky_splits_survive_the_round_trip_through_json() -> None:
    recipe = Recipe(
        targets=PAPER_9K,
        min_agreement=0.8,
        max_per_subject=5,
        source_shares={"CK+": Bounds(0.1, 0.5), "web": Bounds(high=0.9)},
        splits="leaky, for comparison",
    )
    stored = json.loads(canonical_json(recipe.as_json()))
    assert stored["source_shares"] == {"CK+": [0.1, 0.5], "web": [None, 0.9]}
    assert (stored["min_agreement"], stored["max_per_subject"]) == (0.8, 5)
    assert recipe_from_json(stored) == recipe
    assert not recipe_from_json(stored).deals_whole_units


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"min_agreement": 80}, r"`min_agreement` must be from 0 to 1\. Received: 80"),
        ({"max_per_subject": 0}, r"`max_per_subject` must be at least 1, .*Received: 0"),
        ({"source_shares": {"CK+": 0.5}}, r"a smallest and a largest share a source"),
        ({"source_shares": {"CK+": [20, None]}}, r"from 0 to 1\. Received: 20 to inf for 'CK\+'"),
        ({"source_shares": {"a": [0.6, 1], "b": [0.5, 1]}}, r"at most 1\. Received: 1\.1"),
        ({"splits": "leaky"}, r"'whole units' or 'leaky, for comparison'\. Received: 'leaky'"),
    ],
)
def test_limits_that_are_none_are_refused(stated: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recipe_from_json(stated)


def test_a_target_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Recipe(targets=PAPER_9K | {Expression.SAD: -1})


def test_a_recipe_of_the_majority_keeps_the_bytes_it_had_before_there_were_methods() -> None:
    hashed = sha256_of(canonical_json(Recipe(targets=None).as_json()))
    assert hashed == "1d0e843660a4883cb34fbdfa6f78397a9ff8534903cd7f88364e59a97193f107"


def test_a_recipe_without_a_method_means_the_majority() -> None:
    stored = {"rule": {"min_votes": 3, "min_share": 0.7}}
    assert recipe_from_json(stored).rule == ConsensusRule(3, 0.7, ConsensusMethod.MAJORITY)


@pytest.mark.parametrize("method", list(ConsensusMethod))
def test_a_method_survives_the_round_trip_through_json(method: ConsensusMethod) -> None:
    recipe = Recipe(targets=None, rule=ConsensusRule(method=method))
    read = recipe_from_json(json.loads(canonical_json(recipe.as_json())))
    assert read == recipe
    assert read.rule.method is method


def test_a_method_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"majority, weighted, dawid-skene\. Received: 'vote'"):
        recipe_from_json({"rule": {"method": "vote"}})
