"""Every command of the README is run, in its order, in a folder of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from curator.core.snapshots.recipe import recipe_from_json
from tests.commands import run_json

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.slow
def test_the_commands_run_in_their_order(tmp_path: Path) -> None:
    (script,) = blocks("sh")
    (tmp_path / "sample_data").mkdir()
    shutil.copytree(ROOT / "sample_data" / "photos", tmp_path / "sample_data" / "photos")
    shutil.copy(ROOT / "sample_data" / "labels.csv", tmp_path / "sample_data")
    commands = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": commands},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    frozen = run_json("status", "--project", str(tmp_path / "demo"))
    assert (frozen["images"], frozen["snapshots"]) == (408, 1)
    assert (tmp_path / "model" / "card.json").is_file()
    assert list((tmp_path / "exported" / "test" / "happy").glob("*.png"))


def test_the_recipe_shown_is_a_recipe() -> None:
    (text,) = blocks("json")
    assert recipe_from_json(json.loads(text)).seed == 0


def test_every_picture_shown_is_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
