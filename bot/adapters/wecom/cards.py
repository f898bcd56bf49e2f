"""Template cards: buttons to tap and votes to give, in private. Pure; used by `render` and for updates.

**Source**: document 101032. Limits are characters where it says 字, bytes where it says 字节.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.base import PermanentError

TITLE, DESCRIPTION, SUB_TITLE, BUTTON, OPTION = 26, 30, 112, 10, 11  # characters
MOST_BUTTONS, MOST_OPTIONS = 6, 20
_KEY_BYTES, _OPTION_ID_BYTES, _TASK_BYTES = 1024, 128, 128
_TASK = re.compile(r"[0-9A-Za-z_\-@]+", re.ASCII)
_NOWHERE = "https://work.weixin.qq.com/"  # a notice must open something

Card = dict[str, Any]


class CardError(PermanentError):
    """A card breaks a limit of the platform; says which, and by how much."""


def shorten(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, its end shown as cut."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def buttons(title: str, words: str, given: Sequence[tuple[str, str]], task_id: str) -> Card:
    """Return a card with buttons. **Shape**: `given` are labels and keys."""
    return {
        "card_type": "button_interaction", "main_title": {"title": shorten(title, TITLE)},
        "sub_title_text": words, "task_id": task_id,
        "button_list": [
            {"text": shorten(label, BUTTON), "style": 1 if number == 0 else 2, "key": key}
            for number, (label, key) in enumerate(given)
        ],
    }  # fmt: skip


def ballot(question: str, options: Sequence[str], task_id: str, submit: str, *, multiple: bool) -> Card:
    """Return a vote card."""
    return {
        "card_type": "vote_interaction", "main_title": {"title": shorten(question, TITLE)}, "task_id": task_id,
        "checkbox": {
            "question_key": "poll", "mode": int(multiple),
            "option_list": [
                {"id": f"opt_{number}", "text": shorten(option, OPTION), "is_checked": False}
                for number, option in enumerate(options)
            ],
        },
        "submit_button": {"text": shorten(submit, BUTTON), "key": "vote"},
    }  # fmt: skip


def voted(card: Mapping[str, Any], choices: Sequence[int], submitted: str) -> Card:
    """Return a vote card as it shows after somebody's vote: theirs checked, nothing to tap."""
    box = card["checkbox"]
    options = [{**each, "is_checked": number in choices} for number, each in enumerate(box["option_list"])]
    return {
        **card, "checkbox": {**box, "disable": True, "option_list": options},
        "submit_button": {**card["submit_button"], "text": shorten(submitted, BUTTON)},
    }  # fmt: skip


def notice(title: str, words: str, task_id: str, url: str = "") -> Card:
    """Return what stands where a card was, after it was tapped."""
    return {
        "card_type": "text_notice", "main_title": {"title": shorten(title, TITLE)},
        "sub_title_text": shorten(words, SUB_TITLE), "task_id": task_id,
        "card_action": {"type": 1, "url": url or _NOWHERE},
    }  # fmt: skip


def check(card: Mapping[str, Any]) -> None:
    """See that a card keeps every limit. **Errors**: CardError, which names the field."""
    title = card.get("main_title", {})
    _characters("title", title.get("title", ""), TITLE)
    _characters("description", title.get("desc", ""), DESCRIPTION)
    _characters("sub title", card.get("sub_title_text", ""), SUB_TITLE)
    if not title.get("title") and not card.get("sub_title_text"):
        raise CardError("the card says nothing")
    task_id = str(card.get("task_id", ""))
    if not _TASK.fullmatch(task_id) or len(task_id) > _TASK_BYTES:
        raise CardError(f"the task id is not 1 to {_TASK_BYTES} of 0-9 A-Z a-z _ - @")
    if card["card_type"] == "button_interaction":
        _check_buttons(card.get("button_list", ()))
    elif card["card_type"] == "vote_interaction":
        _check_options(card.get("checkbox", {}).get("option_list", ()))
        _characters("submit button", card.get("submit_button", {}).get("text", ""), BUTTON)


def _check_buttons(given: Sequence[Mapping[str, Any]]) -> None:
    if not 1 <= len(given) <= MOST_BUTTONS:
        raise CardError(f"{len(given)} buttons, 1 to {MOST_BUTTONS} are allowed")
    keys = [str(button.get("key", "")) for button in given]
    if not all(keys) or len(set(keys)) != len(keys):
        raise CardError("every button needs a key of its own")
    for number, button in enumerate(given, 1):
        _characters(f"button {number}", button.get("text", ""), BUTTON)
        _bytes(f"the key of button {number}", str(button["key"]), _KEY_BYTES)


def _check_options(given: Sequence[Mapping[str, Any]]) -> None:
    if not 1 <= len(given) <= MOST_OPTIONS:
        raise CardError(f"{len(given)} options, 1 to {MOST_OPTIONS} are allowed")
    ids = [str(option.get("id", "")) for option in given]
    if not all(ids) or len(set(ids)) != len(ids):
        raise CardError("every option needs an id of its own")
    for number, option in enumerate(given, 1):
        _characters(f"option {number}", option.get("text", ""), OPTION)
        _bytes(f"the id of option {number}", str(option["id"]), _OPTION_ID_BYTES)


def _characters(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise CardError(f"{what} has {len(text)} characters, at most {limit} are allowed")


def _bytes(what: str, text: str, limit: int) -> None:
    if len(text.encode()) > limit:
        raise CardError(f"{what} has {len(text.encode())} bytes, at most {limit} are allowed")
