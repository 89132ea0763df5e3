"""Caps, floors, trigger bands and shared spikes (domain specification, 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from calculations.graph.arithmetic.values import Compute, Values
from calculations.graph.configs import Controls
from calculations.graph.configs.controls import Band, Sharing
from calculations.graph.errors import DivisionByZero, MissingBasePrice

_BASE_PRICE = -1
"""The place of the item's base price among the values."""


def controls(node_id: str, config: Controls, sources: Sequence[int]) -> Compute:
    """Return the node's function: limits of the price itself, or of its move against a base in percent."""
    if not config.is_percent(len(sources)):
        return _levels(config, sources[0])
    base = sources[1] if len(sources) == 2 else _BASE_PRICE
    return _percentages(node_id, config, sources[0], base)


def _levels(config: Controls, source: int) -> Compute:
    def compute(values: Values) -> Decimal:
        value: Decimal = values[source]
        if config.band and config.sharing:
            value = _share(value, config.band, config.sharing)
        return +_limit(value, config)

    return compute


def _percentages(node_id: str, config: Controls, source: int, base_source: int) -> Compute:
    def compute(values: Values) -> Decimal:
        current: Decimal = values[source]
        base: Decimal | None = values[base_source]
        if base is None:
            raise MissingBasePrice(node_id)
        if not base:
            raise DivisionByZero(node_id)
        move = (current - base) / base * 100
        held = _limit(_move_past_band(move, config), config)
        return current if held == move else base * (1 + held / 100)  # an untouched price is not rounded anew

    return compute


def _move_past_band(move: Decimal, config: Controls) -> Decimal:
    """Return what a band lets through: nothing from inside, all of it or a share from outside."""
    band = config.band
    if band is None:
        return move
    if band.lower <= move <= band.upper:
        return Decimal(0)
    return _share(move, band, config.sharing) if config.sharing else move


def _share(value: Decimal, band: Band, sharing: Sharing) -> Decimal:
    """Return the band's end plus the agreed share of what lies beyond it."""
    share = sharing.percent / 100
    if sharing.above and value > band.upper:
        return band.upper + (value - band.upper) * share
    if sharing.below and value < band.lower:
        return band.lower - (band.lower - value) * share
    return value


def _limit(value: Decimal, config: Controls) -> Decimal:
    """Return the value held below the cap, then above the floor."""
    if config.cap is not None and value > config.cap:
        value = config.cap
    if config.floor is not None and value < config.floor:
        value = config.floor
    return value
