"""The README and the pages of `docs/`, as tests read them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]


@dataclass(frozen=True)
class Block:
    """A fenced block, with the word behind its fence."""

    language: str
    text: str


@cache
def _tokens(path: Path) -> tuple[Token, ...]:
    parser = MarkdownIt("commonmark").enable("table")
    return tuple(parser.parse(path.read_text(encoding="utf-8")))


def blocks(path: Path, language: str | None = None) -> list[Block]:
    """Return the blocks of a page, in their order."""
    found = [
        Block(token.info, token.content)
        for token in _tokens(path)
        if token.type in ("fence", "code_block")
    ]
    return [block for block in found if language in (None, block.language)]


def _inline(path: Path) -> list[Token]:
    return [child for token in _tokens(path) for child in token.children or ()]


def code_spans(path: Path) -> list[str]:
    """Return what stands between backticks in the sentences of a page."""
    return [token.content for token in _inline(path) if token.type == "code_inline"]


def targets(path: Path) -> list[str]:
    """Return where the links and pictures of a page lead."""
    places = {"link_open": "href", "image": "src"}
    return [str(token.attrs[places[token.type]]) for token in _inline(path) if token.type in places]


def anchors(path: Path) -> set[str]:
    """Return the anchors that a page's headings have on GitHub."""
    tokens = _tokens(path)
    titles = [
        "".join(child.content for child in tokens[place + 1].children or ())
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def script_lines(text: str) -> list[str]:
    """Return the commands of a block: continued lines joined, empty ones and comments left out."""
    joined = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in joined if line.strip() and not line.lstrip().startswith("#")]
