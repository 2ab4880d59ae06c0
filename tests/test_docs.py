"""What the README and the pages of `docs/` say must be there."""

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from curator.core.snapshots.recipe import recipe_from_json
from tests.command_check import PROGRAMS, fault
from tests.doc_pages import (
    NAMES,
    PAGES,
    README,
    ROOT,
    anchors,
    blocks,
    code_spans,
    script_lines,
    targets,
)

LANGUAGES = {"sh", "shell", "json", "python", "text"}
LONGEST_README = 900
OWN_NAME = "fer-curator"
IN_TREE = re.compile(r"(curator|trainer|db|tests|sample_data|scripts|docs)/[\w./-]*")


@pytest.fixture(params=PAGES, ids=NAMES)
def page(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= LONGEST_README


def test_every_link_and_picture_leads_to_something(page: Path) -> None:
    broken = []
    for target in targets(page):
        parts = urlsplit(target)
        there = (page.parent / parts.path).resolve() if parts.path else page
        if not parts.scheme and not (
            there.exists() and (not parts.fragment or parts.fragment in anchors(there))
        ):
            broken.append(target)
    assert broken == []


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / target).resolve() for target in targets(index)}
    assert {path for path in PAGES if path != index} - listed == set()


def test_every_picture_is_shown_on_some_page() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in targets(page)}
    assert set((ROOT / "docs" / "pictures").iterdir()) - shown == set()


def test_the_glossary_explains_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-zA-Z][^|]*) \|", text, flags=re.MULTILINE)
    words = [word for row in rows if row != "word" for word in row.split(", ")]
    assert len(words) > 60
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_a_block_says_what_it_is(page: Path) -> None:
    assert {block.language for block in blocks(page)} - LANGUAGES == set()


def test_every_command_that_is_not_run_is_one_its_program_takes(page: Path) -> None:
    lines = [line for block in blocks(page, "shell") for line in script_lines(block.text)]
    assert {line: why for line in lines if (why := fault(line, is_whole=True))} == {}


def test_every_command_in_a_sentence_is_one_its_program_takes(page: Path) -> None:
    spans = [span for span in code_spans(page) if " " in span and span.split()[0] in PROGRAMS]
    assert {span: why for span in spans if (why := fault(span, is_whole=False))} == {}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("curator freeze --nmae set --recipe even", "--nmae"),
        ("curator freeze --name set", "recipe is missing"),
        ("curator thaw faces@1", "no command 'thaw'"),
        ("curator settle faces@1", "nothing takes"),
        ("trainer benchmark faces@1 --seeds", "requires an argument"),
        ("python -m tests.benchmarks.nothing", "no module"),
        ("make everything", "no target"),
        ("pip install '.[more]'", "expected install"),
        ("git push", "nobody here knows"),
    ],
)
def test_a_wrong_command_is_found(line: str, why: str) -> None:
    assert why in str(fault(line, is_whole=True))


def test_every_file_and_folder_that_is_named_is_there(page: Path) -> None:
    paths = [span.partition("::")[0] for span in code_spans(page)]
    named = [path for path in paths if IN_TREE.fullmatch(path)]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_test_that_is_named_is_there(page: Path) -> None:
    named = [span.partition("::") for span in code_spans(page) if "::" in span]
    gone = [
        f"{path}::{test}"
        for path, _, test in named
        if not any(f"def {test}(" in found.read_text() for found in _tests_at(path))
    ]
    assert gone == []


def _tests_at(path: str) -> list[Path]:
    """Find a file of tests by its path, its name alone, or no name: then all of them."""
    if "/" in path:
        return [ROOT / path]
    return list((ROOT / "tests").rglob(path or "test_*.py"))


def test_every_recipe_shown_is_a_recipe(page: Path) -> None:
    for block in blocks(page, "json"):
        assert recipe_from_json(json.loads(block.text)).seed == 0


def test_every_piece_of_python_can_be_compiled(page: Path) -> None:
    for block in blocks(page, "python"):
        assert compile(block.text, str(page), "exec").co_code


def test_the_decisions_name_every_library() -> None:
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = about["project"]["optional-dependencies"], about["dependency-groups"]
    lists = [about["project"]["dependencies"], *extras.values(), *groups.values()]
    named = [one for libraries in lists for one in libraries if not one.startswith(OWN_NAME)]
    names = {re.split(r"[^\w.-]", library)[0].lower() for library in named}
    told = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").lower()
    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", told)} == set()
