"""The field in which people write a graph."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from calculations.graph.json_text import read_json, unstorable


class GraphField(forms.CharField):
    """JSON over many lines, whose numbers are read as they are written; a refused text is shown again as it was."""

    widget = UnfoldAdminTextareaWidget

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Make room for a graph."""
        return {**super().widget_attrs(widget), "rows": 30, "spellcheck": "false"}

    def clean(self, value: Any) -> Any:
        """Return the JSON value of the text."""
        text = super().clean(value)
        try:
            graph = read_json(text)
        except ValueError as error:
            raise forms.ValidationError(f"This is no JSON: {error}") from None
        if reason := unstorable(graph):
            raise forms.ValidationError(f"This cannot be stored: {reason}")
        return graph

    def prepare_value(self, value: Any) -> Any:
        """Write a stored graph over many lines."""
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant, not how it is laid out."""
        try:
            return bool(initial != read_json(data or ""))
        except ValueError:
            return True
