"""Whether a command line that stands on a page is one that its program takes."""

import re
import shlex
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from typer.exceptions import TyperException
from typer.main import get_command

from curator.__main__ import command_line
from tests.doc_pages import ROOT
from trainer.__main__ import app as trainer


def fault(line: str, *, is_whole: bool) -> str | None:
    """Say why a program would refuse a command line before it does anything.

    Args:
        is_whole: Whether its arguments must all be there; a sentence may name a command alone.

    Returns:
        The reason; None where there is none.
    """
    first, _, rest = line.partition(" && ")
    if rest:
        return fault(first, is_whole=is_whole) or fault(rest, is_whole=is_whole)
    words = shlex.split(line, comments=True)
    while words and "=" in words[0]:
        words = words[1:]  # a variable that is set for this command
    if not words or words[0] == "export":
        return None
    program = re.sub(r"^[\w.]+/bin/", "", words[0])
    if program not in PROGRAMS:
        return f"nobody here knows the program {program!r}"
    return PROGRAMS[program](words[1:], is_whole=is_whole)


@cache
def _command(program: str) -> Any:
    return get_command(command_line() if program == "curator" else trainer)


def _ours(program: str) -> Callable[..., str | None]:
    def check(words: list[str], *, is_whole: bool) -> str | None:
        command = _command(program)
        while words and not words[0].startswith("-") and hasattr(command, "commands"):
            if words[0] not in command.commands:
                return f"there is no command {words[0]!r}"
            command, words = command.commands[words[0]], words[1:]
        return _refused(command, words, is_whole=is_whole)

    return check


def _refused(command: Any, words: list[str], *, is_whole: bool) -> str | None:
    context = command.make_context(command.name, [], resilient_parsing=True)
    context.resilient_parsing = False
    try:
        given, left, _ = command.make_parser(context).parse_args(list(words))
    except TyperException as error:
        return str(error)
    if left and not hasattr(command, "commands"):
        return f"nothing takes {left}"
    missing = [p.name for p in command.params if p.required and given.get(p.name) is None]
    if is_whole and missing:
        return f"{', '.join(missing)} is missing"
    return None


def _python(words: list[str], *, is_whole: bool) -> str | None:  # noqa: ARG001 - one shape for all
    is_there = words[:1] == ["-m"] and len(words) > 1 and find_spec(words[1]) is not None
    return None if is_there else f"there is no module {words}"


def _pytest(words: list[str], *, is_whole: bool) -> str | None:  # noqa: ARG001
    gone = [word for word in words if not (ROOT / word).exists()]
    return f"{gone} is not there" if gone else None


def _make(words: list[str], *, is_whole: bool) -> str | None:  # noqa: ARG001
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = {line.partition(":")[0] for line in lines if "## " in line}
    variables = {line.split()[0] for line in lines if " = " in line}
    known = targets | variables
    strange = [word for word in words if word.partition("=")[0] not in known]
    return f"there is no target {strange}" if strange else None


def _pip(words: list[str], *, is_whole: bool) -> str | None:  # noqa: ARG001
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = about["project"]["optional-dependencies"]
    ours = [f"{name}[{extra}]" for extra in extras for name in (".", about["project"]["name"])]
    wanted = [".", "tensorflow[and-cuda]", *ours]
    if words[0] == "install" and all(word in wanted for word in words[1:]):
        return None
    return f"expected install and one of {wanted}"


def _any(words: list[str], *, is_whole: bool) -> str | None:  # noqa: ARG001
    return None


PROGRAMS: dict[str, Callable[..., str | None]] = {
    "curator": _ours("curator"),
    "trainer": _ours("trainer"),
    "python": _python,
    "python3": _python,
    "pytest": _pytest,
    "make": _make,
    "pip": _pip,
    "tensorboard": _any,
    "echo": _any,
}
"""What checks the command lines of each program; any other program is a fault."""
