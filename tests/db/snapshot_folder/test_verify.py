import json
from pathlib import Path

import pytest

from db.files.blobs import sha256_of
from db.snapshot_folder.verify import damaged_files
from tests.db.snapshot_folder.test_manifest import FIRST_FORMAT, make_folder, make_row

CROPS = (b"one", b"two", b"three")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [make_row(n, crop_sha256=sha256_of(crop)) for n, crop in enumerate(CROPS)]
    return make_folder(tmp_path / "set@1", *rows, files=CROPS)


def crop(content: bytes) -> str:
    return f"crops/{sha256_of(content)}.png"


def test_a_folder_as_it_was_frozen_has_no_problem(folder: Path) -> None:
    assert damaged_files(folder) == []


def test_changed_missing_and_extra_crops_are_each_named(folder: Path) -> None:
    (folder / crop(b"one")).write_bytes(b"onE")
    (folder / crop(b"two")).unlink()
    (folder / "crops" / "extra.png").write_bytes(b"extra")
    assert damaged_files(folder) == [
        f"{crop(b'two')} is missing",
        "crops/extra.png is not in the manifest",
        f"{crop(b'one')} has been changed",
    ]


@pytest.mark.parametrize("name", ["README.md", "snapshot.json", "recipe.json", "manifest.parquet"])
def test_a_flipped_bit_is_found_wherever_it_is_and_the_file_named(folder: Path, name: str) -> None:
    path = folder / name
    content = path.read_bytes()
    for place in range(0, len(content), max(len(content) // 60, 1)):
        for bit in (1, 32):
            changed = content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]
            path.write_bytes(changed)
            problems = damaged_files(folder)
            assert any(name in problem for problem in problems), (place, bit, problems)
    path.write_bytes(content)
    assert damaged_files(folder) == []


def test_files_that_came_or_went_are_named(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "README.md").unlink()
    assert damaged_files(folder) == [
        "README.md is missing",
        "notes.txt does not belong to the snapshot",
    ]


def test_a_forged_hash_is_found_by_the_seal(folder: Path) -> None:
    about = json.loads((folder / "snapshot.json").read_text())
    (folder / "snapshot.json").write_text(json.dumps(about | {"version": 7}, indent=2) + "\n")
    assert damaged_files(folder) == ["snapshot.json has been changed"]


def test_without_a_manifest_the_rest_is_still_told(folder: Path) -> None:
    (folder / "manifest.parquet").unlink()
    assert damaged_files(folder) == [
        "manifest.parquet is missing",
        "The crops were not compared: what names them cannot be trusted.",
    ]


def test_the_first_format_is_checked_as_far_as_it_says_what_was_frozen() -> None:
    problems = damaged_files(FIRST_FORMAT)
    assert len(problems) == 7
    assert all(problem.endswith(".png is missing") for problem in problems)
