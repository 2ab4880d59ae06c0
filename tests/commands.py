"""Run the `curator` command as a script does."""

import json
import subprocess
import sys
from typing import Any


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `curator` and return what it printed and its exit code."""
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_json(*arguments: str) -> dict[str, Any]:
    """Run `curator … --json` and return its one object."""
    ran = run_command(*arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result
