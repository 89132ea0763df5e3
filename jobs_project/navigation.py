"""The sidebar of the admin: the operator's pages first, then all the rest by app."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import lazy


def _item(title: str, icon: str, page: str, permission: str) -> dict[str, Any]:
    def allowed(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(permission))

    link = reverse_lazy(f"admin:{page}")

    def active(request: HttpRequest) -> bool:
        return _nearest(request.path) == str(link)

    return {"title": title, "icon": icon, "link": link, "permission": allowed, "active": active}


def _nearest(path: str) -> str:
    """Return the entry under which a page stands: the longest beginning of its address; the front page is itself."""
    index, *links = (str(item["link"]) for item in OPERATE)
    return max((link for link in links if path.startswith(link)), key=len, default=index if path == index else "")


OPERATE = [
    _item("Overview", "monitoring", "index", "jobs.view_job"),
    _item("Jobs", "list_alt", "jobs_job_changelist", "jobs.view_job"),
    _item("Dead letters", "mail_off", "jobs_dead_letters", "jobs.view_job"),
    _item("Operations", "conversion_path", "jobs_operation_changelist", "jobs.view_operation"),
    _item("Queues", "stacks", "jobs_queueconfig_changelist", "jobs.view_queueconfig"),
    _item("Workers", "memory", "jobs_process_changelist", "jobs.view_process"),
    _item("Alerts", "notifications", "jobs_alert_changelist", "jobs.view_alert"),
    _item("Audit", "history", "jobs_auditlog_changelist", "jobs.view_auditlog"),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Jobs",
    "SITE_HEADER": "Jobs",
    "STYLES": [lazy(static, str)("jobs/admin.css")],
    "SCRIPTS": [lazy(static, str)("jobs/admin.js")],
    "DASHBOARD_CALLBACK": "jobs.admin.overview.dashboard",
    "SIDEBAR": {
        "show_all_applications": True,
        "navigation": [{"title": "Operate", "items": OPERATE}],
    },
}
