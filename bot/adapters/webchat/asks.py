"""The shapes of what the page posts. Every act has a `client_id` of the page's own, so that twice is once."""

from __future__ import annotations

from typing import Annotated

import msgspec

DIGITS = 18  # of a message number or revision; more does not fit the database
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_ClientId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Number = Annotated[int, msgspec.Meta(ge=1, lt=10**DIGITS)]


class _Act(msgspec.Struct, kw_only=True, frozen=True, rename={"as_": "as"}):
    """Who does it, and the page's own key for it."""

    as_: _Name
    client_id: _ClientId


class Say(_Act, kw_only=True, frozen=True):
    """Post words."""

    chat: _Name
    text: str
    reply_to: _Number | None = None


class Upload(_Act, kw_only=True, frozen=True):
    """Post a picture; the body is the picture, this is the query."""

    chat: _Name
    text: str = ""
    reply_to: _Number | None = None


class Start(_Act, kw_only=True, frozen=True):
    """Open one's private chat by a deep link."""

    data: Annotated[str, msgspec.Meta(max_length=256)] = ""


class Edit(_Act, kw_only=True, frozen=True):
    """Change one's own words."""

    chat: _Name
    message: _Number
    text: str


class Press(_Act, kw_only=True, frozen=True):
    """Press a button."""

    chat: _Name
    message: _Number
    data: Annotated[str, msgspec.Meta(max_length=256)]


class React(_Act, kw_only=True, frozen=True):
    """Give a reaction, or take it back."""

    chat: _Name
    message: _Number
    emoji: Annotated[str, msgspec.Meta(max_length=64)]
    is_on: bool = True


class Vote(_Act, kw_only=True, frozen=True):
    """Vote in a poll."""

    chat: _Name
    message: _Number
    choices: Annotated[list[int], msgspec.Meta(max_length=32)]


class Clock(msgspec.Struct, frozen=True):
    """Move the demo's clock."""

    to: Annotated[str, msgspec.Meta(max_length=64)]


class Language(msgspec.Struct, frozen=True):
    """Change the language the bot speaks in the demo."""

    to: Annotated[str, msgspec.Meta(max_length=16)]
