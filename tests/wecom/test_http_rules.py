"""The fake's own rules of the HTTP side, asked with a bare client: always 200, only `errcode` tells."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.wecom import WeCom, refusals
from tests.wecom.conftest import Cast
from tests.wecom.test_rules import CARD


async def asked(wecom: WeCom, path: str, body: Any = None, **query: str) -> dict[str, Any]:
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:
        if body is None:
            answer = await client.get(f"{wecom.url}/cgi-bin/{path}", params=query)
        else:
            answer = await client.post(f"{wecom.url}/cgi-bin/{path}", params=query, json=body)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_token_is_one_until_it_expires_and_everything_needs_it(wecom: WeCom, cast: Cast) -> None:
    who = {"corpid": wecom.corp_id, "corpsecret": wecom.app_secret}
    assert (await asked(wecom, "gettoken", corpid="x", corpsecret="y"))["errcode"] == refusals.BAD_SECRET.code
    first = (await asked(wecom, "gettoken", **who))["access_token"]
    assert (await asked(wecom, "gettoken", **who))["access_token"] == first
    body = {
        "touser": "XIAOYU|nobody",
        "agentid": wecom.agent_id,
        "msgtype": "text",
        "text": {"content": "好"},
    }
    sent = await asked(wecom, "message/send", body, access_token=first)
    assert (sent["errcode"], sent["invaliduser"]) == (0, "nobody")
    for change, refusal in (
        ({"touser": "nobody"}, refusals.NOBODY_REACHED),
        ({"text": {"content": "好" * 683}}, refusals.TOO_LONG),
        ({"msgtype": "template_card", "template_card": CARD}, refusals.NO_CALLBACK_URL),
    ):
        assert (await asked(wecom, "message/send", body | change, access_token=first))[
            "errcode"
        ] == refusal.code
    assert (await asked(wecom, "message/send", body))["errcode"] == refusals.NO_TOKEN.code
    assert (await asked(wecom, "message/send", body, access_token="x"))["errcode"] == refusals.BAD_TOKEN.code
    wecom.api.ip_is_allowed = False
    assert (await asked(wecom, "message/send", body, access_token=first))["errcode"] == refusals.BAD_IP.code
    wecom.api.expire_token()
    assert (await asked(wecom, "message/send", body, access_token=first))[
        "errcode"
    ] == refusals.TOKEN_EXPIRED.code


async def test_the_app_drops_what_is_too_much_silently_and_what_is_the_same(wecom: WeCom, cast: Cast) -> None:
    token = (await asked(wecom, "gettoken", corpid=wecom.corp_id, corpsecret=wecom.app_secret))[
        "access_token"
    ]
    body = {"touser": "xiaoyu", "agentid": wecom.agent_id, "msgtype": "text", "enable_duplicate_check": 1}
    for words in ["同一句", "同一句", *map(str, range(40))]:
        sent = await asked(wecom, "message/send", body | {"text": {"content": words}}, access_token=token)
        assert sent["errcode"] == 0
    assert len(wecom.seen(cast.yu)) == 29
    assert len(wecom.api.dropped_silently) == 12


async def test_a_webhook_takes_20_a_minute_of_so_many_bytes(wecom: WeCom, cast: Cast) -> None:
    def words(content: str, kind: str = "markdown") -> dict[str, Any]:
        return {"msgtype": kind, kind: {"content": content}}

    assert (await asked(wecom, "webhook/send", words("好"), key="x"))["errcode"] == refusals.BAD_KEY.code
    assert (await asked(wecom, "webhook/send", words("好" * 1366), key="KEY"))[
        "errcode"
    ] == refusals.TOO_LONG.code
    assert (await asked(wecom, "webhook/send", words("好" * 683, "text"), key="KEY"))[
        "errcode"
    ] == refusals.TOO_LONG.code
    card = {"msgtype": "template_card", "template_card": CARD}
    assert (await asked(wecom, "webhook/send", card, key="KEY"))["errcode"] == refusals.BAD_MSGTYPE.code
    codes = [(await asked(wecom, "webhook/send", words(str(n)), key="KEY"))["errcode"] for n in range(21)]
    assert codes == [0] * 20 + [refusals.TOO_OFTEN.code]


async def test_a_response_url_works_once_and_takes_no_card_in_a_group(wecom: WeCom, cast: Cast) -> None:
    told = wecom.ledger.add("message", "wrGROUP", "zhangsan", {}, is_group=True)
    code = told.response_code
    card = {"msgtype": "template_card", "template_card": CARD}
    assert (await asked(wecom, "aibot/response", card, response_code=code))[
        "errcode"
    ] == refusals.BAD_MSGTYPE.code
    words = {"msgtype": "markdown", "markdown": {"content": "在"}}
    assert (await asked(wecom, "aibot/response", words, response_code=code))["errcode"] == 0
    assert (await asked(wecom, "aibot/response", words, response_code=code))[
        "errcode"
    ] == refusals.USED_UP.code
    later = wecom.ledger.add("message", "wrGROUP", "zhangsan", {}, is_group=True)
    later.at = time.monotonic() - 3601
    assert (await asked(wecom, "aibot/response", words, response_code=later.response_code))[
        "errcode"
    ] == refusals.USED_UP.code
