"""What a person fills in to load a CSV file."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from ingestion.filters import Filters
from jobs import Tenant


class UploadForm(forms.Form):
    """A file, and which of its rows are wanted."""

    tenant = forms.ModelChoiceField(queryset=Tenant.objects.order_by("name", "pk"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label="CSV file",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
        allow_empty_file=True,  # the parser has a better word for it
        help_text="Columns: seriesCode,asOfDate,value,versionTag",
    )
    series_codes = forms.CharField(
        required=False, widget=UnfoldAdminTextInputWidget, help_text="Only these, parted by commas; empty for all."
    )
    start_date = forms.DateField(
        label="From", required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )
    end_date = forms.DateField(label="To", required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))
    create_missing_series = forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget)
    force = forms.BooleanField(
        required=False, widget=UnfoldBooleanSwitchWidget, help_text="Store values again that are there already."
    )

    def clean_series_codes(self) -> frozenset[str]:
        """Return the codes apart."""
        codes = (code.strip() for code in self.cleaned_data["series_codes"].split(","))
        return frozenset(code for code in codes if code)

    def clean(self) -> dict[str, Any]:
        """Refuse days that run backwards."""
        values = super().clean() or {}
        start, end = values.get("start_date"), values.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", "This must not be before the first day.")
        return values

    @property
    def filters(self) -> Filters:
        """Return which rows are wanted."""
        said = self.cleaned_data
        return Filters(series_codes=said["series_codes"], start_date=said["start_date"], end_date=said["end_date"])
