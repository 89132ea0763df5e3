"""The caretaker: who leads, and what it takes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from jobs import enqueue, new_id
from jobs.caretaker.caretaker import LEADERSHIP, Caretaker
from jobs.rows.claim import claim
from jobs.rows.process import leave_leadership, register, take_leadership
from tests.jobs.conftest import until
from tests.probe.actors import Note

pytestmark = pytest.mark.django_db(transaction=True)


LEASE_S = 0.2


@override_settings(JOBS={**settings.JOBS, "LEASE_S": LEASE_S})
def test_a_caretaker_that_becomes_leader_reclaims_without_waiting_another_lease(
    redis: Any,
) -> None:
    process, other = new_id(), new_id()
    register(connection, process, supervisor=process, host="h", pid=1, queues=[], threads=1, lease_s=LEASE_S)
    job = enqueue(Note(ledger="", key="a"))
    assert claim(connection, [job.id], process=process, lease_s=LEASE_S)
    take_leadership(connection, LEADERSHIP, holder=other, lease_s=60)
    caretaker, begun = Caretaker(), []

    def follows_for_some_leases() -> bool:
        caretaker.turn()
        begun.append(caretaker.ticks)
        return len(begun) > 40

    until(follows_for_some_leases)
    leave_leadership(connection, LEADERSHIP, holder=other)
    caretaker.turn()

    assert caretaker.leads
    assert job.refresh().row.losses == 1
