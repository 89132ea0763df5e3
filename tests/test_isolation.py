"""Tenants do not see each other: every model, every route, every id of another tenant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.test import APIClient

from calculations.services.create_batch import create_batch
from calculations.services.execute_batch import execute_batch
from calculations.services.request_approval import request_approval
from ingestion.models import Feed
from ingestion.services.upload import upload_csv
from jobs import Tenant
from jobs.job_filter import JobFilter
from jobs.models import DedupKey, Flow, Schedule
from jobs.services.operations import start
from jobs.services.schedules import keep
from jobs.services.tokens import create_token
from reports.services.request import request_report
from tests.calculations.graphs import graph, node
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.callers import caller_of
from tests.ingestion.rows import make_series
from tests.jobs.rows import a_job
from webhooks.services.emit import emit
from webhooks.services.endpoints import create_endpoint

DAY = date(2024, 1, 15)
APPS = ("jobs", "ingestion", "calculations", "webhooks", "reports")
NOT_ROWS_OF_WORK = ("jobs.Membership", "jobs.AuditLog")
"""Who is in a tenant, and the log, which has no route with an id."""

STREAMS = ("events",)
"""Routes that do not end by themselves; their own tests ask who hears what."""

UNKNOWN = "no-such-id"
METHODS = ("get", "post", "put", "patch", "delete")
BODY = {"reason": "r", "itemId": UNKNOWN, "overridePrice": "1", "comments": "c", "enabled": False}


def _routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, path)
        else:
            yield path, entry


API = [
    (path, route)
    for path, route in _routes(get_resolver())
    if path.startswith("api/") and route.name not in (*STREAMS, "schema", "docs")
]


def _names(route: URLPattern) -> list[str]:
    return list(route.pattern.converters)


def _methods(route: URLPattern) -> list[str]:
    view: Any = route.callback
    return [method for method in METHODS if hasattr(view.view_class, method)]


def _fill(path: str, route: URLPattern, id_: str) -> str:
    """Return the path with the id in place of each parameter; a queue is one that holds jobs."""
    for name, converter in route.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        path = path.replace(f"<{kind}:{name}>", "calculation" if name == "queue" else id_)
    return f"/{path}"


WITH_ID = [(path, route) for path, route in API if set(_names(route)) - {"queue"}]
LISTS = [(path, route) for path, route in API if not set(_names(route)) - {"queue"} and "get" in _methods(route)]


def _tenant_models() -> list[type[Model]]:
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    names = {model: {field.name for field in model._meta.fields} for model in models}
    return [model for model in models if "tenant" in names[model] and model._meta.label not in NOT_ROWS_OF_WORK]


@pytest.fixture
def theirs(db: None, jobs_without_redis: None, settings: Any) -> Tenant:
    """Hand out a tenant that has a row in every model."""
    settings.WEBHOOKS = {"ALLOW_HTTP": True, "ALLOWED_NETWORKS": ["127.0.0.0/8"], "ALLOWED_PORTS": None}
    return fill("theirs")


def fill(name: str) -> Tenant:
    """Return a tenant that has a row in every model."""
    tenant = make_tenant(name)
    make_series(tenant, "WTI", {"values": [["2024-01-15", "FINAL", "1.155"]]})
    upload_csv(tenant_id=tenant.pk, content="seriesCode,asOfDate,value,versionTag\nWTI,2024-01-15,1,FINAL\n")
    Feed.objects.create(tenant=tenant, name="f", location="https://example.com/prices.csv")
    pam = make_pam(tenant, graph(node("base", "Factor", input="basePrice")))
    make_item(pam, contract=make_contract(tenant))
    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch
    execute_batch(tenant_id=tenant.pk, batch_id=batch.pk)
    request_approval(tenant_id=tenant.pk, batch_id=batch.pk, user_id="bob")
    request_report(tenant_id=tenant.pk, report_type="price-math", batch_id=batch.pk, format="csv", user_id="bob")
    create_endpoint(tenant_id=tenant.pk, url="http://127.0.0.1/", event_types=["calc.batch.rejected"])
    facts = {
        "batchId": batch.pk,
        "pamId": pam.pk,
        "pamName": "P",
        "asOfDate": DAY,
        "rejectedBy": "b",
        "rejectedAt": "t",
    }
    emit(event_type="calc.batch.rejected", tenant_id=tenant.pk, key="k", facts=facts)
    a_job("failed", tenant=tenant.pk, job_id=f"a-dead-letter-of-{name}")
    create_token(User.objects.create_user(f"eve-of-{name}"), name="theirs", scopes=["read"], tenant=tenant)
    Flow(tenant=tenant.pk, name="theirs").save()
    DedupKey(tenant=tenant.pk, queue="calculation", key="theirs").save()
    keep(
        Schedule(
            name="theirs",
            tenant=tenant.pk,
            actor="process-calculation",
            payload={"tenantId": tenant.pk, "batchId": batch.pk},
            cron="0 6 * * *",
        )
    )
    start(action="cancel", wanted=JobFilter(tenants=(tenant.pk,), states=("delayed",)))
    return tenant


@pytest.fixture
def ours(theirs: Tenant) -> APIClient:
    """Hand out a client of the owner of another tenant."""
    return caller_of(make_tenant("ours"))


def _ids(tenant: Tenant) -> set[str]:
    """Return what names the tenant's rows; raises AssertionError for a model without any, so that none is forgotten."""
    found = {str(tenant.pk)}
    for model in _tenant_models():
        rows = {str(pk) for pk in model._default_manager.filter(tenant=tenant.pk).values_list("pk", flat=True)}
        assert rows, f"make a {model._meta.label} of the other tenant in this test"
        found |= rows
    job = apps.get_model("jobs", "Job")
    return found | set(job.objects.filter(tenant=tenant.pk).values_list("job_id", flat=True))


