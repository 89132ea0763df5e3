"""Secrets at rest."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from webhooks.encryption import decrypt, encrypt, renew
from webhooks.errors import SecretUnreadable


def test_what_is_encrypted_comes_back_and_cannot_be_read_in_between() -> None:
    token = encrypt("whsec_abc")

    assert "abc" not in token
    assert decrypt(token) == "whsec_abc"


def test_a_key_of_ones_own_may_come_later_and_be_replaced(settings: Any) -> None:
    derived = encrypt("whsec_abc")
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.WEBHOOKS = {"ENCRYPTION_KEYS": [old]}
    by_old = encrypt("whsec_def")
    settings.WEBHOOKS = {"ENCRYPTION_KEYS": [new, old]}

    assert [decrypt(token) for token in (derived, by_old)] == ["whsec_abc", "whsec_def"]


def test_a_renewed_secret_outlives_the_old_key(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.WEBHOOKS = {"ENCRYPTION_KEYS": [old]}
    token = encrypt("whsec_abc")
    settings.WEBHOOKS = {"ENCRYPTION_KEYS": [new, old]}

    renewed = renew(token)
    settings.WEBHOOKS = {"ENCRYPTION_KEYS": [new]}

    assert decrypt(renewed) == "whsec_abc"
    with pytest.raises(SecretUnreadable):
        decrypt(token)
    with pytest.raises(SecretUnreadable):
        renew(token)


def test_a_replaced_secret_key_still_decrypts_as_a_fallback(settings: Any) -> None:
    settings.SECRET_KEY = "old" * 20
    token = encrypt("whsec_abc")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, ["old" * 20]

    assert decrypt(token) == "whsec_abc"
