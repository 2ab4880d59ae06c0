"""The figures of FER+, checked where its votes lie beside the repository."""

from pathlib import Path

import pandas as pd
import pytest

from curator.core.labelling.votes_needed import VotesNeededRule
from curator.core.review.agreement import agreement
from tests.benchmarks.ferplus import EMOTIONS, RULES, ferplus_counts, in_random_order, replay

VOTES = Path(__file__).parents[3] / "shared" / "data" / "ferplus" / "fer2013new.csv"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not VOTES.is_file(),
        reason="FER+'s fer2013new.csv does not come with the project; it is looked for in "
        "../shared/data/ferplus",
    ),
]

# Five orders of the raters differ by this much at most from what is known.
NOISE = 0.006


def test_agreement_over_ten_categories() -> None:
    figures = agreement(ferplus_counts(VOTES), resamples=20)
    assert figures.share.value == pytest.approx(0.610, abs=5e-4)
    assert figures.fleiss.value == pytest.approx(0.515, abs=5e-4)
    assert figures.unanimous.value == pytest.approx(0.226, abs=5e-4)
    kappas = {label: figure.value for label, figure in figures.labels.items()}
    assert {label: kappas[label] for label in EMOTIONS} == pytest.approx(
        {
            "happiness": 0.80,
            "surprise": 0.57,
            "neutral": 0.48,
            "anger": 0.48,
            "sadness": 0.41,
            "fear": 0.28,
            "disgust": 0.15,
        },
        abs=5e-3,
    )


def test_agreement_over_the_seven_emotions() -> None:
    figures = agreement(ferplus_counts(VOTES)[list(EMOTIONS)], resamples=20)
    assert figures.share.value == pytest.approx(0.683, abs=5e-4)
    assert figures.fleiss.value == pytest.approx(0.592, abs=5e-4)


@pytest.mark.parametrize("seed", range(5))
def test_asking_by_need_reaches_five_votes_with_three(seed: int) -> None:
    counts = ferplus_counts(VOTES)
    votes = in_random_order(counts, seed)
    three, adaptive, five = (
        replay(votes, rule, counts.shape[1])
        for rule in (RULES["fixed three"], RULES["adaptive, two to five"], RULES["fixed five"])
    )
    assert (three.votes, five.votes) == (3, 5)
    assert adaptive.votes == pytest.approx(3.02, abs=0.02)
    assert adaptive.votes <= 3.1
    assert three.match == pytest.approx(0.755, abs=NOISE)
    assert adaptive.match == pytest.approx(0.798, abs=NOISE)
    assert five.match == pytest.approx(0.796, abs=NOISE)
    assert adaptive.match >= five.match


def test_asking_by_need_leaves_agreement_to_be_measured_on_the_first_two() -> None:
    counts = ferplus_counts(VOTES)
    votes = in_random_order(counts, 0)
    adaptive = agreement(
        pd.DataFrame(replay(votes, RULES["adaptive, two to five"], counts.shape[1]).counts),
        resamples=20,
    )
    first = agreement(
        pd.DataFrame(replay(votes, VotesNeededRule(2, 0, 2), counts.shape[1]).counts), resamples=20
    )
    # The truth is .610 and .515, as above.
    assert first.share.value == pytest.approx(0.610, abs=NOISE)
    assert first.fleiss.value == pytest.approx(0.515, abs=NOISE)
    assert adaptive.share.value == pytest.approx(0.418, abs=NOISE)
