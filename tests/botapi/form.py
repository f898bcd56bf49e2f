"""Read a request's parameters from its body: url-encoded, JSON or multipart, as Bot API clients send them."""

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any
from urllib.parse import parse_qsl

import msgspec


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    filename: str
    content_type: str
    data: bytes


class UnreadableBodyError(ValueError):
    """The body is not what its content type says."""


def read_body(content_type: str, body: bytes, query: str = "") -> dict[str, Any]:
    """Return the parameters of a body and a query string, values still as they were sent."""
    params: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return params
    if kind == "application/x-www-form-urlencoded":
        params |= parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    elif kind == "application/json":
        try:
            given = msgspec.json.decode(body)
        except msgspec.DecodeError as error:
            raise UnreadableBodyError(str(error)) from error
        if not isinstance(given, dict):
            raise UnreadableBodyError("a JSON body must be an object")
        params |= given
    elif kind == "multipart/form-data":
        params |= _multipart(content_type, body)
    else:
        raise UnreadableBodyError(f"content type {kind!r}")
    return params


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    boundary = _headers(f"Content-Type: {content_type}".encode()).get_param("boundary")
    if not isinstance(boundary, str):
        raise UnreadableBodyError("multipart without a boundary")
    params: dict[str, Any] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if part.startswith(b"--"):
            return params
        head, found, data = part.partition(b"\r\n\r\n")
        headers = _headers(head.removeprefix(b"\r\n"))
        name = headers.get_param("name", header="content-disposition")
        if not found or not isinstance(name, str):
            raise UnreadableBodyError("a part without a name")
        filename = headers.get_filename()
        params[name] = (
            Upload(filename, headers.get_content_type(), data) if filename is not None else data.decode()
        )
    raise UnreadableBodyError("multipart without an end")


def _headers(raw: bytes) -> Message:
    return BytesHeaderParser().parsebytes(raw + b"\r\n\r\n")
