"""The platform's envelope: signature first, in constant time, then AES-256-CBC with PKCS7 to 32 bytes.

Used by the callbacks and by the download of pictures. **Source**: document 101033.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FRESH_FOR = timedelta(
    minutes=10
)  # our own choice: retries come within seconds, clocks are off by a minute or two
_BLOCK = 32
_RANDOM_BYTES = 16


class EnvelopeError(ValueError):
    """What came is not what the platform seals; its text names what was wrong and nothing of the content."""


def key_of(aes_key: str) -> bytes:
    """Return the key of an EncodingAESKey, or of a picture's. **Errors**: EnvelopeError unless it is 32 bytes."""
    try:
        key = base64.b64decode(aes_key + "=" * (-len(aes_key) % 4))
    except (ValueError, binascii.Error) as error:
        raise EnvelopeError("the AES key is not base64") from error
    if len(key) != 32:
        raise EnvelopeError("the AES key is not 32 bytes long")
    return key


def sign(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Return the signature of a callback or reply."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, encrypted))).encode()).hexdigest()  # noqa: S324 - theirs


def is_signed(token: str, timestamp: str, nonce: str, encrypted: str, signature: str) -> bool:
    """Tell whether a signature is right; takes the same time either way."""
    expected = sign(token, timestamp, nonce, encrypted)
    return hmac.compare_digest(expected.encode(), signature.encode(errors="surrogatepass"))


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Tell whether a callback was sealed lately; an older one was recorded and is played again."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= FRESH_FOR.total_seconds()


def encrypt(aes_key: str, message: str, receive_id: str = "", random: bytes | None = None) -> str:
    """Return a message sealed; `random` is given by tests with fixed vectors only."""
    key, content = key_of(aes_key), message.encode()
    begin = random if random is not None else os.urandom(_RANDOM_BYTES)
    raw = begin + struct.pack(">I", len(content)) + content + receive_id.encode()
    padding = _BLOCK - len(raw) % _BLOCK
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(raw + bytes([padding]) * padding) + cipher.finalize()).decode()


def decrypt(aes_key: str, encrypted: str, receive_id: str = "") -> str:
    """Return a message opened. **Errors**: EnvelopeError."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (ValueError, binascii.Error) as error:
        raise EnvelopeError("not base64") from error
    plain = decrypt_bytes(aes_key, sealed)
    if len(plain) < _RANDOM_BYTES + 4:
        raise EnvelopeError("too short")
    end = _RANDOM_BYTES + 4 + struct.unpack(">I", plain[_RANDOM_BYTES : _RANDOM_BYTES + 4])[0]
    if end > len(plain):
        raise EnvelopeError("the length is wrong")
    if not hmac.compare_digest(plain[end:], receive_id.encode()):
        raise EnvelopeError("sealed for somebody else")
    try:
        return plain[_RANDOM_BYTES + 4 : end].decode()
    except UnicodeDecodeError as error:
        raise EnvelopeError("not UTF-8") from error


def decrypt_bytes(aes_key: str, sealed: bytes) -> bytes:
    """Return bytes opened, their padding checked and removed; also a picture's. **Errors**: EnvelopeError."""
    if not sealed or len(sealed) % 16:
        raise EnvelopeError("not whole blocks")
    key = key_of(aes_key)
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = cipher.update(sealed) + cipher.finalize()
    padding = plain[-1]
    if not 1 <= padding <= _BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise EnvelopeError("the padding is wrong")
    return plain[:-padding]
