"""The HTTP callbacks: what the platform posts to the bot, encrypted, and what it does with the answers."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from tests.wecom.callbacks import FAST_SECONDS, Told
from tests.wecom.crypto import seal, sign, unseal
from tests.wecom.stage import Person

if TYPE_CHECKING:
    from tests.wecom.server import WeCom

RETRIES = 3  # Source: document 100719; a card event is told once


@dataclass(frozen=True, slots=True)
class Answered:
    """How the bot answered one callback."""

    status: int
    text: str
    seconds: float


class Webside:
    """Posts callbacks to the bot and takes its passive replies. `answers` holds every answer."""

    def __init__(self, wecom: "WeCom") -> None:
        self._wecom = wecom
        self.answers: list[Answered] = []
        self.violations: list[str] = []
        self._client = httpx.AsyncClient(verify=False, timeout=FAST_SECONDS, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def verify(self) -> str:
        """Verify the callback's address as the console does; return what the bot echoed."""
        echo = secrets.token_hex(8)
        query = self._query(seal(self._wecom.aes_key, echo))
        answer = await self._client.get(self._wecom.callback_url, params=query[0] | {"echostr": query[1]})
        assert answer.text == echo, f"the bot echoed {answer.status_code} {answer.text!r}"
        return echo

    async def post(self, told: Told) -> None:
        """Post one callback, again where the platform would."""
        for _ in range(1 if told.kind == "card" else 1 + RETRIES):
            query, encrypted = self._query(
                seal(self._wecom.aes_key, json.dumps(told.body, ensure_ascii=False))
            )
            if await self.post_raw(query, {"encrypt": encrypted}, told):
                return

    async def post_raw(self, query: Mapping[str, str], body: Any, told: Told | None = None) -> bool:
        """Post a body that may be anything; True if the bot took it."""
        begun = time.monotonic()
        try:
            answer = await self._client.post(self._wecom.callback_url, params=dict(query), json=body)
        except httpx.HTTPError:
            return False
        self.answers.append(Answered(answer.status_code, answer.text, time.monotonic() - begun))
        if answer.status_code != 200:
            return False
        if answer.text and told is not None:
            self._take(told, answer.json(), query["nonce"])
        self._wecom.stage.note()
        return True

    def _query(self, encrypted: str) -> tuple[dict[str, str], str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(5)
        signature = sign(self._wecom.callback_token, timestamp, nonce, encrypted)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}, encrypted

    def _take(self, told: Told, reply: Mapping[str, Any], nonce: str) -> None:
        expected = sign(
            self._wecom.callback_token, str(reply["timestamp"]), str(reply["nonce"]), reply["encrypt"]
        )
        if (
            reply["msgsignature"] != expected
            or reply["nonce"] != nonce
            or not isinstance(reply["timestamp"], int)
        ):
            self.violations.append("a passive reply with a wrong signature")
            return
        body = json.loads(unseal(self._wecom.aes_key, reply["encrypt"]))
        if told.kind == "card" and body.get("response_type") == "update_template_card":
            self._wecom.update(told, body["template_card"])
        elif told.kind == "enter_chat" and body.get("msgtype") in ("text", "template_card"):
            self._wecom.keep(told.chat, "welcome", body)
        elif told.kind == "message" and body.get("msgtype") in ("stream", "template_card"):
            self._wecom.keep(told.chat, "reply", body)
        else:
            self.violations.append(f"a passive reply that fits no {told.kind}: {body.get('msgtype')}")

    async def writes_to_app(self, who: Person, text: str) -> Answered:
        """Let somebody write to the self-built app, which is told in XML."""
        now = int(time.time())
        return await self._post_xml(
            f"<xml><ToUserName>{self._wecom.corp_id}</ToUserName><FromUserName>{who.userid}</FromUserName>"
            f"<CreateTime>{now}</CreateTime><MsgType>text</MsgType><Content><![CDATA[{text}]]></Content>"
            f"<MsgId>{self._wecom.ledger.new_id('9')}</MsgId><AgentID>{self._wecom.agent_id}</AgentID></xml>"
        )

    async def click_in_app(self, who: Person, card: Mapping[str, Any]) -> None:
        """Let somebody tap a card of the app."""
        now = int(time.time())
        await self._post_xml(
            f"<xml><ToUserName>{self._wecom.corp_id}</ToUserName><FromUserName>{who.userid}</FromUserName>"
            f"<CreateTime>{now}</CreateTime><MsgType>event</MsgType><Event>template_card_event</Event>"
            f"<EventKey>{card['event_key']}</EventKey><TaskId>{card['task_id']}</TaskId>"
            f"<CardType>{card['card_type']}</CardType><ResponseCode>{secrets.token_hex(6)}</ResponseCode>"
            f"<AgentID>{self._wecom.agent_id}</AgentID></xml>"
        )

    async def _post_xml(self, xml: str) -> Answered:
        encrypted = seal(self._wecom.app_aes_key, xml, self._wecom.corp_id)
        timestamp, nonce = str(int(time.time())), secrets.token_hex(5)
        query = {
            "msg_signature": sign(self._wecom.app_token, timestamp, nonce, encrypted), "timestamp": timestamp,
            "nonce": nonce,
        }  # fmt: skip
        body = (
            f"<xml><ToUserName>{self._wecom.corp_id}</ToUserName><AgentID>{self._wecom.agent_id}</AgentID>"
            f"<Encrypt>{encrypted}</Encrypt></xml>"
        )
        begun = time.monotonic()
        answer = await self._client.post(self._wecom.app_callback_url, params=query, content=body.encode())
        answered = Answered(answer.status_code, answer.text, time.monotonic() - begun)
        self.answers.append(answered)
        return answered
