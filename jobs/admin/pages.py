"""The furniture of the operator's own pages: what each of them passes to its template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def page(request: HttpRequest, template: str, *, title: str, **context: Any) -> HttpResponse:
    """Return a page in the admin's frame; a part of it alone if htmx asks for it (`parts` of the template)."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})


def number(values: Mapping[str, str], name: str, *, least: float, most: float) -> float | None:
    """Return a form's number within its bounds, None if it is empty or no number."""
    try:
        return min(most, max(least, float(values.get(name, ""))))
    except ValueError:
        return None
