"""Runs all journeys (or those named) and tells in the last line what came of them."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import journeys
from tests.browser.chromium import QUIET, NoBrowserError, find_browser
from tests.browser.person import PICTURES, Person, Seen, person
from tests.browser.site import Site, site
from tests.chaos.say import say

FAILURES = Path("var/browser")
"""Where the last sight of a journey that failed is kept."""

Journey = Callable[[Person], None]


def all_journeys(wanted: Sequence[str]) -> dict[str, Journey]:
    """Return the journeys in the order of their modules; each module is one, and its `journey` walks it."""
    names = sorted(module.name for module in pkgutil.iter_modules(journeys.__path__))
    chosen = [name for name in names if not wanted or any(word in name for word in wanted)]
    return {name: importlib.import_module(f"tests.browser.journeys.{name}").journey for name in chosen}


def _walk(name: str, journey: Journey, browser: Browser, here: Site, seen: Seen) -> bool:
    with person(browser, here, seen) as somebody:
        try:
            journey(somebody)
        except Exception:  # noqa: BLE001  # the others are walked all the same
            somebody.page.screenshot(path=FAILURES / f"{name}.png")
            say(f"{traceback.format_exc()}FAILED {name} at {somebody.page.url}: {FAILURES}/{name}.png")
            return False
    say(f"walked {name}")
    return True


def main(wanted: Sequence[str]) -> int:
    """Walk the journeys on one site, each with a fresh browser; return the exit code."""
    try:
        program = find_browser()
    except NoBrowserError as error:
        say(str(error))
        return 1
    seen = Seen()
    chosen = all_journeys(wanted)
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="jobs-browser-") as directory,
        site(Path(directory)) as here,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        failed = sum(not _walk(name, journey, browser, here, seen) for name, journey in chosen.items())
        browser.close()
    for line in (*seen.console_errors, *seen.foreign_requests):
        say(line)
    said = {
        "ok": not (failed or seen.console_errors or seen.foreign_requests) and bool(chosen),
        "journeys": len(chosen) - failed,
        "pictures": len(seen.pictures),
        "console_errors": len(seen.console_errors),
        "foreign_requests": len(seen.foreign_requests),
    }
    say(json.dumps(said))
    return 0 if said["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
