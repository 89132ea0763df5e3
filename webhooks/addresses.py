"""Keeps webhooks away from addresses that are not public; the rules and the pinning are `ssrfguard`'s."""

import socket
from functools import lru_cache
from ipaddress import ip_network

from ssrfguard import Policy, SSRFGuardError, resolve

from webhooks.conf import WebhookConf, webhook_conf
from webhooks.errors import UrlRefused

LONGEST_URL = 2_000
MOST_ADDRESSES_TRIED = 2
_ALL_PORTS = range(1, 65_536)


def policy_of(conf: WebhookConf) -> Policy:
    """Return what may be called under `conf`."""
    schemes = frozenset({"http", "https"} if conf.allow_http else {"https"})
    return _policy(schemes, conf.allowed_networks, conf.allowed_ports)


@lru_cache(maxsize=8)
def _policy(schemes: frozenset[str], networks: tuple[str, ...], ports: tuple[int, ...] | None) -> Policy:
    return Policy(
        allowed_schemes=schemes,
        allowed_networks=tuple(ip_network(network) for network in networks),
        allowed_ports=frozenset(_ALL_PORTS if ports is None else ports),
        max_connection_attempts=MOST_ADDRESSES_TRIED,
        max_url_length=LONGEST_URL,
    )


def check_url(url: object) -> str:
    """Return `url` if it may be called as its name resolves now; raises UrlRefused. Looks the name up (network).

    A name that does not resolve now passes: it may tomorrow, and the guard stands at send time too.
    """
    if not isinstance(url, str) or not url:
        raise UrlRefused(url, reason="a URL is required")
    policy = policy_of(webhook_conf())
    try:
        resolve(policy.check_url(url), policy=policy)
    except SSRFGuardError as error:
        raise UrlRefused(url, reason=str(getattr(error, "reason", error))) from error
    except (socket.gaierror, UnicodeError):
        return url
    return url
