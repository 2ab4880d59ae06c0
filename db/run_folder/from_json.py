"""Nested dataclasses back from what `json.dumps(asdict(…))` wrote."""

from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def from_json(kind: type[T], content: dict[str, Any]) -> T:
    """Make a dataclass of what JSON says, its fields by their hints.

    Hints may be other dataclasses, enums, `tuple[X, …]`, `dict[str, X]`, `X | None` and
    whatever JSON itself knows. A field that is missing keeps its default.

    Raises:
        TypeError: A field that has no default is missing, or a name is none of its fields.
    """
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    made = {name: _made(hints[name], value) for name, value in content.items() if name in known}
    return kind(**made, **{name: content[name] for name in content.keys() - known})


def _made(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is UnionType:
        (hint,) = (one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is tuple:
        return _made_tuple(get_args(hint), value)
    if get_origin(hint) is dict:
        return {key: _made(get_args(hint)[1], one) for key, one in value.items()}
    if is_dataclass(hint):
        return from_json(hint, value)  # type: ignore[arg-type]
    return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value


def _made_tuple(hints: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    each = hints[:1] * len(values) if hints[-1] is Ellipsis else hints
    return tuple(_made(hint, value) for hint, value in zip(each, values, strict=True))
