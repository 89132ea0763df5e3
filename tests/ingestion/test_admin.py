"""The admin shows series, values and loads, and changes no numbers."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ingestion.models import IndexValue
from jobs import Tenant
from tests.ingestion.loads import load
from tests.ingestion.rows import make_series

pytestmark = pytest.mark.django_db
PLAN = {"start": "2024-01-01", "count": 60, "first": "75.5", "step": "0.1", "versionTag": "FINAL"}


def _body(client: Client, view: str, *args: str) -> str:
    answer = client.get(reverse(f"admin:ingestion_{view}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_series_shows_its_latest_values_without_filling_zeros(admin_client: Client, tenant: Tenant) -> None:
    series = make_series(tenant, "WTI", {"generate": PLAN})

    body = _body(admin_client, "indexseries_change", series.id)

    assert "<title>Values of WTI</title>" in body
    assert "Feb. 29, 2024" in body
    assert "81.4" in body
    assert "81.400000" not in body
    assert "Jan. 1, 2024" not in body


def test_lists_are_filtered_by_tenant_and_cost_few_queries(
    admin_client: Client, tenant: Tenant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_series(tenant, "WTI", {"generate": PLAN})
    make_series(Tenant.objects.create(name="Other", slug="other"), "HIDDEN", {"generate": PLAN})
    load(tenant, "WTI,x,1,FINAL")

    for view in ("indexseries_changelist", "indexvalue_changelist", "ingestionrun_changelist"):
        with django_assert_max_num_queries(8):
            answer = admin_client.get(reverse(f"admin:ingestion_{view}"), {"tenant__id__exact": tenant.id})
        body = answer.content.decode()
        assert answer.status_code == 200
        assert "HIDDEN" not in body


def test_a_value_can_be_read_and_not_changed(admin_client: Client, tenant: Tenant) -> None:
    make_series(tenant, "WTI", {"values": [["2024-01-15", "FINAL", "75.5"]]})
    value = IndexValue.objects.get()
    url = reverse("admin:ingestion_indexvalue_change", args=[value.id])

    answer = admin_client.post(url, {"value": "1"})

    assert answer.status_code == 403
    assert "75.5" in _body(admin_client, "indexvalue_change", value.id)


def test_a_load_shows_its_counts_and_errors_and_hands_them_out(admin_client: Client, tenant: Tenant) -> None:
    run = load(tenant, "WTI,2024-01-15,=1+1,FINAL", "=cmd,2024-01-15,1,FINAL")

    page = _body(admin_client, "ingestionrun_change", run.id)
    file = admin_client.get(reverse("admin:ingestion_ingestionrun_errors", args=[run.id]))

    assert "2 of 2 errors" in page
    assert "Invalid value: =1+1" in page
    assert file["Content-Disposition"] == f'attachment; filename="errors-{run.id}.csv"'
    assert file.content.decode().splitlines() == [
        "line,code,message,seriesCode,asOfDate",
        "2,INVALID_VALUE,Invalid value: =1+1,WTI,2024-01-15",
        "3,SERIES_NOT_FOUND,Series not found: =cmd,'=cmd,2024-01-15",
    ]


def test_the_error_list_is_for_those_who_may_see_the_load(client: Client, tenant: Tenant) -> None:
    run = load(tenant, "WTI,x,1,FINAL")
    url = reverse("admin:ingestion_ingestionrun_errors", args=[run.id])
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    assert client.get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_a_load_that_does_not_exist_has_no_error_list(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:ingestion_ingestionrun_errors", args=["none"])).status_code == 404
