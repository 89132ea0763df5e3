"""What a person fills in to try a graph."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from calculations.models import Item
from ingestion.versions import VersionTag

SUGGESTED = 50
"""Items that the browser offers while one types."""


class TrialForm(forms.Form):
    """An item and a day; the graph stands in the form around it."""

    try_item = forms.CharField(
        label="Item (SKU or id)",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "try-items", "autocomplete": "off"}),
    )
    try_date = forms.DateField(label="As of", widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))
    try_version = forms.ChoiceField(label="Version", choices=VersionTag.choices, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, pam_id: str | None = None, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {"try_date": timezone.now().date().isoformat(), "try_version": VersionTag.FINAL.value}
        )
        super().__init__(*args, **kwargs)
        self.pam_id = pam_id

    def suggestions(self) -> list[str]:
        """Return SKUs of items that the PAM prices; one query."""
        if self.pam_id is None:
            return []
        skus = Item.objects.filter(pam_id=self.pam_id).order_by("sku").values_list("sku", flat=True)
        return list(skus[:SUGGESTED])
