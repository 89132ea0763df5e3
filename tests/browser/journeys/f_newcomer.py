"""A newcomer finds each trouble of a bad night from the pages alone, and mends it."""

import re

from playwright.sync_api import expect

from tests.browser.person import Person


def look_for(me: Person, text: str) -> None:
    """Filter the jobs, open the first that is found."""
    me.page.get_by_role("listitem").get_by_role("link", name="Jobs").first.click()
    bar = me.page.get_by_label("Filter", exact=True)
    bar.fill(text)
    bar.press("Escape")
    me.click("Filter")
    me.row("demo-").get_by_role("link").first.click()


def journey(me: Person) -> None:
    """Walk it."""
    me.site.manage("demo_incident", "--failures", "1000")
    me.go("/admin/")
    me.sees("paused")
    me.sees("lost")

    # A dead worker, and what it ran
    me.follow("Workers")
    me.row("worker-7").filter(has_text=re.compile("lost", re.IGNORECASE)).get_by_role("link").first.click()
    me.sees("Running now")
    me.sees("demo-fetch-prices")

    # Jobs that Redis does not know: one is put back by hand, the others by the workers' caretaker
    look_for(me, "queue:calculation state:waiting")
    me.sees("It is missing in Redis.")
    me.sees("No living worker serves the queue calculation: start one (manage.py rundramatiq).")
    me.click("Put it back into Redis")
    me.sees("Redis has it again.")

    # A paused queue
    look_for(me, "queue:reports state:waiting")
    me.sees("The queue reports is paused.")
    me.click("Resume the queue")
    me.sees("The queue goes on.")

    me.site.start_workers()
    me.follow("Overview")
    me.sees("alive")
    expect(me.row("reports")).not_to_contain_text("paused")
    for queue in ("calculation", "reports"):
        expect(me.row(queue).get_by_role("cell").nth(1)).to_have_text("0", timeout=60_000)

    # Dead letters, one cause at a time
    me.follow("Dead letters")
    me.follow("OSError in demo-draw-report")
    me.page.get_by_label("Reason").fill("the disk has room again")
    me.click("Retry one as a canary")
    me.sees("The canary completed")
    me.click("Retry all")
    me.sees("Nothing is left of this group")
    me.site.stop_workers()
