"""What `huixiang doctor` asks WeCom: id and secret, the one connection, each group, webhooks, the app, the clock.

The platform allows one connection a bot, so while a bot runs on this database nothing is subscribed here:
asking would kick it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bot.adapters.base import Finding, OutcomeUnknownError, TemporaryError
from bot.adapters.wecom.errors import BAD_CHAT, BAD_IP, BAD_WEBHOOK, RefusedError, explain
from bot.adapters.wecom.routes.app import App
from bot.adapters.wecom.routes.base import Conversations
from bot.adapters.wecom.routes.http import Http
from bot.adapters.wecom.routes.long_connection import LongConnection, State
from bot.adapters.wecom.routes.webhook import Webhook
from bot.adapters.wecom.settings import WecomSettings
from storage.db import Database
from storage.errors import StorageBusyError
from storage.leadership import Leadership
from storage.promises import DeliveryState
from storage.records import Platform

_MOST_SKEW = timedelta(seconds=30)
_WITHIN_SECONDS = 8.0
_NOT_ASKED = (RefusedError, TemporaryError, OutcomeUnknownError)


async def examine(
    settings: WecomSettings, database: Database, chats: Sequence[str], now: datetime
) -> list[Finding]:
    """Return one Finding a check, also for what could not be asked."""
    http = Http()
    try:
        findings = []
        if settings.bot is not None:
            finding, date = await _bot(settings, database)
            findings.append(finding)
            http.date = date
        for chat in chats:
            findings += await _chat(settings, database, chat, http)
        if settings.app is not None:
            findings.append(await _app(settings, http))
        return [*findings, _names(settings), _clock(http.date, now)]
    finally:
        await http.close()


async def _bot(settings: WecomSettings, database: Database) -> tuple[Finding, str]:
    """Subscribe once with id and secret, if nobody else is connected for us; return also the platform's Date."""
    check, bot = "doctor.wecom.bot", settings.bot
    assert bot is not None  # noqa: S101 - the caller has looked
    if bot.mode == "callback":
        params = {"url": f"{settings.public_url}/wecom/bot"}
        return Finding(check, ok=None, detail="doctor.wecom.called", params=params), ""
    leadership = Leadership(database)
    try:
        is_alone = await leadership.try_take()
    except StorageBusyError:
        is_alone = False
    if not is_alone:
        return Finding(check, ok=None, detail="doctor.wecom.running"), ""
    connection = LongConnection(settings, bot, lambda _req_id, _body: None)
    try:
        await connection.start()
        if await connection.opened(_WITHIN_SECONDS):
            found = Finding(check, ok=True, detail="doctor.wecom.subscribed", params={"id": bot.id})
        elif connection.state is State.REFUSED:
            found = Finding(check, ok=False, advice="doctor.wecom.bot_advice")
        else:
            found = Finding(
                check, ok=False, detail="doctor.wecom.silent", advice="doctor.wecom.silent_advice",
                params={"why": bot.ws_url},
            )  # fmt: skip
        return found, connection.date
    finally:
        await connection.stop()
        await leadership.release()


async def _chat(settings: WecomSettings, database: Database, chat: str, http: Http) -> list[Finding]:
    """Look whether a group can be posted to: what became of the last post, and whether its webhook is right."""
    group = settings.group(chat)
    params: dict[str, Any] = {"chat": chat}
    if group is not None and group.assisted_by:
        return [
            Finding(
                "doctor.wecom.group",
                ok=True,
                detail="doctor.wecom.assisted",
                params=params | {"who": group.assisted_by},
            )
        ]
    findings = [await _push(database, chat, params)]
    if group is not None and group.webhook_key:
        findings.append(await _webhook(Webhook(settings, http), group.webhook_key, params))
    return findings


async def _push(database: Database, chat: str, params: dict[str, Any]) -> Finding:
    """Tell from what was observed whether we may post: there is nothing to ask, and a trial would be a message."""
    check = "doctor.wecom.group"
    try:
        async with database.read() as uow:
            stored = await uow.chats.find(Platform.WECOM, chat)
            last = await uow.promises.last_post(stored.id) if stored is not None else None
            was_called = stored is not None and await uow.members.count_in(stored.id) > 0
    except StorageBusyError:
        return Finding(check, ok=None, params=params)
    if last is not None and last.state is DeliveryState.SENT:
        return Finding(check, ok=True, detail="doctor.wecom.pushed", params=params)
    if last is not None and explain(BAD_CHAT) in last.error:
        return Finding(
            check,
            ok=False,
            detail="doctor.wecom.push_refused",
            advice="doctor.wecom.call_once",
            params=params,
        )
    if was_called:
        return Finding(check, ok=True, detail="doctor.wecom.was_called", params=params)
    return Finding(
        check, ok=None, detail="doctor.wecom.never_tried", advice="doctor.wecom.call_once", params=params
    )


async def _webhook(webhook: Webhook, key: str, params: dict[str, Any]) -> Finding:
    """Post nothing under a key: a right one is told that the content is empty, a wrong one that it is wrong."""
    check = "doctor.wecom.webhook"
    try:
        await webhook.post(key, {"msgtype": "text", "text": {"content": ""}})
    except RefusedError as error:
        if error.code == BAD_WEBHOOK:
            return Finding(check, ok=False, advice="doctor.wecom.webhook_advice", params=params)
    except (TemporaryError, OutcomeUnknownError) as error:
        return Finding(
            check,
            ok=False,
            detail="doctor.wecom.silent",
            advice="doctor.wecom.silent_advice",
            params=params | {"why": str(error)},
        )
    return Finding(check, ok=True, params=params)


async def _app(settings: WecomSettings, http: Http) -> Finding:
    """Take a token and use it, so that a machine that is not allowed is found out too."""
    check, app = "doctor.wecom.app", settings.app
    assert app is not None  # noqa: S101 - the caller has looked
    caller = App(app, http, Conversations(), settings.limits)
    try:
        answer = await caller.call("agent/get", query={"agentid": str(app.agent_id)})
    except RefusedError as error:
        advice = "doctor.wecom.ip_advice" if error.code == BAD_IP else "doctor.wecom.app_advice"
        return Finding(check, ok=False, detail=explain(error.code), advice=advice)
    except _NOT_ASKED as error:
        return Finding(
            check,
            ok=False,
            detail="doctor.wecom.silent",
            advice="doctor.wecom.silent_advice",
            params={"why": str(error)},
        )
    return Finding(check, ok=True, detail=str(answer.get("name", "")))


def _names(settings: WecomSettings) -> Finding:
    """Tell where people's names come from."""
    check = "doctor.wecom.names"
    if settings.app is not None:
        return Finding(check, ok=True, detail="doctor.wecom.names_contacts")
    return Finding(check, ok=None, detail="doctor.wecom.names_asked", params={"count": len(settings.names)})


def _clock(date: str, now: datetime) -> Finding:
    """Compare our clock with the Date of an answer: a callback older than ten minutes is turned away."""
    check = "doctor.wecom.clock"
    try:
        skew = abs(parsedate_to_datetime(date) - now)
    except (ValueError, TypeError):
        return Finding(check, ok=None, detail="doctor.wecom.undated")
    params = {"seconds": round(skew.total_seconds())}
    if skew <= _MOST_SKEW:
        return Finding(check, ok=True, detail="doctor.wecom.skew", params=params)
    return Finding(
        check, ok=False, detail="doctor.wecom.skew", advice="doctor.wecom.skew_advice", params=params
    )
