from pathlib import Path

import pytest

from db.files.staged_folder import staged_folder


def test_what_is_moved_into_place_stays_and_nothing_else(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "out") as aside:
        assert aside.name.startswith("out.aside-")
        (aside / "whole").mkdir()
        (aside / "whole").rename(tmp_path / "out")
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with staged_folder(tmp_path / "out") as aside:
            (aside / "half").write_text("half")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_the_dead_left_is_swept_and_what_is_at_work_is_not(tmp_path: Path) -> None:
    dead = tmp_path / "out.aside-0123456789ab"
    dead.mkdir()
    (dead / "half").write_text("half")
    with staged_folder(tmp_path / "out") as first, staged_folder(tmp_path / "out") as second:
        assert sorted(tmp_path.iterdir()) == sorted([first, second])


def test_what_was_left_for_another_place_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other.aside-0123456789ab"
    other.mkdir()
    with staged_folder(tmp_path / "*"):
        pass
    assert list(tmp_path.iterdir()) == [other]
