"""Check requests and objects against the table: names, required fields, types, nested objects, content.

The server checks requests with `read`; tests check one with `check`, and raw updates with `object_errors`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.botapi.content import problems
from tests.botapi.form import Upload
from tests.botapi.table import Kind, item_of, table

Params = dict[str, Any]

_INTEGER = re.compile(r"-?\d+")
_ATTACHED = re.compile(r"attach://([^\"\\]+)")
_INTEGER_LIMIT = 2**63
_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}
_PLAIN = frozenset({"Integer", "Float", "Boolean", "String", "InputFile"})


def check(method: str, params: Mapping[str, object]) -> list[str]:
    """Return everything wrong with a request, nothing if it is clean.

    **Shape**: values as a form field carries them (strings, objects as JSON) or a JSON body, files as `Upload`.
    """
    return read(method, params)[1]


def read(method: str, params: Mapping[str, object]) -> tuple[Params, list[str]]:
    """Return a request's parameters with their real types, and everything wrong with them."""
    fields = table().methods.get(method)
    if fields is None:
        return dict(params), [f"{method}: unknown method"]
    typed: Params = {}
    errors: list[str] = []
    attached = {name for key in params for name in _attached(fields.get(key), params[key])}
    for name, value in params.items():
        if name not in fields:
            if not (name in attached and isinstance(value, Upload)):
                errors.append(f"{method}.{name}: unknown parameter")
            continue
        try:
            typed[name] = _from_form(fields[name], value)
        except ValueError:
            errors.append(f"{method}.{name}: {value!r:.60} is not {' or '.join(fields[name].alternatives)}")
            continue
        errors += _value(fields[name], typed[name], f"{method}.{name}")
    errors += [
        f"{method}.{name}: missing" for name, kind in fields.items() if kind.required and name not in typed
    ]
    errors += [f"{method}: no file is sent as {name}" for name in sorted(attached - params.keys())]
    if not errors:
        errors = [f"{method}: {problem}" for problem in problems(method, typed)]
    return typed, errors


def object_errors(kind: str, value: object) -> list[str]:
    """Return what is wrong with an object that should be of a type of the table, such as `Update`."""
    return list(_alternative(kind, value, kind))


def _attached(kind: Kind | None, value: object) -> list[str]:
    """Return the parts of the request that a parameter says its files are in."""
    if kind is None or kind.alternatives == ("String",) or isinstance(value, Upload):
        return []
    return _ATTACHED.findall(value if isinstance(value, str) else json.dumps(value))


def _from_form(kind: Kind, value: object) -> object:
    if not isinstance(value, str):
        return value
    if "Integer" in kind.alternatives and _INTEGER.fullmatch(value):
        return int(value)
    if "String" in kind.alternatives:
        return value
    if kind.alternatives == ("Boolean",):
        return _BOOLEANS.get(value, value)
    if kind.alternatives == ("Float",):
        return float(value)
    return json.loads(value) if not _PLAIN.issuperset(kind.alternatives) else value


def _value(kind: Kind, value: object, path: str) -> Iterator[str]:
    if kind.constant is not None and value != kind.constant:
        yield f"{path}: {value!r:.60} is not {kind.constant!r}"
        return
    first: list[str] = []
    for alternative in kind.alternatives:
        wrong = list(_alternative(alternative, value, path))
        if not wrong:
            return
        first = min((first, wrong), key=len) if first else wrong
    if len(kind.alternatives) > 1 and not isinstance(value, dict | list):
        yield f"{path}: {value!r:.60} is not {' or '.join(kind.alternatives)}"
    else:
        yield from first


def _alternative(name: str, value: object, path: str) -> Iterator[str]:
    item = item_of(name)
    if item is not None:
        yield from _array(item, value, path)
    elif name in _PLAIN:
        if not _is_plain(name, value):
            yield f"{path}: {value!r:.60} is not {name}"
    elif not isinstance(value, dict):
        yield f"{path}: {value!r:.60} is not {name}"
    elif name in table().unions:
        yield from _union(name, value, path)
    else:
        yield from _object(name, value, path)


def _array(item: str, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f"{path}: {value!r:.60} is not Array of {item}"
        return
    for index, entry in enumerate(value):
        yield from _alternative(item, entry, f"{path}[{index}]")


def _is_plain(name: str, value: object) -> bool:
    if name == "Integer":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INTEGER_LIMIT
    if name == "Float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if name == "Boolean":
        return isinstance(value, bool)
    return isinstance(value, Upload if name == "InputFile" else str)


def _union(name: str, value: dict[str, object], path: str) -> Iterator[str]:
    best: list[str] | None = None
    for subtype in table().unions[name]:
        wrong = list(_alternative(subtype, value, path))
        if not wrong:
            return
        tagged = any(
            kind.constant == value.get(tag)
            for tag, kind in table().types.get(subtype, {}).items()
            if kind.constant
        )
        if tagged or best is None:
            best = wrong
    yield from best or [f"{path}: {value!r:.60} is not {name}"]


def _object(name: str, value: dict[str, object], path: str) -> Iterator[str]:
    fields = table().types[name]
    for field, kind in fields.items():
        if field in value:
            yield from _value(kind, value[field], f"{path}.{field}")
        elif kind.required:
            yield f"{path}.{field}: missing"
    for field in value.keys() - fields.keys():
        yield f"{path}.{field}: unknown field of {name}"
