"""What a person fills in to have items priced."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from calculations.models import PAM, Contract
from ingestion.versions import VersionTag


class BatchForm(forms.Form):
    """A mechanism and a day; the batch belongs to the mechanism's tenant."""

    pam = forms.ModelChoiceField(
        label="PAM", queryset=PAM.objects.order_by("name", "pk").only("name", "tenant"), widget=UnfoldAdminSelectWidget
    )
    contract = forms.ModelChoiceField(
        queryset=Contract.objects.order_by("name", "pk"),
        required=False,
        empty_label="All contracts",
        widget=UnfoldAdminSelectWidget,
    )
    as_of_date = forms.DateField(label="As of", widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))
    version_preference = forms.ChoiceField(
        choices=VersionTag.choices, initial=VersionTag.FINAL, widget=UnfoldAdminSelectWidget
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a contract of another tenant."""
        values = super().clean() or {}
        pam, contract = values.get("pam"), values.get("contract")
        if pam and contract and pam.tenant_id != contract.tenant_id:
            self.add_error("contract", "This belongs to another tenant.")
        return values
