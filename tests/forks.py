"""Processes that are forked off one which has imported the curator already.

Importing it takes up to two seconds of a core, and hundreds of tests need a process of their
own. That it also starts by itself is proven elsewhere: the app by `browser/test_end_to_end.py`,
the commands by `test_readme.py`.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from typing import Any

import curator.app
import curator.commands


def begin(
    function: Callable[..., None], *arguments: Any, is_daemon: bool = True
) -> ForkServerProcess:
    """Call a function in a process of its own, which knows it by its module and name.

    Args:
        is_daemon: The process ends with this one, and has no processes of its own.
    """
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(_PRELOADED)
    process = forks.Process(target=function, args=arguments, daemon=is_daemon)
    process.start()
    return process


_PRELOADED = [
    "pytest",
    "curator.__main__",
    "tests.makers",
    "tests.one_scan",
    *(
        f"{package.__name__}.{module.name}"
        for package in (curator.app, curator.commands)
        for module in iter_modules(package.__path__)
    ),
]


def begin_command(arguments: Sequence[str], out: Path, errors: Path) -> ForkServerProcess:
    """Run `curator` as a script does, with its output in files."""
    return begin(_run, arguments, dict(os.environ), out, errors, is_daemon=False)


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `curator` to its end; return what it printed and its exit code."""
    with TemporaryDirectory() as folder:
        out, errors = Path(folder, "out"), Path(folder, "errors")
        process = begin_command(arguments, out, errors)
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            ["curator", *arguments], process.exitcode, out.read_text(), errors.read_text()
        )


def _run(arguments: Sequence[str], environment: Mapping[str, str], out: Path, errors: Path) -> None:
    for path, stream in ((out, sys.stdout), (errors, sys.stderr)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    become("curator", arguments, environment)


def become(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Go on as the program of this name, called with arguments in an environment."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [name, *arguments]
    import_module(f"{name}.__main__").main()
