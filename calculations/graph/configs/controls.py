"""Controls hold a price, or its move against the base price, within what a contract allows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calculations.graph.configs import keys

MODES = ("absolute", "percent")
DIRECTIONS = ("above", "below", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The trigger band; both ends are inside."""

    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The share of what lies outside the band that is passed on."""

    percent: Decimal
    above: bool
    below: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """Limits whose meaning, levels or percentages, depends on `mode` and the number of inputs."""

    cap: Decimal | None
    floor: Decimal | None
    band: Band | None
    sharing: Sharing | None
    mode: str | None

    def is_percent(self, input_count: int) -> bool:
        """Whether the limits are percentages of a base price."""
        return input_count == 2 or self.mode == "percent"


def read_controls(config: keys.Section) -> Controls:
    """Return the limits; rules that depend on the number of inputs are judged later."""
    keys.only(config, "cap", "floor", "triggerBand", "spikeSharing", "mode")
    controls = Controls(
        cap=keys.number(config, "cap"),
        floor=keys.number(config, "floor"),
        band=_band(keys.subsection(config, "triggerBand", "lower", "upper")),
        sharing=_sharing(keys.subsection(config, "spikeSharing", "sharePercent", "direction")),
        mode=keys.choice(config, "mode", MODES),
    )
    if controls.cap is None and controls.floor is None and controls.band is None:
        raise keys.BadConfig("at least one of cap, floor and triggerBand is needed")
    if controls.cap is not None and controls.floor is not None and controls.cap <= controls.floor:
        raise keys.BadConfig("cap must be greater than floor")
    if controls.sharing is not None and controls.band is None:
        raise keys.BadConfig("spikeSharing needs a triggerBand")
    return controls


def _band(section: keys.Section | None) -> Band | None:
    """Return the band, if there is one."""
    if section is None:
        return None
    band = Band(lower=keys.needed_number(section, "lower"), upper=keys.needed_number(section, "upper"))
    if band.lower >= band.upper:
        raise keys.BadConfig("triggerBand.lower must be less than upper")
    return band


def _sharing(section: keys.Section | None) -> Sharing | None:
    """Return the sharing rule, if there is one."""
    if section is None:
        return None
    percent = keys.needed_number(section, "sharePercent")
    if not 0 <= percent <= 100:
        raise keys.BadConfig("sharePercent must be from 0 to 100")
    direction = keys.needed_choice(section, "direction", DIRECTIONS)
    return Sharing(percent=percent, above=direction != "below", below=direction != "above")
