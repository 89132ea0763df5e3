"""Somebody signs in for the first time, finds empty pages that teach, then a bad night begins."""

from tests.browser.person import Person


def journey(me: Person) -> None:
    """Walk it."""
    me.sees("no alert is open")
    me.sees("none is alive: nothing runs")
    for queue in ("ingestion", "calculation", "webhooks", "reports"):
        assert me.row(queue).is_visible()
    me.follow("Dead letters")
    me.sees("No dead letters")
    me.site.manage("demo_incident")

    me.follow("Overview")
    me.sees("9,000")
    me.sees("paused")
    me.sees("completed")
    me.picture("overview")
    me.click("24h")
    me.page.keyboard.press("?")
    me.sees("this sheet")
    me.page.keyboard.press("Escape")
    me.page.keyboard.press("g")
    me.page.keyboard.press("j")
    me.sees("payload.…")
