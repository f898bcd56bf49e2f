"""The platform's envelope, as wechatpy writes it: so the fake and the bot do not share one mistake."""

import base64
import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.enterprise.crypto import PrpCrypto


def sign(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Return the signature of a callback."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, encrypted))).encode()).hexdigest()


def seal(aes_key: str, text: str, receive_id: str = "") -> str:
    """Encrypt a callback."""
    return str(PrpCrypto(base64.b64decode(aes_key + "=")).encrypt(text, receive_id), "ascii")


def unseal(aes_key: str, sealed: str, receive_id: str = "") -> str:
    """Decrypt what the bot answered. **Errors**: InvalidCorpIdException for another receive id."""
    return str(PrpCrypto(base64.b64decode(aes_key + "=")).decrypt(sealed, receive_id))


def seal_media(aes_key: str, data: bytes) -> bytes:
    """Encrypt a picture for download: AES-256-CBC, padded to 32 bytes."""
    key = base64.b64decode(aes_key + "=" * (-len(aes_key) % 4))
    padding = 32 - len(data) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return cipher.update(data + bytes([padding]) * padding) + cipher.finalize()
