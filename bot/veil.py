"""The keys that hide people: AES-256-GCM under the first key of the environment, the older ones only read.

A covered text is `KEY_ID.BASE64`. Each is bound to the place it was made for, and padded, so that neither may stand
for another nor its length tell names apart. Used by the core, the relay and `huixiang keys`; the only door to the
cipher besides WeCom's envelope.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

KEY_BYTES = 32
_NONCE_BYTES = 12  # Source: NIST SP 800-38D, 8.2.2: random nonces of 96 bits
_PAD = 64
_ID_LENGTH = 8


class KeyRing:
    """The veil: covers with the newest key, uncovers with any."""

    def __init__(self, keys: tuple[bytes, ...] = ()) -> None:
        self._keys = {key_id(key): key for key in keys}
        self._newest = next(iter(self._keys), "")

    def __repr__(self) -> str:
        """Name the keys by their ids only."""
        return f"KeyRing({', '.join(self._keys)})"

    @property
    def is_up(self) -> bool:
        """Tell whether there is a key."""
        return bool(self._keys)

    @property
    def newest(self) -> str:
        """Return the id of the key that covers."""
        return self._newest

    def cover(self, text: str, scope: str) -> str:
        """Return a text encrypted for one place. **Errors**: RuntimeError without a key."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self._keys:
            raise RuntimeError("there is no key to cover anything with")
        raw = text.encode() + b"\x80"
        raw += b"\0" * (-len(raw) % _PAD)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(self._keys[self._newest]).encrypt(nonce, raw, scope.encode())
        return f"{self._newest}.{base64.urlsafe_b64encode(sealed).decode()}"

    def uncover(self, covered: str, scope: str) -> str | None:
        """Return the text; None if it belongs elsewhere, was changed, or its key is gone."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, _, encoded = covered.partition(".")
        key = self._keys.get(name)
        if key is None:
            return None
        try:
            sealed = base64.urlsafe_b64decode(encoded.encode())
            raw = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], scope.encode())
        except (InvalidTag, ValueError, binascii.Error):
            return None
        return raw[: raw.rindex(b"\x80")].decode()

    def mark(self, text: str) -> str:
        """Return a keyed digest. **Errors**: RuntimeError without a key."""
        if not self._keys:
            raise RuntimeError("there is no key to mark anything with")
        return _mark(self._keys[self._newest], text)

    def marks(self, text: str) -> tuple[str, ...]:
        """Return the keyed digests under every key, the newest first."""
        return tuple(_mark(key, text) for key in self._keys.values())


def _mark(key: bytes, text: str) -> str:
    return hmac.digest(key, b"mark:" + text.encode(), "sha256").hex()


def key_id(key: bytes) -> str:
    """Return the public name of a key. Pure."""
    return hashlib.sha256(b"huixiang key id:" + key).hexdigest()[:_ID_LENGTH]


def new_key() -> str:
    """Return a new key as it stands in the environment."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_keys(text: str) -> tuple[bytes, ...]:
    """Return the keys of the environment, the newest first. **Errors**: ValueError naming which one is none.

    **Shape**: one or more of base64 (32 bytes each), with commas between.
    """
    keys = []
    for number, each in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        try:
            key = base64.b64decode(each.replace("-", "+").replace("_", "/"), validate=True)
        except (ValueError, binascii.Error):
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(str(number))
        keys.append(key)
    return tuple(keys)
