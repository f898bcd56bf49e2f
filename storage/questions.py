"""The questions of a field report as messages, in the words of whoever asks. Pure; used by handlers and rituals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from storage.messages import Button, Message
from storage.records import Feedback
from storage.reports import MEDIA, Fact, Field
from storage.text.quotes import cut

INTENT = "details"
"""The intent of the buttons, and of what is awaited after a question."""

SKIP, SKIP_ALL, UNDO = "skip", "all", "undo"
_CHOICES = {"times": ("details.times.once", "details.times.some", "details.times.every")}
_LABELS = {
    "when": "details.label.when",
    "where": "details.label.where",
    "version": "details.label.version",
    "did": "details.label.did",
    "times": "details.label.times",
    "seen": "details.label.seen",
    MEDIA: "details.label.media",
    "more": "details.label.more",
}
_ACROSS = 3  # choices side by side
_LABEL_CHARACTERS = 16

Say = Callable[..., str]
"""Returns the words of a text id in the language of the conversation."""


def fields_for(feedback: Feedback, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return what is asked about a feedback; where a member wants to add something, what a defect is asked for."""
    return tuple(field for field in fields if field.is_for(feedback))


def list_missing(feedback: Feedback, fields: Sequence[Field], facts: Mapping[str, Fact]) -> tuple[Field, ...]:
    """Return what neither was answered nor skipped; a picture that came with the words is one."""
    return tuple(
        field
        for field in fields
        if field.key not in facts and not (field.key == MEDIA and feedback.attachments)
    )


def count_known(feedback: Feedback, fields: Sequence[Field], facts: Mapping[str, Fact]) -> int:
    """Return how many of the fields have an answer."""
    return sum(
        (field.key in facts and not facts[field.key].is_skipped)
        or (field.key == MEDIA and bool(feedback.attachments))
        for field in fields
    )


def choices_of(field: Field, say: Say) -> tuple[str, ...]:
    """Return the answers to choose from, none for free words."""
    if field.choices or field.question:
        return field.choices
    return tuple(say(text_id) for text_id in _CHOICES.get(field.key, ()))


def label_of(key: str, fields: Sequence[Field], say: Say) -> str:
    """Return what a fact is called on a card."""
    field = next((field for field in fields if field.key == key), None)
    if field is not None and field.question:
        words = field.question.rstrip("？?。. ")
        return cut(words, _LABEL_CHARACTERS)
    return say(_LABELS[key]) if key in _LABELS else key


def question(
    feedback: Feedback, field: Field, say: Say, *, has_buttons: bool, opening: str, is_last: bool = False,
    undo: str = "",
) -> Message:  # fmt: skip
    """Return one question, with its choices and the two ways to skip: as buttons, or in words to answer with.

    `undo` is the question before it, whose answer in words may have been none.
    """
    asked = field.question or say(f"details.ask.{field.key}")
    lines = [opening] if opening else []
    lines.append(say("details.last", question=asked) if is_last else asked)
    choices, action = choices_of(field, say), f"{INTENT}:{feedback.id}:{field.key}"
    if not has_buttons:
        lines += [f"{n}. {choice}" for n, choice in enumerate(choices, 1)]
        lines.append(say("details.by_number" if choices else "details.by_words"))
        return Message(text=("\n".join(lines),), about=f"#{feedback.id}")
    buttons = [Button(choice, action=f"{action}:{n}") for n, choice in enumerate(choices)]
    rows = [tuple(buttons[start : start + _ACROSS]) for start in range(0, len(buttons), _ACROSS)]
    skips = (
        Button(say("details.skip"), action=f"{action}:{SKIP}"),
        Button(say("details.skip_all"), action=f"{action}:{SKIP_ALL}"),
    )
    last = (undo_button(feedback, undo, say),) if undo else ()
    return Message(text=("\n".join(lines),), buttons=(*rows, (*skips, *last)), about=f"#{feedback.id}")


def undo_button(feedback: Feedback, key: str, say: Say) -> Button:
    """Return the button that says that what was taken for the answer to a question was none."""
    return Button(say("details.undo"), action=f"{INTENT}:{feedback.id}:{key}:{UNDO}")
