"""What each type of node can be told: one frozen value and one reader for each."""

from calculations.graph.configs.combine import Combine
from calculations.graph.configs.controls import Controls
from calculations.graph.configs.convert import ConvertCurrency, ConvertUnit
from calculations.graph.configs.factor import BasePrice, Constant, SeriesValue
from calculations.graph.configs.transform import Transform

Config = Constant | BasePrice | SeriesValue | Transform | ConvertUnit | ConvertCurrency | Combine | Controls

__all__ = [
    "BasePrice",
    "Combine",
    "Config",
    "Constant",
    "Controls",
    "ConvertCurrency",
    "ConvertUnit",
    "SeriesValue",
    "Transform",
]
