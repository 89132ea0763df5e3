"""Rows reach the table: counts, updates, force, missing series, audits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from ingestion.models import IndexSeries, IndexValue, IngestionRun
from ingestion.numbers import dec
from ingestion.services.run import run_ingestion
from jobs import AuditEntry, AuditFilter, Tenant, read_audit
from tests.ingestion.loads import counts, load, make_run, stored
from tests.ingestion.rows import make_series

KEY = ("WTI", "2024-01-15", "FINAL")
EXISTING = {"values": [["2024-01-15", "FINAL", "75.5"]]}


def _audits(run: IngestionRun, action: str) -> list[AuditEntry]:
    wanted = AuditFilter(correlation_id=run.id, action=action).as_q()
    return list(read_audit(tenant_id=run.tenant_id, any_of=[wanted]))


def test_new_rows_are_inserted_for_the_runs_tenant(tenant: Tenant) -> None:
    series = make_series(tenant, "WTI")

    run = load(tenant, "WTI,2024-01-15,75.50,FINAL", "WTI,2024-01-15,75.40,PRELIMINARY")

    value = IndexValue.objects.get(series=series, version_tag="FINAL")
    assert (counts(run), run.status) == ((2, 2, 0, 2, 0, 0), "SUCCESS")
    assert (value.tenant_id, value.as_of_date, dec(value.value)) == (tenant.id, date(2024, 1, 15), "75.5")
    assert value.ingested_at == value.created_at == value.updated_at


def test_an_equal_value_is_skipped_and_left_untouched(tenant: Tenant) -> None:
    make_series(tenant, "WTI", EXISTING)
    before = IndexValue.objects.get()

    run = load(tenant, "WTI,2024-01-15,75.500,FINAL")

    assert counts(run) == (1, 1, 0, 0, 1, 0)
    assert IndexValue.objects.get().updated_at == before.updated_at


def test_force_writes_an_equal_value_again_without_an_audit(tenant: Tenant) -> None:
    make_series(tenant, "WTI", EXISTING)
    before = IndexValue.objects.get()

    run = load(tenant, "WTI,2024-01-15,75.5,FINAL", force=True)

    after = IndexValue.objects.get()
    assert counts(run) == (1, 1, 0, 1, 0, 0)
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert after.ingested_at > before.ingested_at
    assert _audits(run, "UPDATE") == []


def test_another_value_updates_and_is_audited(tenant: Tenant) -> None:
    make_series(tenant, "WTI", EXISTING)
    before = IndexValue.objects.get()

    run = load(tenant, "WTI,2024-01-15,75.60,FINAL", requested_by="u-1")

    (audit,) = _audits(run, "UPDATE")
    assert stored(tenant) == {KEY: "75.6"}
    assert (audit.entity_type, audit.entity_id, audit.user_id) == ("INDEX_VALUE", before.id, "u-1")
    assert audit.changes == {"before": {"value": "75.5"}, "after": {"value": "75.6"}}
    assert audit.metadata == {"seriesCode": "WTI", "asOfDate": "2024-01-15", "versionTag": "FINAL"}


def test_of_different_rows_for_one_key_the_last_wins_and_each_counts(tenant: Tenant) -> None:
    make_series(tenant, "WTI")
    row = "WTI,2024-01-15,{},FINAL"

    run = load(tenant, *(row.format(value) for value in ("1", "2", "2.0", "1")))

    assert stored(tenant) == {KEY: "1"}
    assert counts(run) == (4, 4, 0, 3, 1, 0)
    assert [audit.changes["after"]["value"] for audit in _audits(run, "UPDATE")] == ["2", "1"]


def test_store_errors_keep_the_other_rows_and_their_lines(tenant: Tenant) -> None:
    make_series(tenant, "EUR_USD", {"dataType": "FX"})

    run = load(
        tenant, "NOPE,2024-01-15,1,FINAL", "EUR_USD,2024-01-15,0.0000000000001,FINAL", "EUR_USD,2024-01-16,1.1,FINAL"
    )

    assert (counts(run), run.status) == ((3, 3, 0, 1, 0, 2), "SUCCESS")
    assert [(error["line"], error["code"]) for error in run.errors] == [(2, "SERIES_NOT_FOUND"), (3, "FX_NOT_POSITIVE")]


def test_another_tenants_series_is_not_found(tenant: Tenant) -> None:
    make_series(Tenant.objects.create(name="Other", slug="other"), "WTI", EXISTING)

    run = load(tenant, "WTI,2024-01-15,99,FINAL")

    assert run.status == "FAILED"
    assert [dec(value.value) for value in IndexValue.objects.all()] == ["75.5"]


def test_missing_series_are_created_on_demand_and_audited(tenant: Tenant) -> None:
    make_series(tenant, "WTI")
    too_long = "X" * 65

    run = load(
        tenant,
        "WTI,2024-01-15,1,FINAL",
        "NEW,2024-01-15,-2,FINAL",
        f"{too_long},2024-01-15,3,FINAL",
        create_missing_series=True,
    )

    series = IndexSeries.objects.get(series_code="NEW")
    (audit,) = _audits(run, "CREATE")
    assert (series.name, series.provider, series.data_type, series.frequency, series.unit) == (
        "NEW",
        "CSV",
        "INDEX",
        "DAILY",
        None,
    )
    assert (audit.entity_type, audit.entity_id) == ("INDEX_SERIES", series.id)
    assert [(error["line"], error["code"]) for error in run.errors] == [(4, "SERIES_NOT_FOUND")]


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(tenant: Tenant) -> None:
    def statements(code: str, days: int) -> int:
        start = date(2024, 1, 1)
        rows = [f"{code},{start + timedelta(days=day)},{day + 2},FINAL" for day in range(days)]
        make_series(tenant, code, {"values": [[start.isoformat(), "FINAL", "1"]]})
        run = make_run(tenant, rows)
        with CaptureQueriesContext(connection) as queries:
            run_ingestion(run_id=run.id)
        return len(queries)

    assert statements("A", 2) == statements("B", 400)


rows = st.lists(
    st.tuples(
        st.sampled_from(["WTI", "EUR_USD", "NOPE", ""]),
        st.sampled_from(["2024-01-15", "2024-01-16", "2024-02-30"]),
        st.sampled_from(["1", "1.0", "2", "-1", "x"]),
        st.sampled_from(["FINAL", "revised", "prelim"]),
    ).map(",".join),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(rows=rows, chunk_rows=st.integers(min_value=1, max_value=6), force=st.booleans())
def test_any_size_of_chunk_gives_the_same_result(
    db: None, settings: Settings, rows: list[str], chunk_rows: int, force: bool
) -> None:
    def result(size: int) -> tuple[Any, ...]:
        settings.INGESTION = {"chunk_rows": size}
        tenant = Tenant.objects.create(name="Acme", slug=f"acme-{Tenant.objects.count()}")
        make_series(tenant, "WTI", EXISTING)
        make_series(tenant, "EUR_USD", {"dataType": "FX"})
        run = load(tenant, *rows, force=force)
        changes = [audit.changes for audit in _audits(run, "UPDATE")]
        return stored(tenant), counts(run), run.errors, run.stored, run.status, len(changes)

    assert result(chunk_rows) == result(1_000)


days = st.dates(date(2024, 1, 1), date(2024, 1, 9)).map(str)
tags = st.sampled_from(["PRELIMINARY", "FINAL", "REVISED"])
values = st.decimals(-10, 10, places=2).map(str)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    rows=st.dictionaries(st.tuples(st.just("WTI"), days, tags), values, max_size=12),
    chunk_rows=st.integers(min_value=1, max_value=4),
    data=st.data(),
)
def test_any_order_of_chunks_gives_the_same_table(
    db: None, settings: Settings, rows: dict[tuple[str, str, str], str], chunk_rows: int, data: st.DataObject
) -> None:
    settings.INGESTION = {"chunk_rows": chunk_rows}
    lines = [f"{code},{day},{value},{tag}" for (code, day, tag), value in rows.items()]

    def table(order: list[str]) -> Any:
        tenant = Tenant.objects.create(name="Acme", slug=f"acme-{Tenant.objects.count()}")
        make_series(tenant, "WTI", EXISTING)
        load(tenant, *order)
        return stored(tenant)

    assert table(lines) == table(data.draw(st.permutations(lines)))
