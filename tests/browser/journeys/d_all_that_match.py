"""From a filter to an operation on all that match, watched to its end, or stopped."""

from tests.browser.person import Person


def journey(me: Person) -> None:
    """Walk it."""
    me.go("/admin/jobs/job/")
    bar = me.page.get_by_label("Filter", exact=True)
    bar.fill("queue:web")
    me.page.get_by_text("webhooks", exact=True).locator("visible=true").first.click()
    bar.press_sequentially("state:failed tenant:cumulus")
    me.page.keyboard.press("Escape")
    me.click("Filter")
    me.sees("demo-tell-partner")
    me.picture("job-list", height=560)

    me.follow("Act on all that match")
    me.sees("Dry run: nothing has moved yet")
    me.picture("dry-run", height=480)
    me.page.get_by_label("Reason, for the audit log").fill("the partner is up again")
    me.page.get_by_label("Jobs a second").fill("20")
    me.click("Start with")
    me.sees("Started: retry")
    me.site.start_workers()
    me.sees("Its jobs now:")
    me.click("Stop")
    me.sees("stopped")
    me.picture("operation")
    me.site.stop_workers()
