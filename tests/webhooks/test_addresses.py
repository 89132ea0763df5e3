"""Which URLs may be called."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from webhooks.addresses import check_url
from webhooks.conf import webhook_conf
from webhooks.errors import UrlRefused


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.0.0.8/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://2130706433/hook",
        "https://user:pass@8.8.8.8/hook",
        "https://8.8.8.8:8443/hook",
        "http://8.8.8.8/hook",
        "ftp://8.8.8.8/hook",
        "//8.8.8.8/hook",
        "https://8.8.8.8/hook\n",
        "https://",
        "",
        None,
        17,
        "https://8.8.8.8/" + "x" * 2_000,
    ],
)
def test_urls_that_are_not_public_https_are_refused(url: object) -> None:
    with pytest.raises(UrlRefused):
        check_url(url)


@pytest.mark.parametrize("url", ["https://8.8.8.8/hook", "https://hooks.invalid/a?b=c"])
def test_public_https_passes_and_so_does_a_name_that_does_not_resolve_yet(url: str) -> None:
    assert check_url(url) == url


def test_settings_open_this_machine(local_calls: Callable[..., None]) -> None:
    assert check_url("http://localhost:8099/hook") == "http://localhost:8099/hook"

    with pytest.raises(UrlRefused):
        check_url("http://10.0.0.8/hook")


def test_a_misspelt_setting_is_named(settings: Any) -> None:
    settings.WEBHOOKS = {"ALOW_HTTP": True}

    with pytest.raises(ImproperlyConfigured, match="ALOW_HTTP"):
        webhook_conf()
