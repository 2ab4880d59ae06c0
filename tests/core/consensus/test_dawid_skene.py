import numpy as np
import pandas as pd
import pytest

from curator.core.consensus.consensus import SHARES
from curator.core.consensus.dawid_skene import dawid_skene
from curator.core.consensus.vote_matrix import VoteMatrix, coded
from curator.core.consensus.weighted_votes import reliabilities, weighted_shares
from db.labels import ConsensusMethod, Expression
from tests.makers import annotation_rows

FEAR, SURPRISE = Expression.FEAR, Expression.SURPRISE


def simulated(
    faces: int = 300, *, skills: tuple[float, ...], labels: int = 4, seed: int = 0
) -> tuple[pd.DataFrame, np.ndarray]:
    """Annotations of annotators with these chances to be right, and what the faces show."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(labels, size=faces)
    rows = []
    for who, skill in enumerate(skills, start=1):
        is_right = rng.random(faces) < skill
        said = np.where(is_right, truth, rng.integers(labels, size=faces))
        rows += [(face, who, str(list(Expression)[code])) for face, code in enumerate(said)]
    return annotation_rows(*rows), truth


def seven(annotations: pd.DataFrame) -> VoteMatrix:
    return coded(annotations, Expression)


def test_it_finds_who_can_be_relied_on_and_outdoes_the_majority() -> None:
    annotations, truth = simulated(skills=(0.95, 0.95, 0.1, 0.1, 0.1))
    votes = seven(annotations)
    right = {
        method: float((SHARES[method](votes).argmax(axis=1) == truth).mean())
        for method in ConsensusMethod
    }
    assert right[ConsensusMethod.DAWID_SKENE] > right[ConsensusMethod.MAJORITY] + 0.05
    assert right[ConsensusMethod.WEIGHTED] > right[ConsensusMethod.MAJORITY] + 0.05


def test_it_learns_what_somebody_takes_for_what() -> None:
    agreed = [(face, who, "fear" if face < 30 else "sad") for face in range(60) for who in (1, 2)]
    confused = [(face, 3, "surprise" if face < 30 else "sad") for face in range(60)]
    found = dawid_skene(seven(annotation_rows(*agreed, *confused)))
    fear, surprise = (list(Expression).index(label) for label in (FEAR, SURPRISE))
    # 30 times said, and one time more that is spread over the three labels that were given.
    assert found.confusions[2, fear, surprise] == pytest.approx((30 + 1 / 3) / 31, abs=1e-3)


def test_probabilities_and_confusions_sum_to_one_and_unsaid_labels_have_none() -> None:
    annotations, _ = simulated(faces=50, skills=(0.8, 0.6), labels=3)
    found = dawid_skene(seven(annotations))
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1)
    np.testing.assert_allclose(found.confusions.sum(axis=2), 1)
    assert not found.posterior[:, 3:].any()


def test_it_ends_by_its_tolerance_and_says_the_same_each_time() -> None:
    votes = seven(simulated(skills=(0.8, 0.7, 0.6))[0])
    one, other = dawid_skene(votes), dawid_skene(votes)
    assert 1 < one.rounds < 200
    np.testing.assert_array_equal(one.posterior, other.posterior)
    assert dawid_skene(votes, most_rounds=2).rounds == 2


def as_crowd_kit_takes_them(annotations: pd.DataFrame) -> pd.DataFrame:
    names = {"face_id": "task", "annotator_id": "worker", "verdict": "label"}
    return annotations.rename(columns=names).astype({"label": "object"})


# Importing crowd-kit takes seconds: it brings transformers.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_dawid_skene_gives_what_crowd_kit_gives() -> None:
    from crowdkit.aggregation import DawidSkene  # noqa: PLC0415 - slow

    annotations, _ = simulated(skills=(0.9, 0.8, 0.6, 0.4, 0.2))
    theirs = DawidSkene(n_iter=30, tol=-1).fit_predict_proba(as_crowd_kit_takes_them(annotations))
    ours = dawid_skene(seven(annotations), smoothing=0, tolerance=-1, most_rounds=30)
    expected = theirs.sort_index().reindex(columns=list(map(str, Expression)), fill_value=0)
    np.testing.assert_allclose(ours.posterior, expected.to_numpy(), atol=1e-6)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_weighted_shares_are_those_of_crowd_kit_where_no_majority_is_shared() -> None:
    from crowdkit.aggregation import MajorityVote, Wawa  # noqa: PLC0415 - slow

    # Three annotators and two labels: there is always one majority.
    annotations, _ = simulated(skills=(0.9, 0.7, 0.3), labels=2)
    fitted = Wawa().fit(as_crowd_kit_takes_them(annotations))
    votes = seven(annotations)
    assert fitted.skills_ is not None
    np.testing.assert_allclose(reliabilities(votes), fitted.skills_.sort_index())
    # What its `predict_proba` calls; that itself does not know today's scikit-learn.
    weighted = MajorityVote().fit_predict_proba(
        as_crowd_kit_takes_them(annotations), skills=fitted.skills_
    )
    expected = weighted.sort_index()
    labels = list(map(str, Expression))
    np.testing.assert_allclose(
        weighted_shares(votes), expected.reindex(columns=labels, fill_value=0).fillna(0)
    )


def test_who_never_agrees_still_settles_what_nobody_else_has_seen() -> None:
    votes = seven(annotation_rows((1, 1, "sad"), (1, 2, "sad"), (1, 3, "fear"), (2, 3, "happy")))
    assert weighted_shares(votes)[1].max() == 1
