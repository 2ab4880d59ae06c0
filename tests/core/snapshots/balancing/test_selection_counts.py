"""What is chosen within limits, beside every subset of a few faces."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.core.faces.quality_bounds import Bounds
from curator.core.snapshots.balancing import selection_counts as choosing
from curator.core.snapshots.balancing.balance import (
    CHOSEN,
    LEFT_OVER,
    LOW_AGREEMENT,
    NOT_NEEDED,
    SOURCE_FULL,
    SUBJECT_FULL,
    Targets,
    balance,
)
from curator.core.snapshots.balancing.limits import Limits
from curator.core.snapshots.balancing.selection_counts import scaled_targets
from curator.core.snapshots.balancing.selection_problem import selection_problem
from curator.errors import CuratorError
from db.labels import Expression

Row = tuple[str, str, str]
"""Label, subject ("" for an unknown one), source."""


def make_candidates(*rows: Row) -> pd.DataFrame:
    """Lay out one settled face for each of these."""
    table = pd.DataFrame(rows, columns=["verdict", "subject", "source"]).astype("str")
    table["face_id"] = range(1, len(rows) + 1)
    keys = table["face_id"].astype("str")
    table = table.assign(crop_sha256=keys, votes=2, agreement=1.0, found_subject=None)
    return table.assign(is_keeper=True, is_conflicting=False, is_good=True)


def chosen(faces: pd.DataFrame, targets: Targets | None, limits: Limits) -> pd.DataFrame:
    return faces[balance(faces, targets, 0, limits)["outcome"] == CHOSEN]


def keeps(rows: Sequence[Row], targets: Targets | None, limits: Limits) -> bool:
    """Check a set by counting, apart from how it was chosen."""
    labels, subjects, sources = (Counter(column) for column in zip(*rows, strict=True))
    most = limits.max_per_subject or len(rows)
    full = {subject: count for subject, count in subjects.items() if subject and count > most}
    if full or any(
        not bounds.low - 1e-9 <= sources[name] / len(rows) <= bounds.high + 1e-9
        for name, bounds in limits.source_shares.items()
    ):
        return False
    if targets is None:
        return len({labels[label] for label in Expression}) == 1
    return all(labels[label] <= targets.get(label, 0) for label in Expression)


def sets_of(rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """List every set of these faces, the largest first."""
    for size in range(len(rows), 0, -1):
        yield from combinations(rows, size)


def factor_of(counts: Mapping[str, int], targets: Targets) -> float:
    """Say by how much targets were scaled so that these counts fill them."""
    return min((counts[label] / target for label, target in targets.items() if target), default=0.0)


LABELS = [Expression.HAPPY, Expression.SAD, Expression.FEAR]
row = st.tuples(
    st.sampled_from(LABELS), st.sampled_from(["", "p", "q", "r"]), st.sampled_from("ab")
)
share = st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5])
limits_ = st.builds(
    lambda most, low, width: Limits(
        max_per_subject=most, source_shares={"a": Bounds(low, low + width)}
    ),
    st.sampled_from([None, 1, 2, 3]),
    share,
    share,
)
targets_ = st.fixed_dictionaries({label: st.integers(0, 4) for label in LABELS})


@pytest.mark.slow
@settings(deadline=None, max_examples=75)
@given(st.lists(row, min_size=1, max_size=9), targets_, limits_)
def test_no_set_that_keeps_to_the_limits_is_larger(
    rows: list[Row], targets: Targets, limits: Limits
) -> None:
    found = chosen(make_candidates(*rows), targets, limits)
    largest = next((len(some) for some in sets_of(rows) if keeps(some, targets, limits)), 0)
    assert len(found) == largest
    if largest:
        taken = list(found[["verdict", "subject", "source"]].itertuples(index=False, name=None))
        assert keeps(taken, targets, limits)


@given(
    st.lists(st.tuples(row.map(lambda r: r[1]), st.sampled_from("ab")), min_size=10, max_size=10),
    limits_,
)
def test_no_set_of_all_labels_alike_is_larger(looks: list[tuple[str, str]], limits: Limits) -> None:
    labels = [*Expression, *LABELS]
    rows = [(str(label), *look) for label, look in zip(labels, looks, strict=True)]
    found = chosen(make_candidates(*rows), None, limits)
    assert len(found) == next((len(some) for some in sets_of(rows) if keeps(some, None, limits)), 0)


@pytest.mark.slow
@given(st.lists(row, min_size=1, max_size=8), targets_, limits_)
def test_targets_are_scaled_as_little_as_leaves_none_short(
    rows: list[Row], targets: Targets, limits: Limits
) -> None:
    faces = make_candidates(*rows)
    scaled = dict(
        zip(Expression, scaled_targets(selection_problem(faces, targets, limits)), strict=True)
    )
    assert len(chosen(faces, scaled, limits)) == sum(scaled.values())
    factor = factor_of(scaled, targets)
    assert all(scaled[label] < factor * target + 1 for label, target in targets.items())
    for some in sets_of(rows):
        counts = Counter(face[0] for face in some)
        reached = factor_of(counts, targets)
        rounded = all(counts[label] < reached * target + 1 for label, target in targets.items())
        if rounded and keeps(some, targets, limits):
            assert reached <= factor + 1e-9


@pytest.mark.slow
@given(st.lists(row, min_size=1, max_size=30), targets_, limits_, st.integers(0, 3))
def test_every_reason_for_leaving_a_face_out_is_true_and_order_changes_nothing(
    rows: list[Row], targets: Targets, limits: Limits, seed: int
) -> None:
    faces = make_candidates(*rows)
    outcomes = balance(faces, targets, seed, limits)
    assert outcomes["face_id"].tolist() == faces["face_id"].tolist()
    taken = faces[outcomes["outcome"] == CHOSEN]
    for face, outcome in zip(faces.itertuples(), outcomes["outcome"], strict=True):
        label_is_full = (taken["verdict"] == face.verdict).sum() >= targets.get(
            Expression(str(face.verdict)), 0
        )
        of_subject = (taken["subject"] == face.subject).sum() if face.subject else 0
        subject_is_full = bool(face.subject) and of_subject == limits.max_per_subject
        reason = NOT_NEEDED if label_is_full else SUBJECT_FULL if subject_is_full else SOURCE_FULL
        assert outcome in {CHOSEN, reason}
        assert outcome in {CHOSEN, *LEFT_OVER}
    shuffled = faces.sample(frac=1, random_state=seed)
    again = balance(shuffled, targets, seed, limits)
    assert again.sort_values("face_id")["outcome"].tolist() == outcomes["outcome"].tolist()


@settings(deadline=None)
@given(st.lists(row, max_size=30), targets_, st.integers(0, 3))
def test_limits_that_no_face_meets_change_nothing(
    rows: list[Row], targets: Targets, seed: int
) -> None:
    faces = make_candidates(*rows)
    loose = Limits(max_per_subject=30, source_shares={"a": Bounds(0, 1), "elsewhere": Bounds(0, 1)})
    free = balance(faces, targets, seed)
    assert balance(faces, targets, seed, loose)["outcome"].tolist() == free["outcome"].tolist()


def test_a_subject_gives_the_label_that_no_other_has() -> None:
    faces = make_candidates(("happy", "p", "a"), ("happy", "p", "a"), ("disgust", "p", "a"))
    faces = pd.concat([faces, make_candidates(*[("happy", "", "a")] * 2).assign(face_id=[4, 5])])
    faces.index = pd.RangeIndex(5)
    found = chosen(faces, {Expression.HAPPY: 2, Expression.DISGUST: 1}, Limits(max_per_subject=1))
    assert found["face_id"].tolist() == [3, 4, 5]


def test_a_person_found_by_likeness_is_the_one_that_a_source_names() -> None:
    faces = make_candidates(("happy", "p", "a"), ("happy", "", "b"), ("happy", "", "b"))
    faces["found_subject"] = ["p00001", "p00001", ""]
    found = chosen(faces, {Expression.HAPPY: 3}, Limits(max_per_subject=1))
    assert len(found) == 2
    assert found["face_id"].tolist()[-1] == 3


def test_labels_that_share_subjects_stay_short_alike() -> None:
    rows = [(label, f"p{n}", "a") for n in range(40) for label in ("happy", "sad")]
    targets = {Expression.HAPPY: 40, Expression.SAD: 40}
    found = chosen(make_candidates(*rows), targets, Limits(max_per_subject=1))
    assert found["verdict"].value_counts().to_dict() == {"happy": 20, "sad": 20}


def test_a_source_s_least_share_holds_the_others_down() -> None:
    faces = make_candidates(*[("happy", "", "a")] * 2, *[("happy", "", "b")] * 9)
    limits = Limits(source_shares={"a": Bounds(low=0.25)})
    outcomes = balance(faces, {Expression.HAPPY: 11}, 0, limits)["outcome"]
    assert outcomes.value_counts().to_dict() == {CHOSEN: 8, SOURCE_FULL: 3}
    assert (outcomes[:2] == CHOSEN).all()


def test_a_source_held_down_is_held_down_in_every_label_alike() -> None:
    rows = [
        (label, "", source)
        for label in ("happy", "sad")
        for source, count in (("a", 80), ("b", 40))
        for _ in range(count)
    ]
    targets = {Expression.HAPPY: 60, Expression.SAD: 60}
    found = chosen(make_candidates(*rows), targets, Limits(source_shares={"a": Bounds(high=0.4)}))
    counts = pd.crosstab(found["verdict"], found["source"])
    assert counts.sum().to_dict() == {"a": 48, "b": 72}
    assert np.ptp(counts["a"].to_numpy()) <= 8


def test_a_face_below_the_agreement_is_left_out_and_makes_room() -> None:
    faces = make_candidates(*[("happy", "", "a")] * 3).assign(agreement=[0.6, 0.8, 1.0])
    outcomes = balance(faces, {Expression.HAPPY: 2}, 0, Limits(min_agreement=0.8))["outcome"]
    assert outcomes.tolist() == [LOW_AGREEMENT, CHOSEN, CHOSEN]


def test_subjects_of_several_sources_are_reckoned_with_exactly() -> None:
    rng = np.random.default_rng(0)
    rows = [
        (str(rng.choice(list(Expression))), f"p{rng.integers(60)}", str(rng.choice(["a", "b"])))
        for _ in range(900)
    ]
    limits = Limits(max_per_subject=4, source_shares={"a": Bounds(0.7, 0.9)})
    found = chosen(make_candidates(*rows), dict.fromkeys(Expression, 100), limits)
    assert len(found) == 240
    assert found["subject"].value_counts().max() == 4
    assert 0.7 <= (found["source"] == "a").mean() <= 0.9


def test_a_search_that_is_given_up_says_what_to_loosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_TRIES", 0)
    faces = make_candidates(("happy", "p", "a"), ("happy", "p", "b"))
    limits = Limits(max_per_subject=1, source_shares={"a": Bounds(high=0.5)})
    with pytest.raises(CuratorError, match=r"Loosen or drop one of them\. Received: 0 tries"):
        balance(faces, {Expression.HAPPY: 1}, 0, limits)
