"""What people do: say, quote, send pictures, open the chat, tap cards, press 👍. Mixed into `WeCom`."""

import base64
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from tests.wecom.callbacks import Told
from tests.wecom.crypto import seal_media
from tests.wecom.stage import Group, Person, Shown

if TYPE_CHECKING:
    from tests.wecom.server import WeCom

MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"


class Voices:
    """People of the corporation. Everything returns the callback that the bot was told, None if it hears nothing."""

    async def says(
        self, who: Person, text: str, group: Group | None = None, *, quote: str | Shown | None = None,
        images: Sequence[bytes] = (), times: int = 1, control: str = "",
    ) -> Told | None:  # fmt: skip
        """Let somebody say something; in a group the bot hears it only when its name is called with @.

        **Shape**: `quote` is the quoted words; `times` repeats the very same callback; `control` is put raw into the
        frame, as some clients send control characters.
        """
        wecom = cast("WeCom", self)
        if group is not None and not any(f"@{name}" in text for name in wecom.names):
            return None
        if group is not None and group.is_external:
            raise AssertionError("no bot can be in a group of customers")
        body: dict[str, Any] = self._message(who, group)
        if images:
            items: list[dict[str, Any]] = [{"msgtype": "text", "text": {"content": text}}] if text else []
            items += [{"msgtype": "image", "image": self._image(data)} for data in images]
            body |= {"msgtype": "mixed", "mixed": {"msg_item": items}}
        else:
            body |= {"msgtype": "text", "text": {"content": text}}
        if quote is not None:
            words = quote if isinstance(quote, str) else quote.text
            body["quote"] = {"msgtype": "text", "text": {"content": words}}
        return await self._tell(who, group, "message", body, times=times, control=control)

    async def shows(self, who: Person, data: bytes) -> Told | None:
        """Let somebody send a picture to the bot alone."""
        body = self._message(who, None) | {"msgtype": "image", "image": self._image(data)}
        return await self._tell(who, None, "message", body)

    async def speaks(self, who: Person, transcript: str) -> Told | None:
        """Let somebody send a voice message to the bot alone."""
        body = self._message(who, None) | {"msgtype": "voice", "voice": {"content": transcript}}
        return await self._tell(who, None, "message", body)

    async def opens(self, who: Person) -> Told | None:
        """Let somebody open the chat with the bot for the first time that day."""
        return await self._event(who, None, "enter_chat", {"eventtype": "enter_chat"})

    async def clicks(self, who: Person, shown: Shown, label: str) -> Told | None:
        """Let somebody tap a button of a card."""
        button = next(each for each in shown.card["button_list"] if label in each["text"])
        return await self._card_event(who, shown, button["key"], {})

    async def votes(self, who: Person, shown: Shown, *labels: str) -> Told | None:
        """Let somebody choose on a vote card and submit it."""
        box = shown.card["checkbox"]
        chosen = [each["id"] for each in box["option_list"] if each["text"] in labels]
        one: Any = chosen if len(chosen) != 1 else chosen[0]  # a lone item may arrive unwrapped
        item = {"question_key": box["question_key"], "option_ids": {"option_id": one}}
        return await self._card_event(
            who, shown, shown.card["submit_button"]["key"], {"selected_items": {"selected_item": item}}
        )

    async def rates(self, who: Person, shown: Shown, kind: int, content: str = "") -> Told | None:
        """Let somebody press 👍 (1) or 👎 (2) on a reply, or take it back (3)."""
        assert shown.feedback_id, "nobody can rate a message without a feedback id"
        event = {"id": shown.feedback_id, "type": kind, "content": content, "inaccurate_reason_list": []}
        return await self._event(
            who, self._group_of(shown), "event", {"eventtype": "feedback_event", "feedback_event": event}
        )

    async def happens(self, who: Person, event: Mapping[str, Any]) -> Told | None:
        """Let the platform tell an event of any kind."""
        return await self._event(who, None, "event", event)

    async def _card_event(self, who: Person, shown: Shown, key: str, more: Mapping[str, Any]) -> Told | None:
        wecom = cast("WeCom", self)
        card = {
            "card_type": shown.card["card_type"], "event_key": key, "task_id": shown.card.get("task_id", ""), **more,
        }  # fmt: skip
        if shown.route == "app":
            return await wecom.webside.click_in_app(who, card)
        event = {"eventtype": "template_card_event", "template_card_event": card}
        return await self._event(who, self._group_of(shown), "card", event, shown=shown)

    async def _event(
        self,
        who: Person,
        group: Group | None,
        kind: str,
        event: Mapping[str, Any],
        shown: Shown | None = None,
    ) -> Told | None:
        body = self._message(who, group) | {
            "msgtype": "event",
            "event": event,
            "create_time": int(time.time()),
        }
        return await self._tell(who, group, kind, body, card=shown.card if shown else {})

    def _group_of(self, shown: Shown) -> Group | None:
        return cast("WeCom", self).stage.groups.get(shown.chat)

    def _message(self, who: Person, group: Group | None) -> dict[str, Any]:
        wecom = cast("WeCom", self)
        body: dict[str, Any] = {
            "msgid": wecom.ledger.new_id("m"), "aibotid": wecom.bot_id, "from": {"userid": who.userid},
            "chattype": "group" if group else "single",
        }  # fmt: skip
        if group is not None and not wecom.forgets_chatid:
            body["chatid"] = group.chatid
        return body

    def _image(self, data: bytes) -> dict[str, str]:
        wecom = cast("WeCom", self)
        key = base64.b64encode(os.urandom(32)).decode().rstrip("=")
        shared = wecom.aes_key if wecom.callback_url else key
        url = f"{wecom.url}/media/{wecom.store(seal_media(shared, data))}"
        return {"url": url} if wecom.callback_url else {"url": url, "aeskey": key}

    async def _tell(
        self, who: Person, group: Group | None, kind: str, body: dict[str, Any], *,
        times: int = 1, control: str = "", card: Mapping[str, Any] | None = None,
    ) -> Told | None:  # fmt: skip
        wecom = cast("WeCom", self)
        chat = group.chatid if group else who.userid
        told = wecom.ledger.add(kind, chat, who.userid, body, is_group=group is not None)
        if kind in ("message", "card"):
            body["response_url"] = f"{wecom.url}/cgi-bin/aibot/response?response_code={told.response_code}"
        if kind == "message":
            wecom.stage.spoken.add(chat)
        told.task_id = str((card or {}).get("task_id", ""))
        told.card = card or {}
        cmd = MESSAGE if kind == "message" else EVENT
        if wecom.callback_url:
            for _ in range(times):
                await wecom.webside.post(told)
            return told
        raw = None
        if control:
            frame = {"cmd": cmd, "headers": {"req_id": told.req_id}, "body": body}
            raw = json.dumps(frame, ensure_ascii=False).replace("\\u0000", control)
        heard = [await wecom.socket.tell(cmd, told, raw=raw) for _ in range(times)]
        return told if any(heard) else None
