"""Sends parcels by python-telegram-bot. Imported late, by the adapter's first outgoing call.

A parcel is nearly always one request. Where it takes several (a long text, a remedy for a refusal), each
takes its turn in the lanes, and what was done is remembered until the parcel is through, so that another
try never says a thing twice.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import msgspec
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputPollOption,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.constants import ReactionEmoji

from bot.adapters.base import Parcel, PermanentError, TemporaryError
from bot.adapters.telegram.client import Client
from bot.adapters.telegram.errors import CallError, RefusedError, Remedy, remedy_for, send_error
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.render import (
    CAPTION_LIMIT,
    Key,
    Piece,
    Place,
    Question,
    Rendered,
    render,
    shortened,
)
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.wire import Reply, Sent
from bot.logs import get_logger
from storage.promises import DeliveryKind, Receipt
from storage.records import ChatKind

_log = get_logger(__name__)
_SENT = msgspec.json.Decoder(Sent)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_VARIANT = "\ufe0f"  # asks for a coloured glyph; Telegram's list of reactions is without it
_REACTIONS = frozenset(str(each.value).replace(_VARIANT, "") for each in ReactionEmoji)
_MOST_REMEMBERED = 1_000
_TAG_LIMIT = 16  # Source: Bot API, setChatMemberTag
_BAD_REQUEST = 400
_TOAST_LIMIT = 200  # Source: Bot API, answerCallbackQuery
_UNAUTHORIZED = (401, 404)


@dataclass(slots=True)
class _Progress:
    """What was done for a parcel that is not through yet."""

    said: list[str] = field(default_factory=list)
    remedies: set[Remedy] = field(default_factory=set)
    has_asked: bool = False  # a request of this try was answered, so another must take its turn


def build(settings: TelegramSettings, lanes: TelegramLanes, username: str, seal_key: bytes) -> Sender:
    """Build the sender of one account."""
    return Sender(Client(settings), lanes, username=username, seal_key=seal_key)


class Sender:
    """Carries out what parcels ask for."""

    def __init__(self, client: Client, lanes: TelegramLanes, *, username: str, seal_key: bytes) -> None:
        self._client = client
        self._bot = client.bot
        self._lanes = lanes
        self._username = username
        self._seal_key = seal_key
        self._unfinished: OrderedDict[str, _Progress] = OrderedDict()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one parcel. **Errors**: SendError."""
        is_private = parcel.chat_kind is ChatKind.PRIVATE
        progress = self._unfinished.pop(parcel.key, None) or _Progress()
        progress.has_asked = False
        try:
            return await self._carry_out(parcel, progress)
        except CallError as error:
            self._remember(parcel, progress)
            if isinstance(error, RefusedError) and error.code in _UNAUTHORIZED:
                _log.error("telegram_token_refused", code=error.code)
            raise send_error(error, is_private=is_private) from error
        except TemporaryError:
            self._remember(parcel, progress)
            raise
        except ValueError as error:
            raise PermanentError(f"cannot be rendered: {type(error).__name__}") from error

    async def toast(self, press_id: str, text: str) -> None:
        """Answer a pressed button, best effort: it is too late after some seconds."""
        try:
            await self._client.call(self._bot.answer_callback_query(press_id, text[:_TOAST_LIMIT] or None))
        except CallError as error:
            if not isinstance(error, RefusedError) or remedy_for(error) is not Remedy.DONE:
                _log.info("telegram_toast_failed", why=str(error))

    def _remember(self, parcel: Parcel, progress: _Progress) -> None:
        if progress.said or progress.remedies:
            self._unfinished[parcel.key] = progress
            if len(self._unfinished) > _MOST_REMEMBERED:
                self._unfinished.popitem(last=False)

    async def _carry_out(self, parcel: Parcel, progress: _Progress) -> Receipt:
        if parcel.kind is DeliveryKind.REACTION:
            return await self._react(parcel, progress)
        if parcel.kind is DeliveryKind.TAG:
            return await self._tag(parcel, progress)
        if parcel.kind is DeliveryKind.CLOSE_POLL:
            await self._request(parcel, progress, "stop_poll", message_id=int(parcel.target))
            return Receipt(parcel.target)
        is_photo = parcel.message.picture is not None and (
            parcel.png is not None or parcel.kind is DeliveryKind.EDIT
        )
        is_photo = is_photo or _file_of(parcel) is not None  # a file has a caption, as a photo has
        place = Place(
            parcel.chat, self._username, self._seal_key, is_private=parcel.chat_kind is ChatKind.PRIVATE
        )
        is_edit = parcel.kind is DeliveryKind.EDIT
        rendered = render(parcel.message, place, is_photo=is_photo, is_edit=is_edit)
        if is_edit:
            return await self._edit(parcel, progress, rendered)
        if rendered.question is not None:
            return await self._ask(parcel, progress, rendered, rendered.question)
        return await self._say(parcel, progress, rendered)

    async def _react(self, parcel: Parcel, progress: _Progress) -> Receipt:
        emoji = parcel.emoji.replace(_VARIANT, "")
        if emoji not in _REACTIONS:
            raise PermanentError("not one of Telegram's reactions")
        reaction = ReactionTypeEmoji(emoji)
        await self._request(
            parcel, progress, "set_message_reaction", message_id=int(parcel.target), reaction=reaction
        )
        return Receipt(parcel.target)

    async def _tag(self, parcel: Parcel, progress: _Progress) -> Receipt:
        """Set the word beside a member's name. **Errors**: PermanentError where that is not ours to do."""
        try:
            await self._request(
                parcel,
                progress,
                "set_chat_member_tag",
                user_id=int(parcel.target),
                tag=parcel.tag[:_TAG_LIMIT],
            )
        except RefusedError as refused:
            if refused.code == _BAD_REQUEST and not refused.moved_to:
                raise PermanentError(refused.text) from refused
            raise
        return Receipt("")

    async def _ask(
        self, parcel: Parcel, progress: _Progress, rendered: Rendered, question: Question
    ) -> Receipt:
        words = shortened(rendered.pieces[0].plain, CAPTION_LIMIT) if rendered.pieces else ""
        reply = await self._request(
            parcel, progress, "send_poll", answers=True, question=question.question, is_anonymous=False,
            options=[InputPollOption(option) for option in question.options],
            allows_multiple_answers=question.multiple, reply_markup=_keyboard(rendered.keys),
            api_kwargs={"description": words} if words else None,
        )  # fmt: skip
        return _receipt(reply)

    async def _edit(self, parcel: Parcel, progress: _Progress, rendered: Rendered) -> Receipt:
        if not rendered.pieces:
            raise PermanentError("an edit without words")
        await self._request(
            parcel, progress, "edit_message_caption" if rendered.is_photo else "edit_message_text",
            message_id=int(parcel.target), piece=rendered.pieces[0], reply_markup=_keyboard(rendered.keys),
        )  # fmt: skip
        return Receipt(parcel.target)

    async def _say(self, parcel: Parcel, progress: _Progress, rendered: Rendered) -> Receipt:
        pieces = rendered.pieces or ((Piece("", ""),) if rendered.is_photo else ())
        if not pieces:
            raise PermanentError("nothing to say")
        done = len(progress.said)
        if progress.said != [piece.html for piece in pieces[:done]] or done >= len(pieces):
            progress.said.clear()  # what it says has changed since
            done = 0
        reply = None
        for index, piece in enumerate(pieces[done:], done):
            is_last = index == len(pieces) - 1
            as_photo = rendered.is_photo and index == 0
            reply = await self._request(
                parcel, progress, _method(parcel, as_photo=as_photo), piece=piece, answers=index == 0,
                reply_markup=_keyboard(rendered.keys) if is_last else None,
            )  # fmt: skip
            progress.said.append(piece.html)
        return _receipt(reply)

    async def _request(
        self, parcel: Parcel, progress: _Progress, method: str, *, piece: Piece | None = None, answers: bool = False,
        **params: Any,
    ) -> Reply | None:  # fmt: skip
        """Make one request, with the remedies for what Telegram refuses; None if nothing had to be done."""
        while True:
            if progress.has_asked:
                await self._lanes.turn(parcel)
            progress.has_asked = True
            try:
                _, reply = await self._client.call(
                    self._asked(parcel, progress, method, piece, answers, params)
                )
            except RefusedError as refused:
                remedy = remedy_for(refused)
                if remedy is Remedy.DONE:
                    return None
                if remedy is None or remedy in progress.remedies:
                    raise
                _log.info("telegram_remedy", remedy=remedy.name.lower(), delivery=parcel.key)
                progress.remedies.add(remedy)
            else:
                return reply

    def _asked(
        self, parcel: Parcel, progress: _Progress, method: str, piece: Piece | None, answers: bool,  # noqa: FBT001
        params: dict[str, Any],
    ) -> Any:  # fmt: skip
        if Remedy.AS_CAPTION in progress.remedies:
            method = method.replace("edit_message_text", "edit_message_caption")
        elif Remedy.AS_TEXT in progress.remedies:
            method = method.replace("edit_message_caption", "edit_message_text")
        given = dict(params, chat_id=int(parcel.chat))
        if answers and parcel.message.reply_to and Remedy.ALONE not in progress.remedies:
            given["reply_parameters"] = ReplyParameters(
                int(parcel.message.reply_to), allow_sending_without_reply=True
            )
        if method == "send_document" and parcel.message.document is not None:
            given["document"] = InputFile(_file_of(parcel) or b"", filename=parcel.message.document.name)
        if method == "send_photo":
            given["photo"] = InputFile(parcel.png or b"", filename="chart.png")
        if piece is not None:
            is_plain = Remedy.PLAIN in progress.remedies
            words = piece.plain if is_plain else piece.html
            given["text" if method in ("send_message", "edit_message_text") else "caption"] = words
            given["parse_mode"] = None if is_plain else "HTML"
            if "text" in given:
                given["link_preview_options"] = _NO_PREVIEW
        return getattr(self._bot, method)(**given)


def _file_of(parcel: Parcel) -> bytes | None:
    """Return what is in the file to send, None if there is none."""
    document = parcel.message.document
    if document is None:
        return None
    return parcel.file if document.export else document.text.encode()


def _method(parcel: Parcel, *, as_photo: bool) -> str:
    if not as_photo:
        return "send_message"
    return "send_photo" if _file_of(parcel) is None else "send_document"


def _keyboard(keys: tuple[tuple[Key, ...], ...]) -> InlineKeyboardMarkup | None:
    if not keys:
        return None
    return InlineKeyboardMarkup([[_button(key) for key in row] for row in keys])


def _button(key: Key) -> InlineKeyboardButton:
    if key.data:
        return InlineKeyboardButton(key.label, callback_data=key.data)
    return InlineKeyboardButton(key.label, url=key.url)


def _receipt(reply: Reply | None) -> Receipt:
    if reply is None:
        raise PermanentError("already done, by another message")
    try:
        sent = _SENT.decode(reply.result)
    except msgspec.MsgspecError:
        return Receipt("0")  # it was sent; only what it is called cannot be read
    return Receipt(str(sent.message_id), sent.poll.id if sent.poll is not None else "")
