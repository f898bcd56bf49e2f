"""The app's callback, in XML, opened and read by wechatpy: its only door. Used by `callback`.

What people write to the app becomes the same body as what they write to the bot. wechatpy compares signatures
in a time that tells: the caller has checked ours before. **Source**: documents 90238, 90240.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Any

from bot.adapters.wecom.settings import AppSettings

_SEALED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]{1,1000000})(?:\]\]>)?\s*</Encrypt>")


class UnreadableError(Exception):
    """What came cannot be opened or read."""


def find_sealed(body: bytes) -> str:
    """Return the sealed part of a request, empty if there is none."""
    found = _SEALED.search(body)
    return found[1].decode() if found else ""


def read(app: AppSettings, query: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
    """Return what was said or tapped in the app as a body; None if it is not for us.

    **Errors**: UnreadableError.
    """
    from xml.parsers.expat import ExpatError

    from wechatpy.enterprise import parse_message
    from wechatpy.enterprise.crypto import WeChatCrypto
    from wechatpy.exceptions import WeChatException

    try:
        crypto = WeChatCrypto(app.token, app.aes_key, app.corp_id)
        xml = crypto.decrypt_message(
            body.decode(), query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", "")
        )
        message = parse_message(xml)
        return _body(message) if message is not None else None
    except (WeChatException, ExpatError, struct.error) as error:  # a signature or an id, no XML, cut short
        raise UnreadableError(type(error).__name__) from error
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:  # not base64, a field that is missing
        raise UnreadableError(type(error).__name__) from error


def _body(message: Any) -> dict[str, Any] | None:
    raw: Mapping[str, Any] = message._data  # noqa: SLF001 - wechatpy knows no card events: their fields are only here
    userid = str(raw.get("FromUserName", ""))
    body: dict[str, Any] = {
        "msgid": f"app-{raw.get('MsgId') or ''}", "chattype": "single", "from": {"userid": userid},
        "create_time": int(raw.get("CreateTime") or 0), "msgtype": message.type,
    }  # fmt: skip
    if message.type == "text":
        return body | {"text": {"content": message.content}}
    if raw.get("Event") != "template_card_event":
        return None
    # Events have no id: who, when and which card stand for it, for repeated ones.
    body["msgid"] = f"app-{userid}-{raw.get('CreateTime')}-{raw.get('TaskId')}"
    card = {
        "event_key": raw.get("EventKey") or "", "task_id": raw.get("TaskId") or "",
        "card_type": raw.get("CardType") or "", "selected_items": _selected(raw.get("SelectedItems")),
    }  # fmt: skip
    event = {"eventtype": "template_card_event", "template_card_event": card}
    return body | {"msgtype": "event", "event": event}


def _selected(items: Any) -> dict[str, Any] | None:
    """Return what was chosen under the names that the bot's events have."""
    if not isinstance(items, Mapping):
        return None
    given = items.get("SelectedItem")
    chosen = given if isinstance(given, list) else [given]
    return {
        "selected_item": [
            {
                "question_key": each.get("QuestionKey"),
                "option_ids": {"option_id": (each.get("OptionIds") or {}).get("OptionId")},
            }
            for each in chosen
            if isinstance(each, Mapping)
        ]
    }
