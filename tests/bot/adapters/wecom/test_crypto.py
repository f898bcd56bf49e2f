"""The envelope: fixed vectors, wechatpy and the platform's own cipher as other opinions, and all that is wrong."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.wecom import crypto
from tests.wecom import crypto as theirs
from tests.wecom.conftest import node, running

__all__ = ["node"]
TOKEN, KEY, TIMESTAMP, NONCE = (
    "tok_test",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "1760000000",
    "nonce42",
)
MESSAGE = '{"msgid":"m1","msgtype":"text","text":{"content":"@Bot #反馈 好"}}'
RANDOM = b"0123456789abcdef"
VECTORS = [
    (
        "",
        (
            "Q3stYC6hdFzMh9T8HCvyDGcaX/lc9WVzedA1I2So1ZE+OsG3i2ElSl9bcCMUG7a/c5UV7u+fbJlVb+Nw9cxPro6gZN8zfgELaK/ofUg6syF9"
            "mRyHkYdATFHkVJqa8Nt4"
        ),
        "624123816edd6cf80fe9e6049092d447560d3724",
    ),
    (
        "ww1234567890abcdef",
        (
            "Q3stYC6hdFzMh9T8HCvyDGcaX/lc9WVzedA1I2So1ZE+OsG3i2ElSl9bcCMUG7a/c5UV7u+fbJlVb+Nw9cxPro6gZN8zfgELaK/ofUg6syFl"
            "bM/imdi42e8N55kPou13k8gT2DWTqiTbGv5RyDGRiajIT2rTgD1hHmlDGD28roY="
        ),
        "66a95d6185e0988fcec912acf665ca5513481254",
    ),
]


@pytest.mark.parametrize(("receive_id", "sealed", "signature"), VECTORS)
def test_the_fixed_vectors_come_out_byte_for_byte(receive_id: str, sealed: str, signature: str) -> None:
    assert crypto.encrypt(KEY, MESSAGE, receive_id, RANDOM) == sealed
    assert crypto.sign(TOKEN, TIMESTAMP, NONCE, sealed) == signature
    assert crypto.decrypt(KEY, sealed, receive_id) == MESSAGE


@pytest.mark.node
async def test_the_platforms_own_cipher_says_the_same(node: Path) -> None:
    receive_id, sealed, signature = VECTORS[1]
    arguments = (TOKEN, KEY, TIMESTAMP, NONCE, MESSAGE, receive_id, sealed)
    async with running(node, "vectors.cjs", *arguments) as process:
        assert process.process.stdout is not None
        said = json.loads(await process.process.stdout.readline())
    assert (said["sealed"], said["signature"]) == (sealed, signature)
    assert (said["opened"]["message"], said["opened"]["id"]) == (MESSAGE, receive_id)


@settings(deadline=None)
@given(st.text(max_size=300), st.text("abcdef0123456789", max_size=20))
def test_wechatpy_opens_what_we_seal_and_we_what_it_seals(message: str, receive_id: str) -> None:
    assert theirs.unseal(KEY, crypto.encrypt(KEY, message, receive_id), receive_id) == message
    assert crypto.decrypt(KEY, theirs.seal(KEY, message, receive_id), receive_id) == message


def _sealed_raw(raw: bytes) -> str:
    key = crypto.key_of(KEY)
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(raw) + cipher.finalize()).decode()


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        ("!", "base64"),
        ("", "blocks"),
        (base64.b64encode(b"x" * 20).decode(), "blocks"),
        (_sealed_raw(b"x" * 31 + b"\0"), "padding"),
        (_sealed_raw(b"x" * 31 + b"\x21"), "padding"),
        (_sealed_raw(b"x" * 30 + b"\x07\x02"), "padding"),
        (_sealed_raw(b"x" * 16 + b"\x10" * 16), "short"),
        (_sealed_raw(b"x" * 16 + b"\0\0\xff\xff" + b"y" * 11 + b"\x01"), "length"),
        (_sealed_raw(b"x" * 16 + b"\0\0\0\x02" + b"\xff\xfe" + b"\x0a" * 10), "UTF-8"),
        (crypto.encrypt(KEY, MESSAGE, "ww_other"), "somebody else"),
    ],
)
def test_what_the_platform_did_not_seal_is_refused_by_name(sealed: str, why: str) -> None:
    with pytest.raises(crypto.EnvelopeError, match=why):
        crypto.decrypt(KEY, sealed)


@pytest.mark.parametrize("key", ["", "too short", "ä" * 43])
def test_a_key_that_is_none_is_named(key: str) -> None:
    with pytest.raises(crypto.EnvelopeError, match="AES key"):
        crypto.encrypt(key, MESSAGE)


def test_a_signature_of_anything_else_is_wrong() -> None:
    _, sealed, signature = VECTORS[0]
    assert crypto.is_signed(TOKEN, TIMESTAMP, NONCE, sealed, signature)
    assert not crypto.is_signed("tok_other", TIMESTAMP, NONCE, sealed, signature)
    assert not crypto.is_signed(TOKEN, "1760000001", NONCE, sealed, signature)
    assert not crypto.is_signed(TOKEN, TIMESTAMP, NONCE, sealed + "A", signature)
    assert not crypto.is_signed(TOKEN, TIMESTAMP, NONCE, sealed, "")
    assert not crypto.is_signed(TOKEN, TIMESTAMP, NONCE, sealed, "é\ud800")


def test_only_what_was_sealed_lately_is_fresh() -> None:
    now = datetime.fromtimestamp(1760000000, UTC)
    assert crypto.is_fresh(TIMESTAMP, now + timedelta(minutes=9))
    assert crypto.is_fresh(TIMESTAMP, now - timedelta(minutes=9))
    assert not crypto.is_fresh(TIMESTAMP, now + timedelta(minutes=11))
    for nonsense in ("", "-1", "１７", "1e9", "9" * 40):
        assert not crypto.is_fresh(nonsense, now)
