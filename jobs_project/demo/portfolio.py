"""Who the demo's tenants are, what they buy, and by which formula its price moves."""

from dataclasses import dataclass
from decimal import Decimal

from jobs_project.demo import graphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A contract whose items all follow one formula."""

    name: str
    counterparty: str
    formula: str
    graph: graphs.Graph
    prefix: str
    goods: tuple[str, ...]
    items: int
    currency: str
    unit: str
    lowest_price: Decimal
    step: Decimal

    def price(self, number: int) -> Decimal:
        """Return the base price of the item with this number, from 0."""
        return self.lowest_price + self.step * number

    def item_name(self, number: int) -> str:
        """Return the name of the item with this number, from 0."""
        return f"{self.goods[number % len(self.goods)]}, lot {number // len(self.goods) + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """One tenant and its contracts."""

    name: str
    slug: str
    agreements: tuple[Agreement, ...]


LAKESIDE = Buyer(
    name="Lakeside Food Distribution",
    slug="lakeside",
    agreements=(
        Agreement(
            name="Refrigerated haulage 2025-2027",
            counterparty="Great Lakes Freight",
            formula="Fuel surcharge with collar",
            graph=graphs.fuel_surcharge(),
            prefix="HAUL",
            goods=("Route Chicago - Detroit", "Route Chicago - Cleveland", "Route Detroit - Toledo"),
            items=300,
            currency="USD",
            unit="trip",
            lowest_price=Decimal("412.50"),
            step=Decimal("3.35"),
        ),
        Agreement(
            name="Cold storage 2025-2026",
            counterparty="Northern Cold Stores",
            formula="Energy basket with shared spikes",
            graph=graphs.energy_basket(),
            prefix="COLD",
            goods=("Pallet place, frozen", "Pallet place, chilled", "Blast freezing"),
            items=300,
            currency="USD",
            unit="pallet",
            lowest_price=Decimal("18.9"),
            step=Decimal("0.0725"),
        ),
    ),
)
RHEINTAL = Buyer(
    name="Rheintal Maschinenbau GmbH",
    slug="rheintal",
    agreements=(
        Agreement(
            name="Spare parts, United States",
            counterparty="Müller & Söhne Inc.",
            formula="Consumer prices, billed in dollars",
            graph=graphs.escalated_and_converted("USD", decimals=2),
            prefix="US",
            goods=("Spindle", "Bearing set", "Tool holder", "Coolant pump"),
            items=300,
            currency="EUR",
            unit="piece",
            lowest_price=Decimal("89.99"),
            step=Decimal("7.41"),
        ),
        Agreement(
            name="Spare parts, Japan",
            counterparty="日本精機株式会社",
            formula="Consumer prices, billed in yen",
            graph=graphs.escalated_and_converted("JPY", decimals=0),
            prefix="JP",
            goods=("Spindle", "Bearing set", "Tool holder", "Coolant pump"),
            items=300,
            currency="EUR",
            unit="piece",
            lowest_price=Decimal("95.00"),
            step=Decimal("7.41"),
        ),
    ),
)
BUYERS = (LAKESIDE, RHEINTAL)
