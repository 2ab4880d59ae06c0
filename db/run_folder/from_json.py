"""Nested dataclasses back from what `json.dumps(asdict(…))` wrote."""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

_OF_JSON = frozenset({bool, int, float, str})


def from_json(kind: type[T], content: dict[str, Any]) -> T:
    """Make a dataclass of what JSON says, its fields by their hints.

    Numbers, texts and truths stay as JSON has them. A field that is missing keeps its
    default.

    Raises:
        TypeError: A field that has no default is missing, a name is none of its fields, or a
            value is not of the form that its hint says; the message names each.
    """
    from cattrs import BaseValidationError, transform_error  # noqa: PLC0415 - as in `_converter`

    try:
        return _converter().structure(content, kind)
    except BaseValidationError as error:
        raise TypeError(
            f"{kind.__name__}: {'; '.join(transform_error(error, format_exception=_said))}."
        ) from error


def _said(error: BaseException, kind: type | None) -> str:
    from cattrs.v import format_exception  # noqa: PLC0415 - as in `_converter`

    return f"{error}" if isinstance(error, ValueError) else format_exception(error, kind)


@cache
def _converter() -> "Converter":
    # Here, since it takes some 40 ms, which a page or a command that reads none need not wait.
    from cattrs import Converter  # noqa: PLC0415

    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook_func(_OF_JSON.__contains__, lambda value, _: value)
    return converter
