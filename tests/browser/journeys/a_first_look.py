"""Somebody signs in for the first time and finds their way from an empty site."""

from tests.browser.person import Person


def journey(me: Person) -> None:
    """Walk it."""
    me.sees("Jobs")
    me.go("/admin/jobs/job/")
    me.sees("0 jobs")
    me.go("/admin/jobs/queueconfig/")
    for queue in ("ingestion", "calculation", "webhooks", "reports"):
        assert me.row(queue).is_visible()
