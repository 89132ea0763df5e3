"""From a job that does not run to the button that mends it."""

from tests.browser.person import Person


def journey(me: Person) -> None:
    """Walk it."""
    me.go("/admin/jobs/job/?state=waiting&queue=reports")
    me.row("demo-draw-report").get_by_role("link").first.click()
    me.sees("Why is this not running?")
    me.sees("The queue reports is paused.")
    me.sees("No living worker serves the queue reports")
    me.sees("It is missing in Redis.")
    me.picture("job-page")
    me.click("Put it back into Redis")
    me.sees("Redis has it again.")
    me.sees_not("It is missing in Redis.")
    me.click("Resume the queue")
    me.sees("The queue goes on.")
    me.site.manage("jobs", "pause", "reports")

    me.go("/admin/jobs/job/dead-letters/")
    me.follow("KeyError in demo-value-deal")
    me.follow("open a sample")
    me.sees("Our code, innermost first")
    me.page.get_by_text("Edit and retry").click()
    payload = me.page.get_by_label("New payload")
    payload.fill(payload.input_value().replace("XAU", "EUR"))
    me.click("Save and retry")
    me.sees("Its payload is another.")
