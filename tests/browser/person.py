"""What a person does with a page: go, read, click, type; and what the browser noticed meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, FloatRect, Locator, Page, Request, ViewportSize, expect

from tests.browser.site import NAME, PASSWORD, Site

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "img"
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 800}
expect.set_options(timeout=20_000)


@dataclass(slots=True)
class Seen:
    """What must stay empty, and the pictures taken."""

    console_errors: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


class Person:
    """An operator before a browser."""

    def __init__(self, page: Page, site: Site, seen: Seen) -> None:
        self.page = page
        self.site = site
        self._seen = seen

    def sign_in(self) -> None:
        """Log in as the operator."""
        self.go("/admin/")
        self.page.get_by_label("Username").fill(NAME)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.click("Log in")

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.site.address + path)

    def click(self, text: str, *, role: str = "button") -> None:
        """Click the first button (or link, or other role) that says this; icons may stand beside it."""
        self.page.get_by_role(role, name=text).locator("visible=true").first.click()  # type: ignore[arg-type]

    def follow(self, text: str) -> None:
        """Click the link with this text."""
        self.click(text, role="link")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the text is there to be read."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def sees_not(self, text: str) -> None:
        """Wait until the text is not to be read."""
        expect(self.page.get_by_text(text).locator("visible=true")).to_have_count(0)

    def row(self, text: str) -> Locator:
        """Return the table row in which the text stands."""
        return self.page.get_by_role("row").filter(has_text=text).first

    def picture(self, name: str, *, height: int | None = None) -> None:
        """Keep what is to be seen now (the upper `height` pixels of it) for the docs."""
        size = self.page.viewport_size or WIDE
        clip: FloatRect = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", clip=clip)
        self._seen.pictures.append(name)


@contextmanager
def person(browser: Browser, site: Site, seen: Seen, *, view: ViewportSize = WIDE) -> Iterator[Person]:
    """Hand out a person who has signed in with a fresh browser."""
    context = browser.new_context(viewport=view, timezone_id="Europe/Vienna", locale="en-GB")
    page = context.new_page()

    def note_error(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.console_errors.append(f"{page.url}: {message.text}")

    def note_foreign(request: Request) -> None:
        if not request.url.startswith((site.address, "data:", "blob:")):
            seen.foreign_requests.append(request.url)

    page.on("console", note_error)
    page.on("pageerror", lambda error: seen.console_errors.append(f"{page.url}: {error}"))
    context.on("request", note_foreign)
    try:
        somebody = Person(page, site, seen)
        somebody.sign_in()
        yield somebody
    finally:
        context.close()
