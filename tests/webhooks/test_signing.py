"""Signatures as the open standard says."""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from webhooks.signing import Flaw, VerificationFailed, new_secret, sign, signed_headers, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"test": 2432232314}'
NOW = 1_614_265_330
HEADERS = signed_headers(secrets=[SECRET], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=NOW, body=BODY)


def flaw_of(**changes: Any) -> Flaw:
    with pytest.raises(VerificationFailed) as failed:
        verify(**{"secrets": [SECRET], "headers": HEADERS, "body": BODY, "now": NOW, **changes})
    return failed.value.flaw


def test_the_published_example_has_the_published_signature() -> None:
    assert HEADERS["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_new_secret_is_a_prefix_and_the_base64_of_32_bytes() -> None:
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", new_secret())


def test_two_secrets_sign_in_their_order() -> None:
    other = new_secret()

    both = sign(secrets=[other, SECRET], message_id="msg_1", timestamp=NOW, body=BODY)

    assert both.split() == [
        sign(secrets=[secret], message_id="msg_1", timestamp=NOW, body=BODY) for secret in (other, SECRET)
    ]


@given(body=st.text(st.characters(exclude_categories=["Cs"])), timestamp=st.integers(0, 2**33))
def test_whatever_is_signed_verifies_also_with_the_reference_library(body: str, timestamp: int) -> None:
    headers = signed_headers(secrets=[SECRET], message_id="msg_1", timestamp=timestamp, body=body)

    verify(secrets=[SECRET], headers=headers, body=body, now=timestamp)


def test_the_reference_library_accepts_our_headers() -> None:
    headers = signed_headers(secrets=[SECRET], message_id="msg_1", timestamp=int(time.time()), body=BODY)

    assert Webhook(SECRET).verify(BODY, headers) == {"test": 2432232314}


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_of_the_three_headers_is_needed(header: str) -> None:
    assert flaw_of(headers={name: value for name, value in HEADERS.items() if name != header}) == Flaw.MISSING_HEADERS


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"webhook-id": "msg_other"}, Flaw.NO_MATCH),
        ({"webhook-timestamp": str(NOW + 1)}, Flaw.NO_MATCH),
        ({"webhook-timestamp": "yesterday"}, Flaw.INVALID_TIMESTAMP),
        ({"webhook-timestamp": "-5"}, Flaw.INVALID_TIMESTAMP),
        ({"webhook-timestamp": "9" * 400}, Flaw.INVALID_TIMESTAMP),
        ({"webhook-signature": "v1,AAAA"}, Flaw.NO_MATCH),
        ({"webhook-signature": HEADERS["webhook-signature"].replace("v1", "v2")}, Flaw.NO_MATCH),
        ({"webhook-signature": "nonsense"}, Flaw.MALFORMED_SIGNATURE),
        ({"webhook-signature": "v1,!!!!"}, Flaw.MALFORMED_SIGNATURE),
        ({"webhook-signature": "v1,ümlaut"}, Flaw.MALFORMED_SIGNATURE),
    ],
)
def test_a_changed_header_is_found_out(change: dict[str, str], flaw: Flaw) -> None:
    assert flaw_of(headers={**HEADERS, **change}) == flaw


def test_a_changed_body_or_another_secret_is_found_out() -> None:
    assert flaw_of(body=BODY + " ") == Flaw.NO_MATCH
    assert flaw_of(secrets=[new_secret()]) == Flaw.NO_MATCH


def test_five_minutes_either_way_are_tolerated_and_not_a_second_more() -> None:
    verify(secrets=[SECRET], headers=HEADERS, body=BODY, now=NOW + 300)
    verify(secrets=[SECRET], headers=HEADERS, body=BODY, now=NOW - 300)

    assert flaw_of(now=NOW + 301) == Flaw.TOO_OLD
    assert flaw_of(now=NOW - 301) == Flaw.TOO_NEW


def test_one_good_signature_among_others_is_enough() -> None:
    crowd = f"v1a,AAAA garbage v1,AAAA {HEADERS['webhook-signature']}"

    verify(secrets=[SECRET], headers={**HEADERS, "Webhook-Signature": crowd}, body=BODY, now=NOW)
