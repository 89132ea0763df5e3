"""What a contract sells, at which base price."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from ingestion.fields import ExactDecimalField
from jobs import new_id


class FxPolicy(models.TextChoices):
    """The day whose exchange rate the contract names; kept, the engine reads rates as of the batch's day."""

    PERIOD_AVG = "PERIOD_AVG"
    EOP = "EOP"
    EFFECTIVE_DATE = "EFFECTIVE_DATE"


class Item(models.Model):
    """A product of a contract, priced by its PAM; without a PAM no batch takes it."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="items", db_index=False)
    contract = models.ForeignKey("calculations.Contract", on_delete=models.CASCADE, related_name="items")
    pam = models.ForeignKey(
        "calculations.PAM", on_delete=models.SET_NULL, related_name="items", null=True, blank=True, verbose_name="PAM"
    )
    sku = models.CharField(max_length=100, verbose_name="SKU")
    name = models.CharField(max_length=200)
    description = models.TextField(null=True, blank=True)
    base_price = ExactDecimalField()
    base_currency = models.CharField(max_length=3, validators=[RegexValidator(r"\A[A-Z]{3}\Z")])
    uom = models.CharField(max_length=64, verbose_name="unit of measure")
    fx_policy = models.CharField(max_length=14, choices=FxPolicy, default=FxPolicy.PERIOD_AVG)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "sku"], name="calc_item_sku"),
            models.CheckConstraint(condition=~models.Q(uom=""), name="calc_item_uom"),
            models.CheckConstraint(condition=~models.Q(base_currency=""), name="calc_item_currency"),
            models.CheckConstraint(condition=models.Q(fx_policy__in=FxPolicy.values), name="calc_item_fx_policy"),
        ]

    def __str__(self) -> str:
        return self.sku

    def clean(self) -> None:
        """Refuse a contract or a PAM of another tenant."""
        for field in ("contract", "pam"):
            linked = getattr(self, field, None) if getattr(self, f"{field}_id") else None
            if linked is not None and linked.tenant_id != self.tenant_id:
                raise ValidationError({field: "This belongs to another tenant."})
