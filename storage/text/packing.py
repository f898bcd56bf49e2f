"""Learned numbers as text, for the files that hold a model. Called by both engines of the triage and by meaning.py."""

import base64
import sys
import zlib
from array import array
from collections.abc import Iterable

STEP = 1 / 1024
"""What one unit of a stored weight is worth."""


def steps(values: Iterable[float]) -> "array[int]":
    """Round numbers to whole steps, cut off where sixteen bits end."""
    return array("h", (max(-32768, min(32767, round(value / STEP))) for value in values))


def pack(values: "array[int]") -> str:
    """Write whole steps as text."""
    values = values[:]
    if sys.byteorder == "big":
        values.byteswap()
    return base64.b85encode(zlib.compress(values.tobytes(), 9)).decode()


def unpack(stored: str, count: int) -> "array[int]":
    """Read what `pack` wrote. Errors: ValueError if it is not `count` numbers; zlib.error if it is none at all."""
    values = array("h", zlib.decompress(base64.b85decode(stored)))
    if sys.byteorder == "big":
        values.byteswap()
    if len(values) != count:
        raise ValueError("the model's weights are cut short")
    return values
