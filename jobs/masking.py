"""Hides personal data and secrets in what the audit log keeps and hands out.

The rules are those of the domain specification, sections 13.2 (before storing) and 13.3 (before exporting).
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

MASKED: Final = "[MASKED]"
REDACTED: Final = "[REDACTED]"
UNKNOWN_BROWSER: Final = "[BROWSER]"

# Both spellings of the compound words: Python writes api_key where JSON writes apiKey.
_SENSITIVE = re.compile(r"email|phone|ssn|tax[_-]?id|credit[_-]?card|password|api[_-]?key|secret|token", re.IGNORECASE)

# Edge stands first: its text names Chrome and Safari too, and Chrome's names Safari.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/(\d+\.\d+)")),
    ("Firefox", re.compile(r"\bFirefox/(\d+\.\d+)")),
    ("Chrome", re.compile(r"\bChrome/(\d+\.\d+)")),
    ("Safari", re.compile(r"\bSafari/(\d+\.\d+)")),
)


def sensitive(name: str) -> bool:
    """Tell if values under this key are masked."""
    return bool(_SENSITIVE.search(name))


def mask(value: Any) -> Any:
    """Return a copy of a JSON value in which the values under sensitive keys, at any depth, are masked."""
    if isinstance(value, Mapping):
        return {key: _mask_sensitive(item) if sensitive(str(key)) else mask(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item) for item in value]
    return value


def redact_ip(address: str | None) -> str | None:
    """Return the network an address belongs to: its /24 (IPv4) or /64 (IPv6)."""
    if address is None:
        return None
    try:
        parsed = ip_address(address)
    except ValueError:
        return REDACTED
    if isinstance(parsed, IPv4Address):
        return str(IPv4Address(int(parsed) & ~0xFF))
    return str(IPv6Address(int(parsed) >> 64 << 64))


def redact_user_agent(text: str | None) -> str | None:
    """Return the browser and its version to the minor number, and nothing else of a User-Agent header."""
    if text is None:
        return None
    for name, pattern in _BROWSERS:
        if found := pattern.search(text):
            return f"{name}/{found[1]}"
    return UNKNOWN_BROWSER


def _mask_sensitive(value: Any) -> str:
    """Return the ends of a text, its middle starred; four characters or fewer, and everything else, go whole."""
    if not isinstance(value, str):
        return MASKED
    if len(value) <= 4:
        return "****"
    return f"{value[:2]}{'*' * min(len(value) - 4, 8)}{value[-2:]}"
