"""Run the `curator` command as a script does."""

import json
from typing import Any

from tests.forks import run_command

__all__ = ["run_command", "run_json"]


def run_json(*arguments: str) -> dict[str, Any]:
    """Run `curator … --json` and return its one object."""
    ran = run_command(*arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result
