"""Encrypts signing secrets at rest (Fernet: AES-128-CBC and HMAC-SHA256); keys rotate by MultiFernet."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from webhooks.conf import webhook_conf
from webhooks.errors import SecretUnreadable

_PURPOSE = b"webhooks: signing secrets at rest"


def encrypt(text: str) -> str:
    """Return `text` encrypted with the first key."""
    return _box().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text of `token`, whichever key encrypted it; raises SecretUnreadable."""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def renew(token: str) -> str:
    """Return `token` encrypted again with the first key; raises SecretUnreadable."""
    try:
        return _box().rotate(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def _box() -> MultiFernet:
    own = webhook_conf().encryption_keys
    return _box_of(own, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _box_of(keys: tuple[str, ...], passphrases: tuple[str, ...]) -> MultiFernet:
    # Derived keys stay last in the list, so that a site may move to keys of its own at any time.
    derived = [Fernet(_derived(passphrase)) for passphrase in passphrases]
    return MultiFernet([*map(Fernet, keys), *derived])


def _derived(passphrase: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(passphrase.encode()))
