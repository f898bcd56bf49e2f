"""What the bot sends becomes the body of a web chat message, and bodies become what the page shows: pure.

**Shape** of a body: `text` (plain words), `parts` (only the bot's: strings and one-key objects), `buttons`,
`picture`, `alt`, `photo`, `poll`, `reply_to`, `reactions` (emoji → who, "" for the bot), `is_edited`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.adapters.webchat.parse import START_SCOPE
from storage.messages import Button, Link, Mention, Message, Part, Quote, Strong, plain
from storage.webchat import WebchatMessage

Seal = Callable[[str, str], str]
_KEPT_BY_EDITS = ("reply_to", "reactions")


def render(message: Message, chat: str, picture: str, seal: Seal) -> dict[str, Any]:
    """Return the body of a bot's message; `picture` is the name of its stored file, empty for none."""
    body: dict[str, Any] = {"text": plain(message.text), "parts": [_part(part) for part in message.text]}
    if message.buttons:
        body["buttons"] = [[_button(button, chat, seal) for button in row] for row in message.buttons]
    if message.picture is not None:
        body["alt"] = message.picture.words
        if picture:
            body["picture"] = picture
        caption = message.picture.caption if picture else body["alt"]
        if caption:
            body["parts"] += ["\n", caption] if body["parts"] else [caption]
            body["text"] = f"{body['text']}\n{caption}".strip()
    if message.ballot is not None:
        body["poll"] = {
            "question": message.ballot.question, "options": list(message.ballot.options),
            "multiple": message.ballot.multiple, "is_closed": False, "votes": {},
        }  # fmt: skip
    if message.reply_to.isascii() and message.reply_to.isdigit():
        body["reply_to"] = int(message.reply_to)
    return body


def rerender(old: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return an edited body: new words and buttons, with the reactions and votes people gave."""
    kept = {key: old[key] for key in _KEPT_BY_EDITS if key in old}
    if "poll" in new and "poll" in old:
        new["poll"] |= {"votes": old["poll"]["votes"], "is_closed": old["poll"]["is_closed"]}
    return new | kept


def react(body: Mapping[str, Any], who: str, emoji: str, *, is_on: bool) -> dict[str, Any]:
    """Return a body with somebody's reaction added or taken back."""
    reactions = {key: list(people) for key, people in body.get("reactions", {}).items()}
    people = [person for person in reactions.get(emoji, []) if person != who]
    if is_on:
        people.append(who)
    reactions[emoji] = people
    return {**body, "reactions": {key: people for key, people in reactions.items() if people}}


def vote(body: Mapping[str, Any], who: str, choices: list[int]) -> dict[str, Any]:
    """Return a body with somebody's vote; no choices take it back."""
    votes = {person: chosen for person, chosen in body["poll"]["votes"].items() if person != who}
    if choices:
        votes[who] = choices
    return {**body, "poll": {**body["poll"], "votes": votes}}


def close_poll(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body whose poll takes no more votes."""
    return {**body, "poll": {**body["poll"], "is_closed": True}} if "poll" in body else dict(body)


def view(message: WebchatMessage) -> dict[str, Any]:
    """Return a message as the page gets it."""
    shown = {
        key: value for key, value in message.body.items() if key != "text" or not message.body.get("parts")
    }
    return {
        "id": message.id, "chat": message.chat, "author": message.author, "name": message.author_name,
        "client_id": message.key.partition(":")[2] if message.author else "",
        "at": message.at.isoformat(), "revision": message.revision, **shown,
    }  # fmt: skip


def _part(part: Part) -> str | dict[str, str]:
    match part:
        case Mention():
            return {"mention": part.external_id, "name": part.name}
        case Strong():
            return {"strong": part.text}
        case Quote():
            return {"quote": part.text}
        case Link():
            return {"link": part.text, "url": part.url}
        case _:
            return part


def _button(button: Button, chat: str, seal: Seal) -> dict[str, str]:
    if button.action:
        return {"label": button.label, "data": seal(chat, button.action)}
    if button.start:
        return {"label": button.label, "start": seal(START_SCOPE, button.start)}
    return {"label": button.label, "url": button.url}
