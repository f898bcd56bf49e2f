"""What the app's callback brings that cannot be opened or read is refused, whatever is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.wecom.routes import app_callback
from bot.adapters.wecom.settings import AppSettings
from tests.wecom import crypto as theirs

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP = AppSettings("wwCORP", 1000002, "SECRET", token="tok", aes_key=KEY)
GOOD = (
    "<xml><ToUserName>wwCORP</ToUserName><FromUserName>XiaoYu</FromUserName><CreateTime>1790000000</CreateTime>"
    "<MsgType>text</MsgType><Content>座椅太硬了</Content><MsgId>9</MsgId><AgentID>1000002</AgentID></xml>"
)


def read(xml: str, *, receive_id: str = "wwCORP", sealed: str = "", signature: str = "") -> object:
    """Let the app's callback read some XML, sealed and signed as the platform does unless told otherwise."""
    encrypted = sealed or theirs.seal(KEY, xml, receive_id)
    query = {
        "timestamp": "1", "nonce": "n", "msg_signature": signature or theirs.sign("tok", "1", "n", encrypted),
    }  # fmt: skip
    return app_callback.read(APP, query, f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode())


def test_what_somebody_wrote_is_read() -> None:
    heard = read(GOOD)
    assert isinstance(heard, dict)
    assert (heard["from"], heard["text"]) == ({"userid": "XiaoYu"}, {"content": "座椅太硬了"})


def test_a_wrong_signature_is_refused() -> None:
    with pytest.raises(app_callback.UnreadableError, match="InvalidSignature"):
        read(GOOD, signature="0" * 40)


def test_what_was_sealed_for_another_corporation_is_refused() -> None:
    with pytest.raises(app_callback.UnreadableError, match="InvalidCorpId"):
        read(GOOD, receive_id="wwOTHER")


@pytest.mark.parametrize(
    "xml",
    [
        "no xml", "<xml>", "<xml/>", "<html></html>", "<xml><MsgType/></xml>", "<xml><MsgType>event</MsgType></xml>",
        GOOD.replace("1790000000", "yesterday"), "<xml>" * 3000,
        '<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
    ],
)  # fmt: skip
def test_garbage_under_a_right_seal_is_refused(xml: str) -> None:
    with pytest.raises(app_callback.UnreadableError):
        read(xml)


@pytest.mark.parametrize("sealed", ["AAAA", "A" * 64, "A" * 44, "=", "!!"])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(app_callback.UnreadableError):
        read("", sealed=sealed)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_nothing(body: bytes) -> None:
    with pytest.raises(app_callback.UnreadableError):
        app_callback.read(APP, {}, body)


@given(st.text(max_size=200))
def test_any_words_under_a_right_seal_are_read_or_refused(xml: str) -> None:
    try:
        read(f"<xml>{xml}</xml>")
    except app_callback.UnreadableError:
        return
