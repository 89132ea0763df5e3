"""Pages of unfinished rows: the patrol must see every one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from jobs import enqueue_many
from jobs.rows.unfinished import START, unfinished
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_of_one_instant_are_all_seen_though_a_page_ends_among_them(redis: Any) -> None:
    jobs = enqueue_many([Misbehave(what="fail")] * 5)  # one statement: one asked_at

    seen: list[str] = []
    page = unfinished(connection, START, limit=2)
    while page.cursor is not None and len(seen) < 10:
        seen += [row.id for row in page.rows]
        page = unfinished(connection, page.cursor, limit=2)
    seen += [row.id for row in page.rows]

    assert seen == sorted(job.id for job in jobs)
