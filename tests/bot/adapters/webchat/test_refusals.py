"""What cannot be done gets one clear line in the language of the page, and stores nothing."""

from __future__ import annotations

import json

import pytest

from tests.bot.adapters.webchat.conftest import OWNERS, PNG, Page, ScriptedIntake


@pytest.mark.parametrize(
    ("body", "status"), [(b"<svg onload=alert(1)>", 415), (b"", 415), (PNG + b"0" * 6_000_000, 413)]
)
async def test_what_is_no_picture_or_too_large_a_one_is_refused(page: Page, body: bytes, status: int) -> None:
    ask = {"as": "zhang", "chat": OWNERS, "client_id": "p1"}

    answer = await page.client.post("/webchat/api/upload", params=ask, content=body)

    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert (await page.state())["messages"] == []


async def test_a_file_outside_the_folder_is_not_served(page: Page) -> None:
    for name in ("..%2Fhuixiang.db", "huixiang.db", "%2e%2e"):
        assert (await page.client.get(f"/webchat/files/{name}")).status_code in (404, 405)


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        ({"as": "nobody", "chat": OWNERS, "text": "早"}, 404),
        ({"as": "zhang", "chat": "elsewhere", "text": "早"}, 404),
        ({"as": "zhang", "chat": "li", "text": "早"}, 403),
        ({"as": "zhang", "chat": OWNERS, "text": "   "}, 400),
        ({"as": "zhang", "chat": OWNERS, "text": "a\x00b"}, 400),
        ({"as": "zhang", "chat": OWNERS, "text": "a\x1b[31mb"}, 400),
        ({"as": "zhang", "chat": OWNERS, "text": "长" * 100_000}, 413),
        ({"as": "zhang", "chat": OWNERS, "text": "长" * 900_000}, 413),
        ({"as": "zhang", "chat": OWNERS, "text": 7}, 400),
        ({"as": ["zhang"], "chat": OWNERS, "text": "早"}, 400),
        ({"as": "zhang", "chat": OWNERS, "text": "早", "reply_to": -1}, 400),
        ({"as": "zhang", "chat": OWNERS, "text": "早", "reply_to": 999}, 404),
        ({"as": "zhang", "chat": OWNERS, "text": "早", "client_id": "a b"}, 400),
        ({"chat": OWNERS, "text": "早"}, 400),
    ],
)
async def test_what_cannot_be_done_gets_one_line_and_stores_nothing(
    page: Page, intake: ScriptedIntake, ask: dict[str, object], status: int
) -> None:
    answer = await page.post("say", **ask)

    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert "\n" not in answer.json()["error"]
    assert (intake.taken, (await page.state())["messages"]) == ([], [])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'{"as": "\\ud800"}', b"null"])
async def test_garbage_gets_one_line(page: Page, body: bytes) -> None:
    headers = {"content-type": "application/json"}

    answer = await page.client.post("/webchat/api/say", content=body, headers=headers)

    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_a_form_of_another_site_is_no_json_and_is_refused(page: Page) -> None:
    body = json.dumps({"as": "zhang", "chat": OWNERS, "text": "早", "client_id": "x"})

    answer = await page.client.post("/webchat/api/say", content=body, headers={"content-type": "text/plain"})

    assert answer.status_code == 415


async def test_the_line_is_in_the_language_of_the_page(page: Page) -> None:
    page.client.headers["accept-language"] = "en"

    answer = await page.post("say", who="zhang", chat=OWNERS, text=" ")

    assert answer.json() == {"error": "There are no words in it yet."}
