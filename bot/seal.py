"""Seals what comes back to us through strangers' hands: actions of buttons, payloads of deep links.

Used by the adapters. A seal is bound to a scope (the chat a button stands in, the member a link is
for), so nothing sealed for one is worth anything in another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

LIMIT = 64  # bytes; Source: Telegram's callback_data and start parameter
_MAC_BYTES = 9  # 72 bits, 12 characters
_MAC_LENGTH = 12


def seal(key: bytes, scope: str, action: str) -> str:
    """Return the action with its seal in front.

    **Shape**: twelve of `A-Za-z0-9_-`, then the action as it is. **Errors**: ValueError over 64 bytes.
    """
    data = _mac(key, scope, action) + action
    if len(data.encode()) > LIMIT:
        raise ValueError(f"an action of more than {LIMIT - _MAC_LENGTH} bytes cannot be sealed")
    return data


def unseal(key: bytes, scope: str, data: str) -> str | None:
    """Return the action if its seal is whole and of this scope, else None; takes the same time either way."""
    given, action = data[:_MAC_LENGTH], data[_MAC_LENGTH:]
    whole = hmac.compare_digest(_mac(key, scope, action).encode(), given.encode(errors="surrogatepass"))
    return action if whole else None


def _mac(key: bytes, scope: str, action: str) -> str:
    text = f"{len(scope)}:{scope}{action}".encode(errors="surrogatepass")
    digest = hashlib.blake2b(text, key=key[:64], digest_size=_MAC_BYTES, person=b"huixiang seal")
    return base64.urlsafe_b64encode(digest.digest()).decode()
