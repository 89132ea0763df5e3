"""The pages are for everybody: WCAG A and AA by axe-core, in light and dark, wide and narrow."""

from pathlib import Path
from typing import Any

from tests.browser.person import NARROW, Person

AXE = (Path(__file__).parents[1] / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
PAGES = (
    "/admin/",
    "/admin/jobs/job/dead-letters/",
    "/admin/jobs/job/bulk/?f=queue:webhooks",
    "/admin/jobs/queueconfig/",
)
OURS = ".jobs-page"
"""What we judge: the frame around it is unfold's."""


def faults(me: Person) -> list[str]:
    """Return what axe finds on a page, each with the element."""
    me.page.evaluate(AXE)
    found: dict[str, Any] = me.page.evaluate("([place, rules]) => axe.run(place, rules)", [OURS, RULES])
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found["violations"] for node in fault["nodes"]]


def journey(me: Person) -> None:
    """Walk it."""
    for theme in ("light", "dark"):
        me.page.emulate_media(color_scheme=theme)
        for path in PAGES:
            me.go(path)
            if me.page.locator(OURS).count():
                assert not (found := faults(me)), f"{theme} {path}: {found}"
    me.go("/admin/")
    me.picture("overview-dark")
    me.page.set_viewport_size(NARROW)
    for path in PAGES:
        me.go(path)
        wider = me.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wider, f"{path} scrolls sideways on a narrow screen"
    me.go("/admin/jobs/job/dead-letters/")
    me.picture("narrow")
