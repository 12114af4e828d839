"""From plain values (YAML, JSON) to frozen dataclasses, each key and type checked; the dataclass is the schema."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from egograph.errors import UsageError
from egograph.spelling import did_you_mean

T = TypeVar("T")

UNSET = "???"  # how YAML says that a value has to be given (OmegaConf)


def build(kind: type[T], values: Mapping[str, Any], at: str = "") -> T:
    """Make a dataclass, and those inside it, from plain values.

    A field that is left out keeps its default. A field that is a union of dataclasses takes the one whose field
    `name` has the given value among its `Literal`s. A list of any length may be given as its one item.

    Args:
        kind: a dataclass.
        values: a value for each field.
        at: the dotted key that the values stand under, for what is said of a fault.

    Raises:
        UsageError: on an unknown key, a missing value, a value of the wrong type, or one that the class refuses.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            right = [dotted(at, name) for name in known]
            raise UsageError(f"{dotted(at, key)}: no such key{did_you_mean(dotted(at, key), right)}")
    hints = get_type_hints(kind)
    arguments = {}
    for name, field in known.items():
        if values.get(name, UNSET) != UNSET:
            arguments[name] = convert(hints[name], values[name], dotted(at, name))
        elif name in values or not _has_default(field):
            raise UsageError(f"{dotted(at, name)}: needs a value; give {dotted(at, name)}=…")
    try:
        return kind(**arguments)
    except ValueError as fault:
        named = str(fault).partition("=")[0] in known
        raise UsageError(dotted(at, str(fault)) if named or not at else f"{at}: {fault}") from fault


def convert(hint: Any, value: Any, at: str) -> Any:
    """Turn a plain value into one of the annotated type, or say at which key it is of another.

    Raises:
        UsageError: as `build` does.
    """
    origin = get_origin(hint)
    if types.NoneType in get_args(hint):
        return None if value is None else convert(_without_none(hint), value, at)
    if options(hint):
        values = _expect(isinstance(value, Mapping), hint, value, at)
        return build(chosen(hint, values, at), values, at)
    if origin is tuple:
        return _convert_tuple(hint, value, at)
    if origin is Literal:
        return _convert_literal(get_args(hint), value, at)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if hint is float:
        return float(_expect(number, hint, value, at))
    if hint in (str, Path):  # a folder may be called 2026, a camera 0
        return hint(str(_expect(number or isinstance(value, str), hint, value, at)))
    if hint is int:
        return _expect(number and isinstance(value, int), hint, value, at)
    return _expect(isinstance(value, hint), hint, value, at)


def options(hint: Any) -> tuple[type, ...]:
    """The dataclasses that a field's annotation lets choose from: none, one, or those of a union."""
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return tuple(kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind))


def chosen(hint: Any, values: Mapping[str, Any], at: str) -> type:
    """The dataclass of a field's annotation that the values are for.

    Raises:
        UsageError: if `name` names none of several.
    """
    kinds = options(hint)
    named = {name: kind for kind in kinds for name in get_args(get_type_hints(kind).get("name"))}
    if len(kinds) == 1 and ("name" not in values or not named):
        return kinds[0]
    if values.get("name") not in named:
        raise UsageError(f"{at}={values.get('name')}: not one of {', '.join(sorted(named))}")
    return named[values["name"]]


def dotted(at: str, name: str) -> str:
    """The key `name` under the key `at`."""
    return f"{at}.{name}" if at else name


def _without_none(hint: Any) -> Any:
    rest = tuple(kind for kind in get_args(hint) if kind is not types.NoneType)
    return Union[rest]  # noqa: UP007 - of one type it is that type


def _convert_literal(right: Sequence[Any], value: Any, at: str) -> Any:
    if not any(value == name and type(value) is type(name) for name in right):
        names = [str(name) for name in right]
        raise UsageError(f"{at}={value}: not one of {', '.join(names)}{did_you_mean(str(value), names)}")
    return value


def _convert_tuple(hint: Any, value: Any, at: str) -> tuple[Any, ...]:
    items = get_args(hint)
    if items[-1] is Ellipsis:
        value = value if isinstance(value, list | tuple) else [value]
        items = (items[0],) * len(value)
    _expect(isinstance(value, list | tuple), hint, value, at)
    _expect(len(items) == len(value), hint, value, at)
    return tuple(convert(item, part, at) for item, part in zip(items, value, strict=True))


def _expect(fits: bool, hint: Any, value: Any, at: str) -> Any:
    if not fits:
        raise UsageError(f"{at}={value}: not {in_words(hint)}")
    return value


def in_words(hint: Any) -> str:
    """A type as a user calls it."""
    plain = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", Path: "a path"}
    if hint in plain:
        return plain[hint]
    if get_origin(hint) is tuple:
        items = get_args(hint)
        many = "a list, each" if items[-1] is Ellipsis else f"a list of {len(items)}, each"
        return f"{many} {in_words(items[0])}"
    return f"a group of keys ({' or '.join(kind.__name__ for kind in options(hint))})"


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING
