"""The parts of a batch's page that do something, or answer later than the page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse

from calculations.admin.batch_form import BatchForm
from calculations.admin.batch_steps import STEPS
from calculations.errors import CalculationRefused
from calculations.graph.errors import GraphFailed
from calculations.models import BatchStatus, CalcBatch
from calculations.picture.histogram import draw_histogram
from calculations.services.create_batch import create_batch
from calculations.services.price_changes import price_changes
from ingestion.progress_bar import draw_progress

PAGE = "admin:calculations_calcbatch_change"


class BatchPages:
    """Starts batches, moves them, and shows how they come along."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages; each asks who may see it."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        pages = {
            "<path:batch_id>/step/": self.step,
            "<path:batch_id>/live/": self.live,
            "<path:batch_id>/spread/": self.spread,
        }
        own = [
            path(route, site.admin_view(view), name=f"calculations_calcbatch_{view.__name__}")
            for route, view in pages.items()
        ]
        return [
            path("calculate/", site.admin_view(self.calculate), name="calculations_calcbatch_calculate"),
            *own,
            *urls,
        ]

    def calculate(self, request: HttpRequest) -> HttpResponseBase:
        """Start a batch, or lead to the one that has the same inputs."""
        if not request.user.has_perm("calculations.add_calcbatch"):
            raise PermissionDenied
        form = BatchForm(request.POST or None, initial={"pam": request.GET.get("pam")})
        if request.method == "POST" and form.is_valid() and (batch := _create(request, form)):
            return HttpResponseRedirect(reverse(PAGE, args=[batch.pk]))
        site: Any = self.admin_site  # type: ignore[attr-defined]
        context = {"title": "Calculate", "button": "Calculate"}
        return render(request, "ingestion/form_page.html", {**site.each_context(request), **context, "form": form})

    def step(self, request: HttpRequest, batch_id: str) -> HttpResponseBase:
        """Take the step that a button names, and say what came of it."""
        batch = self._batch(request, batch_id)
        step = STEPS.get(request.POST.get("step", ""))
        if step is None or not request.user.has_perm("calculations.change_calcbatch"):
            raise PermissionDenied
        try:
            step.take(batch, user_id=str(request.user.pk), words=request.POST.get("words", "").strip())
        except CalculationRefused as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Batch {batch.pk} {step.done}.")
        return HttpResponseRedirect(reverse(PAGE, args=[batch.pk]))

    def live(self, request: HttpRequest, batch_id: str) -> HttpResponse:
        """Answer with how far the batch is; once it has ended, the page is asked for as a whole."""
        batch = self._batch(request, batch_id)
        if not is_alive(batch):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Refresh": "true"})
        return HttpResponse(render_progress(batch))

    def spread(self, request: HttpRequest, batch_id: str) -> HttpResponse:
        """Answer with a picture of how far prices move; apart from the page, which is not to wait for it."""
        changes = price_changes(self._batch(request, batch_id))
        picture = draw_histogram(changes.percents, title="Changes of price") if changes.percents else None
        return render(request, "calculations/batch_spread.html", {"changes": changes, "picture": picture})

    def _batch(self, request: HttpRequest, batch_id: str) -> CalcBatch:
        """Return a batch that this person may see; raise Http404 or PermissionDenied."""
        pages: Any = self
        batch: CalcBatch | None = pages.get_object(request, batch_id)
        if batch is None:
            raise Http404
        if not pages.has_view_permission(request, batch):
            raise PermissionDenied
        return batch


def is_alive(batch: CalcBatch) -> bool:
    """Whether the batch has not ended."""
    return batch.status in (BatchStatus.QUEUED, BatchStatus.RUNNING)


def render_progress(batch: CalcBatch) -> str:
    """Return the bar with its words, which asks again as long as the batch has not ended."""
    bar = draw_progress(total=batch.items_total, succeeded=batch.items_succeeded, failed=batch.items_failed)
    return render_to_string("calculations/batch_progress.html", {"batch": batch, "bar": bar, "alive": is_alive(batch)})


def _create(request: HttpRequest, form: BatchForm) -> CalcBatch | None:
    """Create the batch; None, and the form says why, if the service refuses."""
    said = form.cleaned_data
    try:
        creation = create_batch(
            tenant_id=said["pam"].tenant_id,
            pam_id=said["pam"].pk,
            contract_id=said["contract"] and said["contract"].pk,
            as_of_date=said["as_of_date"],
            version_preference=said["version_preference"],
            user_id=str(request.user.pk),
        )
    except (CalculationRefused, GraphFailed) as error:
        form.add_error(None, error.message)
        return None
    if creation.is_duplicate:
        messages.info(request, "This batch has the same inputs; nothing was calculated again.")
    else:
        messages.success(request, f"{creation.batch.items_total} items are being calculated.")
    return creation.batch