def _rows(tenant: Tenant) -> dict[str, list[dict[str, Any]]]:
    return {
        model._meta.label: list(model._default_manager.filter(tenant=tenant.pk).order_by("pk").values())
        for model in _tenant_models()
    }


@pytest.mark.parametrize(("path", "route"), WITH_ID, ids=[path for path, _ in WITH_ID])
@pytest.mark.parametrize("header", [{}, {"HTTP_X_TENANT": "theirs"}], ids=["as ours", "as theirs"])
def test_an_id_of_another_tenant_is_one_that_does_not_exist(
    ours: APIClient, theirs: Tenant, path: str, route: URLPattern, header: dict[str, str]
) -> None:
    before = _rows(theirs)

    for method in _methods(route):
        unknown = getattr(ours, method)(_fill(path, route, UNKNOWN), BODY if method != "get" else None, **header)
        assert unknown.status_code in {400, 403, 404}
        for id_ in _ids(theirs):
            answer = getattr(ours, method)(_fill(path, route, id_), BODY if method != "get" else None, **header)
            assert answer.status_code == unknown.status_code
            assert answer.content.decode().replace(id_, UNKNOWN) == unknown.content.decode()

    assert _rows(theirs) == before


@pytest.mark.parametrize(("path", "route"), LISTS, ids=[path for path, _ in LISTS])
def test_no_list_names_a_row_of_another_tenant(ours: APIClient, theirs: Tenant, path: str, route: URLPattern) -> None:
    said = ours.get(_fill(path, route, UNKNOWN)).getvalue().decode()

    assert [id_ for id_ in _ids(theirs) if id_ in said] == []


def test_a_body_cannot_name_a_row_of_another_tenant(ours: APIClient, theirs: Tenant) -> None:
    report = {"reportType": "price-math", "format": "csv"}

    for id_ in _ids(theirs):
        assert ours.post("/api/calculations", {"pamId": id_, "asOfDate": "2024-01-15"}).status_code == 404
        assert ours.post("/api/reports", {**report, "batchId": id_}).status_code == 404


def test_all_dead_letters_are_those_of_the_caller(ours: APIClient, theirs: Tenant) -> None:
    answer = ours.post("/api/jobs/calculation/retry-failed")

    assert answer.json() == {"retried": 0}
    assert apps.get_model("jobs", "Job").objects.get(job_id="a-dead-letter-of-theirs").state == "failed"


def test_the_admin_is_closed_to_people_of_a_tenant(ours: APIClient, theirs: Tenant) -> None:
    client = Client()
    client.force_login(apps.get_model("jobs", "Membership").objects.get(tenant="ours").user)
    pages = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
        for model in _tenant_models()
        if admin.site.is_registered(model)
        for pk in [model._default_manager.filter(tenant=theirs.pk).values_list("pk", flat=True)[0]]
        for page, args in (("changelist", []), ("change", [pk]), ("history", [pk]), ("delete", [pk]))
    ]

    answers = [client.get(page, secure=True) for page in pages]

    assert pages
    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.headers["location"].startswith("/admin/login/") for answer in answers)
