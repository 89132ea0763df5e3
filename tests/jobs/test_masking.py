"""What the audit log hides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.masking import mask, redact_ip, redact_user_agent

KEYS = st.sampled_from(["email", "userPhone", "PASSWORD", "api_key", "name", "price", "className", "to"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("", "****"),
        ("abcd", "****"),
        ("abcde", "ab*de"),
        ("john@example.com", "jo********om"),
        (12, "[MASKED]"),
        (None, "[MASKED]"),
        ({"deep": "x"}, "[MASKED]"),
        (["a"], "[MASKED]"),
    ],
)
def test_a_sensitive_value_keeps_its_ends_at_most(value: object, masked: str) -> None:
    assert mask({"password": value}) == {"password": masked}


@pytest.mark.parametrize(
    "key",
    ["email", "workEmail", "phoneNumber", "SSN", "taxId", "tax_id", "creditCard", "api-key", "clientSecret", "x_token"],
)
def test_keys_are_sensitive_by_what_they_contain(key: str) -> None:
    assert mask([{key: "12345678"}]) == [{key: "12****78"}]


@given(JSON)
def test_masking_keeps_the_shape_and_touches_nothing_else(value: Any) -> None:
    masked = mask(value)

    assert type(masked) is type(value)
    if isinstance(value, dict):
        assert masked.keys() == value.keys()
        for key in ("name", "price", "to"):
            assert key not in value or masked[key] == mask(value[key])
    elif not isinstance(value, list):
        assert masked == value


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (None, None),
        ("192.168.1.42", "192.168.1.0"),
        ("2001:db8:85a3:1:8a2e:370:7334:1", "2001:db8:85a3:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("999.1.1.1", "[REDACTED]"),
        ("", "[REDACTED]"),
    ],
)
def test_an_address_is_redacted_to_its_network(address: str | None, network: str | None) -> None:
    assert redact_ip(address) == network


@pytest.mark.parametrize(
    ("text", "browser"),
    [
        (None, None),
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/91.0.4472.124 Safari/537.36 Edg/91.0.864.59", "Edge/91.0"),
        ("Mozilla/5.0 Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", "Edge/18.17763"),
        ("Mozilla/5.0 (X11; rv:89.0) Gecko/20100101 Firefox/89.0", "Firefox/89.0"),
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/91.0.4472.124 Safari/537.36", "Chrome/91.0"),
        ("Mozilla/5.0 AppleWebKit/605.1.15 Version/14.1.1 Safari/605.1.15", "Safari/605.1"),
        ("curl/8.0", "[BROWSER]"),
    ],
)
def test_of_a_user_agent_the_browser_is_left(text: str | None, browser: str | None) -> None:
    assert redact_user_agent(text) == browser
