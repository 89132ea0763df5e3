"""Reads the files of a feed's location; knows nothing of rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

import requests
import urllib3.exceptions
from ssrfguard import Policy, SSRFGuardError
from ssrfguard.requests import Session

from ingestion.conf import IngestionSettings
from ingestion.errors import FeedRefused, FeedUnreadable

_CHUNK = 64 * 1024
_CONNECT_S = 10.0


class FoundFile(NamedTuple):
    """One file as it was found."""

    name: str
    content: bytes


def is_url(location: str) -> bool:
    """Tell whether a location is a URL."""
    return "://" in location


def read_files(location: str, *, conf: IngestionSettings) -> Iterator[FoundFile]:
    """Yield the files of a location, those of a folder by name, one in memory at a time.

    Raises FeedRefused for what may not be read, FeedUnreadable for what does not answer just now.
    """
    if is_url(location):
        yield FoundFile(location, _read_url(location, conf))
        return
    for path in _paths(location, conf):
        try:
            size = path.stat().st_size
            if size > conf.max_csv_bytes:
                raise FeedRefused(location, f"{path.name} has {size} bytes, {conf.max_csv_bytes} are allowed")
            content = path.read_bytes()
        except OSError as error:
            raise FeedUnreadable(location, f"{path.name}: {error.strerror}") from error
        yield FoundFile(path.name, content)


def _paths(location: str, conf: IngestionSettings) -> list[Path]:
    """Return the CSV files of a folder below the configured one; a link that leads outside is left out."""
    if conf.feed_folder is None:
        raise FeedRefused(location, "no INGESTION['feed_folder'] is set")
    root = Path(conf.feed_folder).resolve()
    folder = (root / location).resolve()
    if not folder.is_relative_to(root):
        raise FeedRefused(location, "it is not below the feeds' folder")
    if not folder.is_dir():
        raise FeedUnreadable(location, "there is no such folder")
    return sorted(path for path in folder.glob("*.csv") if path.is_file() and path.resolve().is_relative_to(root))


def _read_url(url: str, conf: IngestionSettings) -> bytes:
    """Return what a public address answers, within the configured size and time; redirects are not followed."""
    end = time.monotonic() + conf.feed_timeout_s
    try:
        with Session(policy=_policy(conf)) as session:
            session.trust_env = False
            response = session.get(url, timeout=(_CONNECT_S, conf.feed_timeout_s), allow_redirects=False, stream=True)
            with closing(response):
                if response.status_code != requests.codes.ok:
                    raise FeedUnreadable(url, f"the answer was {response.status_code}")
                content = bytearray()
                for chunk in response.iter_content(_CHUNK):
                    content += chunk
                    if len(content) > conf.max_csv_bytes:
                        raise FeedRefused(url, f"the answer has more than {conf.max_csv_bytes} bytes")
                    if time.monotonic() > end:
                        raise FeedUnreadable(url, f"no complete answer within {conf.feed_timeout_s:g} s")
                return bytes(content)
    except SSRFGuardError as error:
        raise FeedRefused(url, str(error)) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise FeedUnreadable(url, type(error).__name__) from error


def _policy(conf: IngestionSettings) -> Policy:
    return Policy(
        allowed_schemes=frozenset({"http", "https"} if conf.feed_allow_http else {"https"}),
        allowed_networks=tuple(ip_network(network) for network in conf.feed_networks),
        allowed_ports=frozenset(conf.feed_ports),
    )
