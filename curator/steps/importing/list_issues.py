"""What an import left out: by reason to be read, and whole to be taken along."""

import csv
import io
from collections.abc import Iterable, Mapping

import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def issues_by_reason(issues: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Count issues by their reason, the most frequent first.

    Args:
        issues: Each with `item` and `reason`, as a job's result holds them.

    Returns:
        `reason` (str), `times` (int) and `items` (str), the first three of them.
    """
    items: dict[str, list[str]] = {}
    for issue in issues:
        items.setdefault(issue["reason"], []).append(issue["item"])
    rows = [(reason, len(named), _first(named)) for reason, named in items.items()]
    rows.sort(key=lambda row: -row[1])
    return pd.DataFrame(rows, columns=["reason", "times", "items"])


def _first(items: list[str]) -> str:
    return ", ".join(items[:3]) + (" …" if len(items) > 3 else "")


def issues_csv(issues: Iterable[Mapping[str, str]]) -> bytes:
    """Write all issues as CSV, in their order.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    rows = ([_plain(issue["item"]), _plain(issue["reason"])] for issue in issues)
    csv.writer(text, lineterminator="\n").writerows([("item", "reason"), *rows])
    return text.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
