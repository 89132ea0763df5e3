"""Finds the browser: Chromium on PATH, else Debian's where we may install it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Final

from tests.chaos.say import say

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
"""Flags with which it asks no host of its maker."""


class NoBrowserError(Exception):
    """Raised when there is no Chromium and we may not install one."""

    def __init__(self) -> None:
        super().__init__("No Chromium on PATH: install it (Debian: apt-get install chromium), or run this as root")


def find_browser() -> str:
    """Return the path of Chromium, which root installs where apt knows it; raises NoBrowserError."""
    apt = shutil.which("apt-get")
    if not _on_path() and os.geteuid() == 0 and apt:
        say("Installing Chromium (once, about a minute)")
        subprocess.run([apt, "update", "-qq"], check=False)
        subprocess.run([apt, "install", "-qq", "-y", "chromium", "fonts-liberation"], check=False)
    if path := _on_path():
        return path
    raise NoBrowserError


def _on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)
