"""What `huixiang doctor` asks Telegram: token, privacy mode, webhook, rights in each chat, clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec

from bot.adapters.base import Finding
from bot.adapters.telegram.errors import CallError, RefusedError
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.transport import Transport
from bot.adapters.telegram.wire import ALLOWED_UPDATES, ChatMember, Me, WebhookInfo

_T = TypeVar("_T")
_MOST_SKEW = timedelta(seconds=30)
_ADMINS = frozenset({"administrator", "creator"})


async def examine(
    transport: Transport, settings: TelegramSettings, chats: Sequence[str], now: datetime
) -> list[Finding]:
    """Ask Telegram how things stand; one Finding a check, also for what could not be asked."""
    asking = _Asking(transport, settings.answer_seconds)
    me = await asking.for_("getMe", {}, Me)
    if isinstance(me, CallError):
        return [_token(me)]
    findings = [
        _well("doctor.telegram.token", "doctor.telegram.account", name=f"@{me.username}"),
        judge_clock(transport.date, now),
        _well("doctor.telegram.privacy")
        if me.can_read_all_group_messages
        else _ill("doctor.telegram.privacy", advice="doctor.telegram.privacy_advice"),
    ]
    info = await asking.for_("getWebhookInfo", {}, WebhookInfo)
    if isinstance(info, CallError):
        findings.append(_open("doctor.telegram.intake", "doctor.telegram.silent", why=str(info)))
    else:
        findings += [_intake(info, settings), _updates(info)]
    return findings + [await _rights(asking, chat, me.id) for chat in chats]


class _Asking:
    def __init__(self, transport: Transport, answer_seconds: float) -> None:
        self._transport = transport
        self._answer_seconds = answer_seconds

    async def for_(self, method: str, params: dict[str, Any], kind: type[_T]) -> _T | CallError:
        """Return what Telegram answers, or how the call failed."""
        try:
            reply = await self._transport.call(method, params, answer_seconds=self._answer_seconds)
            return msgspec.json.decode(reply.result, type=kind)
        except CallError as error:
            return error
        except msgspec.MsgspecError as error:
            return CallError(str(error))


def _well(check: str, detail: str = "", **params: Any) -> Finding:
    return Finding(check, ok=True, detail=detail, params=params)


def _ill(check: str, detail: str = "", *, advice: str, **params: Any) -> Finding:
    return Finding(check, ok=False, detail=detail, advice=advice, params=params)


def _open(check: str, detail: str = "", *, advice: str = "", **params: Any) -> Finding:
    return Finding(check, ok=None, detail=detail, advice=advice, params=params)


def _token(error: CallError) -> Finding:
    check = "doctor.telegram.token"
    if isinstance(error, RefusedError) and error.code in (401, 404):
        return _ill(check, advice="doctor.telegram.token_advice")
    return _ill(check, "doctor.telegram.silent", advice="doctor.telegram.silent_advice", why=str(error))


def judge_clock(date: str, now: datetime) -> Finding:
    """Compare our clock with the Date header of an answer."""
    check, detail = "doctor.telegram.clock", "doctor.telegram.skew"
    try:
        skew = abs(parsedate_to_datetime(date) - now)
    except (ValueError, TypeError):
        return _open(check)
    seconds = round(skew.total_seconds())
    if skew <= _MOST_SKEW:
        return _well(check, detail, seconds=seconds)
    return _ill(check, detail, advice="doctor.telegram.skew_advice", seconds=seconds)


def _intake(info: WebhookInfo, settings: TelegramSettings) -> Finding:
    """Judge how updates come in."""
    check, waiting = "doctor.telegram.intake", info.pending_update_count
    if settings.mode == "polling" and info.url:
        return _ill(check, "doctor.telegram.webhook_set", advice="doctor.telegram.webhook_set_advice")
    if settings.mode == "webhook":
        if info.url != f"{settings.public_url.rstrip('/')}{settings.webhook_path}":
            return _ill(check, "doctor.telegram.webhook_other", advice="doctor.telegram.webhook_advice")
        if info.last_error_message and waiting:
            detail, advice = "doctor.telegram.webhook_failing", "doctor.telegram.webhook_failing_advice"
            return _ill(check, detail, advice=advice, count=waiting, why=info.last_error_message)
    return _well(check, "doctor.telegram.waiting", count=waiting)


def _updates(info: WebhookInfo) -> Finding:
    """Judge which updates come in; our own first call sets the list, so before that its lack is no fault."""
    missing = sorted(set(ALLOWED_UPDATES) - set(info.allowed_updates))
    if not missing:
        return _well("doctor.telegram.updates")
    return _open("doctor.telegram.updates", "doctor.telegram.updates_missing", kinds=", ".join(missing))


async def _rights(asking: _Asking, chat: str, our_id: int) -> Finding:
    check = "doctor.telegram.rights"
    member = await asking.for_("getChatMember", {"chat_id": int(chat), "user_id": our_id}, ChatMember)
    if isinstance(member, CallError) and not isinstance(member, RefusedError):
        return _open(check, "doctor.telegram.silent", chat=chat, why=str(member))
    if isinstance(member, RefusedError) or member.status in ("left", "kicked"):
        return _ill(check, "doctor.telegram.absent", advice="doctor.telegram.absent_advice", chat=chat)
    if member.status == "administrator" and not member.can_manage_tags:
        return _well(check, "doctor.telegram.admin_without_tags", chat=chat)
    if member.status in _ADMINS:
        return _well(check, "doctor.telegram.admin", chat=chat)
    return _ill(check, "doctor.telegram.no_admin", advice="doctor.telegram.no_admin_advice", chat=chat)
