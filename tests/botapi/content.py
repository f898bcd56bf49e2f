"""What Telegram asks of a request beyond types: lengths, parseable texts, buttons, options, commands.

`problems` is called by the validator; the answering methods take the texts people will see from `formatted`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.botapi.markup import Formatted, MarkupError, finished, parse_html, plain, units
from tests.botapi.table import table

Params = Mapping[str, Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WEBHOOK_URL = re.compile(r"https://|http://(?:127\.0\.0\.1|localhost)[:/]|$")
_BUTTON_URL = re.compile(r"(?:https?|tg)://\S+")
_START = re.compile(r"(?:https?://)?(?:t|telegram)\.me/\w+\?(?:start|startgroup)=(.*)")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def formatted(params: Params, name: str = "text", prefix: str = "") -> Formatted:
    """Return a parameter as people will see it.

    **Shape**: `prefix` is what the names of its parse mode and entities begin with, such as `question_`.
    **Errors**: MarkupError if the parse mode does not accept it.
    """
    text = str(params.get(name, ""))
    mode = params.get(f"{prefix}parse_mode")
    if mode:
        if str(mode).lower() != "html":
            raise MarkupError(f"parse mode {mode} is not modelled here; the bot speaks HTML")
        return finished(parse_html(text))
    entities = params.get("caption_entities" if name == "caption" else f"{prefix}entities") or []
    return finished(Formatted(text, list(entities)) if entities else plain(text))


def problems(method: str, params: Params) -> Iterator[str]:
    """Yield Telegram's complaints about a request whose types are right; the first is its answer."""
    yield from _strings(params)
    rules = _RULES.get(method)
    if rules is not None:
        yield from rules(params)
    markup = params.get("reply_markup")
    if isinstance(markup, dict) and "inline_keyboard" in markup:
        for row in markup["inline_keyboard"]:
            for button in row:
                yield from _button(button)


def _strings(params: Params) -> Iterator[str]:
    for value in params.values():
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            yield "strings must be encoded in UTF-8"


def _text(
    params: Params, name: str, limits: tuple[int, int], complaints: tuple[str, str], prefix: str = ""
) -> Iterator[str]:
    try:
        shown = formatted(params, name, prefix)
    except MarkupError as error:
        yield f"can't parse entities: {error}"
        return
    if len(shown.text) < limits[0]:
        yield complaints[0]
    if len(shown.text) > limits[1]:
        yield complaints[1]
    size = units(shown.text)
    given = params.get(f"{prefix}entities") or ()
    if any(entity["offset"] < 0 or entity["offset"] + entity["length"] > size for entity in given):
        yield "can't parse entities: an entity ends beyond the text"


def _message(params: Params) -> Iterator[str]:
    if "rich_message" in params and "text" not in params:
        return
    yield from _text(params, "text", (1, TEXT_LIMIT), ("message text is empty", "message is too long"))


def _caption(params: Params) -> Iterator[str]:
    yield from _text(params, "caption", (0, CAPTION_LIMIT), ("", "message caption is too long"))


def _poll(params: Params) -> Iterator[str]:
    empty, long = "poll question must be non-empty", "poll question length must not exceed 300"
    yield from _text(params, "question", (1, 300), (empty, long), "question_")
    options = params["options"]
    if not options:
        yield "poll must have at least 1 option"
    if len(options) > 12:
        yield "poll can't have more than 12 options"
    for option in options:
        empty, long = "poll options must be non-empty", "poll options length must not exceed 100"
        yield from _text(option, "text", (1, 100), (empty, long), "text_")
    yield from _text(params, "explanation", (0, 200), ("", "message is too long"), "explanation_")
    if params.get("type", "regular") not in ("regular", "quiz"):
        yield "unsupported poll type specified"
    if "open_period" in params and not 5 <= params["open_period"] <= 2_628_000:
        yield "invalid poll open period specified"
    if "open_period" in params and "close_date" in params:
        yield "open_period and close_date can't be used together"


def _answer(params: Params) -> Iterator[str]:
    if len(params.get("text", "")) > 200:
        yield "MESSAGE_TOO_LONG"


def _reaction(params: Params) -> Iterator[str]:
    reactions = params.get("reaction", ())
    if len(reactions) > 1:
        yield "REACTIONS_TOO_MANY"
    for reaction in reactions:
        if reaction["type"] == "paid" or (
            reaction["type"] == "emoji" and reaction["emoji"] not in table().reactions
        ):
            yield "REACTION_INVALID"
        if reaction["type"] == "custom_emoji" and not reaction["custom_emoji_id"].isdecimal():
            yield "DOCUMENT_INVALID"


def _commands(params: Params) -> Iterator[str]:
    if len(params["commands"]) > 100:
        yield "BOT_COMMANDS_TOO_MUCH"
    for entry in params["commands"]:
        if not _COMMAND.fullmatch(entry["command"]):
            yield "BOT_COMMAND_INVALID"
        if not 1 <= len(entry["description"]) <= 256:
            yield "BOT_COMMAND_DESCRIPTION_INVALID"


def _webhook(params: Params) -> Iterator[str]:
    if not _WEBHOOK_URL.match(params["url"]):
        yield "bad webhook: An HTTPS URL must be provided for webhook"
    if "secret_token" in params and not _SECRET.fullmatch(params["secret_token"]):
        yield "secret token contains unallowed characters"
    if not 1 <= params.get("max_connections", 40) <= 100:
        yield "max_connections must be from 1 to 100"
    yield from _updates(params)


def _updates(params: Params) -> Iterator[str]:
    if not 1 <= params.get("limit", 100) <= 100:
        yield "limit must be from 1 to 100"
    for name in params.get("allowed_updates", ()):
        if name not in table().types["Update"] or name == "update_id":
            yield f"allowed_updates: {name} is not a kind of update"


def _button(button: Mapping[str, Any]) -> Iterator[str]:
    if not button["text"].strip():
        yield "inline keyboard button text can't be empty"
    actions = button.keys() - {"text", "style", "icon_custom_emoji_id"}
    if len(actions) != 1:
        yield "Text buttons are unallowed in the inline keyboard" if not actions else "BUTTON_TYPE_INVALID"
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= 64:
        yield "BUTTON_DATA_INVALID"
    url = button.get("url")
    if url is None:
        return
    if not _BUTTON_URL.fullmatch(url):
        yield f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
    start = _START.fullmatch(url)
    if start is not None and not _PAYLOAD.fullmatch(start[1]):
        yield "START_PARAM_INVALID"


_RULES: dict[str, Callable[[Params], Iterator[str]]] = {
    "sendMessage": _message,
    "editMessageText": _message,
    "sendPhoto": _caption,
    "sendDocument": _caption,
    "editMessageCaption": _caption,
    "sendPoll": _poll,
    "answerCallbackQuery": _answer,
    "setMessageReaction": _reaction,
    "setMyCommands": _commands,
    "setWebhook": _webhook,
    "getUpdates": _updates,
}
