"""Checks a template card as the platform's documents describe it. **Source**: document 101032."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.wecom import refusals
from tests.wecom.refusals import RefusedError

_TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_KINDS = {"text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"}
_INTERACTIVE = {"button_interaction", "vote_interaction"}


def check(card: Mapping[str, Any], *, used: set[str], task_id: str | None = None) -> None:
    """Refuse a card that breaks a rule.

    **Shape**: `used` holds the task ids sent before; an update must repeat `task_id`.
    """
    kind = card.get("card_type")
    if kind not in _KINDS:
        raise RefusedError(refusals.BAD_MSGTYPE)
    _lengths(card)
    _task(card, kind in _INTERACTIVE, used, task_id)
    if kind in ("text_notice", "news_notice") and not card.get("card_action", {}).get("type"):
        raise RefusedError(refusals.BAD_LENGTH)
    if kind == "button_interaction":
        _buttons(card.get("button_list", ()), is_update=task_id is not None)
    if kind == "vote_interaction":
        _votes(card)
    if kind == "multiple_interaction":
        _selects(card)


def _most(value: Any, characters: int) -> None:
    if not isinstance(value, str) or len(value) > characters:
        raise RefusedError(refusals.BAD_LENGTH)


def _lengths(card: Mapping[str, Any]) -> None:
    title = card.get("main_title", {})
    _most(title.get("title", ""), 26)
    _most(title.get("desc", ""), 30)
    _most(card.get("sub_title_text", ""), 112)
    _most(card.get("source", {}).get("desc", ""), 13)
    if not title.get("title") and not card.get("sub_title_text"):
        raise RefusedError(refusals.EMPTY)
    if len(card.get("horizontal_content_list", ())) > 6 or len(card.get("jump_list", ())) > 3:
        raise RefusedError(refusals.BAD_LENGTH)
    for line in card.get("horizontal_content_list", ()):
        _most(line.get("keyname", ""), 5)
        _most(line.get("value", ""), 26)


def _task(card: Mapping[str, Any], is_needed: bool, used: set[str], task_id: str | None) -> None:
    given = card.get("task_id")
    if given is None and not is_needed:
        return
    if not isinstance(given, str) or not _TASK.fullmatch(given):
        raise RefusedError(refusals.BAD_LENGTH)
    if task_id is not None:
        if given != task_id:
            raise RefusedError(refusals.BAD_LENGTH)
        return
    if given in used:
        raise RefusedError(refusals.BAD_LENGTH)


def _buttons(buttons: Sequence[Mapping[str, Any]], *, is_update: bool) -> None:
    if not 1 <= len(buttons) <= 6:
        raise RefusedError(refusals.BAD_LENGTH)
    keys = [button.get("key") for button in buttons]
    if not is_update and (not all(keys) or len(set(keys)) != len(keys)):
        raise RefusedError(refusals.BAD_BUTTON_KEY)
    for button in buttons:
        _most(button.get("text") or button.get("replace_text"), 10)
        if len(str(button.get("key", "")).encode()) > 1024 or button.get("style", 1) not in (1, 2, 3, 4):
            raise RefusedError(refusals.BAD_LENGTH)


def _votes(card: Mapping[str, Any]) -> None:
    box = card.get("checkbox", {})
    options = box.get("option_list", ())
    if not box.get("question_key") or not 1 <= len(options) <= 20 or box.get("mode", 0) not in (0, 1):
        raise RefusedError(refusals.BAD_LENGTH)
    _options(options, characters=11)
    _submit(card)


def _selects(card: Mapping[str, Any]) -> None:
    lists = card.get("select_list", ())
    if not 1 <= len(lists) <= 3:
        raise RefusedError(refusals.BAD_LENGTH)
    for each in lists:
        if not 1 <= len(each.get("option_list", ())) <= 10:
            raise RefusedError(refusals.BAD_LENGTH)
        _options(each["option_list"], characters=10)
    _submit(card)


def _options(options: Sequence[Mapping[str, Any]], *, characters: int) -> None:
    ids = [option.get("id") for option in options]
    if len(set(ids)) != len(ids) or not all(isinstance(i, str) and 0 < len(i.encode()) <= 128 for i in ids):
        raise RefusedError(refusals.BAD_LENGTH)
    for option in options:
        _most(option.get("text"), characters)


def _submit(card: Mapping[str, Any]) -> None:
    submit = card.get("submit_button", {})
    _most(submit.get("text"), 10)
    if not submit.get("key"):
        raise RefusedError(refusals.BAD_BUTTON_KEY)
