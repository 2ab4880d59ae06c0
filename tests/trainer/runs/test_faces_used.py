from pathlib import Path

import pytest

from tests.trainer.data.test_splits import make_rows
from trainer.errors import TrainerError
from trainer.runs.faces_used import check_apart, write_faces_used

BEFORE = make_rows(*[(f"u{n}", "train", "web") for n in range(3)], ("t", "test", "web"))


def test_a_run_that_has_seen_what_is_to_be_held_out_is_refused(tmp_path: Path) -> None:
    write_faces_used(tmp_path, BEFORE)
    rows = BEFORE.assign(split=["train", "validation", "test", "test"])

    with pytest.raises(TrainerError, match=r"was trained on 2 of the faces.*--apart-from"):
        check_apart(tmp_path, rows)


def test_a_run_may_have_tested_on_what_is_held_out(tmp_path: Path) -> None:
    write_faces_used(tmp_path, BEFORE)

    check_apart(tmp_path, BEFORE)


def test_a_run_that_does_not_say_what_it_has_seen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"faces\.parquet is missing"):
        check_apart(tmp_path, BEFORE)
