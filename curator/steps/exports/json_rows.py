"""The rows of a table as JSON can say them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

_ROWS_A_PART = 1_000


def json_rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each row by the names of its columns; what is missing is None.

    Example:
        >>> list(json_rows(pd.DataFrame({"face_id": [1, 2], "size_px": [75.5, None]})))
        [{'face_id': 1, 'size_px': 75.5}, {'face_id': 2, 'size_px': None}]
    """
    for start in range(0, len(table), _ROWS_A_PART):
        rows = table.iloc[start : start + _ROWS_A_PART]
        known = rows.astype("object").where(rows.notna(), None)
        for row in known.to_dict(orient="records"):
            yield {str(name): value for name, value in row.items()}
