"""The price formulas of the demo's contracts, as PAM graphs (domain specification, section 5)."""

from typing import Any

Graph = dict[str, Any]

BASE = {"id": "base", "type": "Factor", "config": {"input": "basePrice"}, "label": "Contract price"}


def fuel_surcharge() -> Graph:
    """30 % of the price follows the three-month mean of gasoline, a month late; the whole moves 8 % at most."""
    nodes = [
        BASE,
        _series("gasoline", "CPI_GASOLINE", operation="avg_3m", lag_days=30),
        _constant("gasoline_then", "275.527"),
        _combine("gasoline_ratio", "divide"),
        _constant("fixed_part", "1"),
        {"id": "multiplier", "type": "Combine", "config": {"operation": "weighted_average", "weights": ["0.7", "0.3"]}},
        _combine("price", "multiply"),
        {"id": "collar", "type": "Controls", "config": {"cap": 8, "floor": -8}},
        _rounded("cents", decimals=2),
    ]
    edges = [
        *_into("gasoline_ratio", "gasoline", "gasoline_then"),
        *_into("multiplier", "fixed_part", "gasoline_ratio"),
        *_into("price", "base", "multiplier"),
        *_into("collar", "price", "base"),
        *_into("cents", "collar"),
    ]
    return {"nodes": nodes, "edges": edges, "output": "cents"}


def energy_basket() -> Graph:
    """Electricity and household energy drive half of the price; moves up to 3 % are ignored, larger ones shared."""
    nodes = [
        BASE,
        _series("electricity", "CPI_ELECTRICITY", operation="avg_6m", lag_days=45),
        _constant("electricity_then", "281.888"),
        _combine("electricity_ratio", "divide"),
        _series("heating", "CPI_HOUSEHOLD_ENERGY", operation="avg_12m", lag_days=45),
        _constant("heating_then", "269.742"),
        _combine("heating_ratio", "divide"),
        _constant("fixed_part", "1"),
        {
            "id": "multiplier",
            "type": "Combine",
            "config": {"operation": "weighted_average", "weights": ["0.5", "0.35", "0.15"]},
        },
        _combine("price", "multiply"),
        {
            "id": "shared",
            "type": "Controls",
            "config": {
                "triggerBand": {"lower": -3, "upper": 3},
                "spikeSharing": {"sharePercent": 50, "direction": "both"},
                "cap": 12,
            },
        },
        _rounded("rounded", decimals=4),
    ]
    edges = [
        *_into("electricity_ratio", "electricity", "electricity_then"),
        *_into("heating_ratio", "heating", "heating_then"),
        *_into("multiplier", "fixed_part", "electricity_ratio", "heating_ratio"),
        *_into("price", "base", "multiplier"),
        *_into("shared", "price", "base"),
        *_into("rounded", "shared"),
    ]
    return {"nodes": nodes, "edges": edges, "output": "rounded"}


def escalated_and_converted(currency: str, *, decimals: int) -> Graph:
    """Escalate a euro price by consumer prices within a collar of -2 to +5 %, and bill it in another currency."""
    nodes = [
        BASE,
        _series("prices", "CPI_ALL", operation="avg_12m", lag_days=60),
        _constant("prices_then", "317.671"),
        _combine("ratio", "divide"),
        _combine("escalated", "multiply"),
        {"id": "collar", "type": "Controls", "config": {"cap": 5, "floor": -2}},
        {
            "id": "converted",
            "type": "Convert",
            "config": {"type": "currency", "from": "EUR", "to": currency, "fxSeries": f"EUR_{currency}"},
        },
        _rounded("billed", decimals=decimals),
    ]
    edges = [
        *_into("ratio", "prices", "prices_then"),
        *_into("escalated", "base", "ratio"),
        *_into("collar", "escalated", "base"),
        *_into("converted", "collar"),
        *_into("billed", "converted"),
    ]
    return {"nodes": nodes, "edges": edges, "output": "billed"}


def _series(node_id: str, code: str, *, operation: str, lag_days: int) -> dict[str, Any]:
    config = {"series": code, "operation": operation, "lagDays": lag_days}
    return {"id": node_id, "type": "Factor", "config": config}


def _constant(node_id: str, value: str) -> dict[str, Any]:
    return {"id": node_id, "type": "Factor", "config": {"value": value}}


def _combine(node_id: str, operation: str) -> dict[str, Any]:
    return {"id": node_id, "type": "Combine", "config": {"operation": operation}}


def _rounded(node_id: str, *, decimals: int) -> dict[str, Any]:
    return {"id": node_id, "type": "Transform", "config": {"function": "round", "params": {"decimals": decimals}}}


def _into(target: str, *sources: str) -> list[dict[str, str]]:
    return [{"from": source, "to": target} for source in sources]
