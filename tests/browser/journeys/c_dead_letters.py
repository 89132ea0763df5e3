"""Three in the morning: from the list of failures to a safe bulk retry."""

from tests.browser.person import Person


def journey(me: Person) -> None:
    """Walk it."""
    me.follow("Dead letters")
    me.sees("dead letters in 5 groups")
    me.picture("dead-letters")

    me.follow("TimeoutError in demo-fetch-prices")
    me.site.start_workers()
    me.page.get_by_label("Reason").fill("the vendor answers again")
    me.click("Retry one as a canary")
    me.sees("1 completed")
    me.sees("The canary completed")
    me.click("Retry 10 %")
    me.sees("900 completed")
    me.picture("dead-letter-group")
    me.site.stop_workers()
