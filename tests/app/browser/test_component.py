"""What a browser is told to fetch is there, so that no page comes without its look or its keys."""

import re
from pathlib import Path

import pytest

from curator.app.browser.component import COMPONENTS, FOLDER

_SCRIPT_IMPORT = re.compile(r'^import .* from "(.+)";$', re.MULTILINE)
_STYLE_IMPORT = re.compile(r'^@import "(.+)";$', re.MULTILINE)


def fetched(first: Path, pattern: re.Pattern[str]) -> list[Path]:
    """List a file and all that it imports, each once."""
    files = [first]
    for file in files:
        named = pattern.findall(file.read_text(encoding="utf-8"))
        found = [(file.parent / name).resolve() for name in named]
        files += [path for path in found if path not in files]
    return files


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_import_of_a_component_leads_to_a_file_below_the_served_folder(name: str) -> None:
    files = [
        *fetched(FOLDER / f"{COMPONENTS[name]}.js", _SCRIPT_IMPORT),
        *fetched(FOLDER / f"{COMPONENTS[name]}.css", _STYLE_IMPORT),
    ]
    assert len(files) > 2
    assert all(file.is_relative_to(FOLDER.resolve()) for file in files)


@pytest.mark.parametrize("name", ["labeller", "verifier", "duplicates"])
def test_the_buttons_of_three_components_are_told_once(name: str) -> None:
    own, shared = fetched(FOLDER / f"{COMPONENTS[name]}.css", _STYLE_IMPORT)
    assert shared == FOLDER.resolve() / "shared" / "common.css"
    rules = [
        set(re.findall(r"^(button[^{]*?) \{", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in (own, shared)
    ]
    assert {"button", "button kbd", "button .hint", "button:disabled"} <= rules[1]
    assert not {"button kbd", "button .hint", "button:disabled"} & rules[0]
