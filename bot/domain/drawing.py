"""A report as a picture, before it is drawn: words that are said already, and amounts.

Rule: it is all that the drawing process is told. No word is made there, and no figure.
"""

from dataclasses import dataclass

from bot.domain.money import Micros

Names = tuple[str, ...]
"""What something is called, the best name first. A font may lack the letters of any but the last."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that everybody looks for."""

    value: str
    label: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Gauge:
    """How a pool stands: a bar that is filled."""

    title: str
    limit: Micros
    limit_label: str
    spent: Micros
    spent_label: str
    held: Micros = Micros(0)
    held_label: str = ""
    forecast: Micros = Micros(0)
    """Nothing where none is made."""
    forecast_label: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """What one model cost, day by day."""

    label: str
    amounts: tuple[Micros, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line through the days."""

    amount: Micros
    label: str


@dataclass(frozen=True, slots=True)
class Days:
    """Spend by day."""

    title: str
    series: tuple[Series, ...]
    """From the bottom of the stack to its top; as many amounts each as there are days."""
    count: int
    coming: tuple[Micros, ...] = ()
    """What is expected of each day besides; drawn as not there yet."""
    coming_label: str = ""
    level: Level | None = None
    empty: str = ""
    """Said in the place of bars where there is none."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a list."""

    names: Names
    size: int
    value: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A list with bars."""

    title: str
    bars: tuple[Bar, ...]
    empty: str
    note: str = ""
    """Below the list: what it leaves out."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture."""

    title: str
    place: Names
    """The server; the last is allowed to be nothing."""
    tiles: tuple[Tile, ...]
    gauge: Gauge | None
    days: Days
    members: Bars
    failures: Bars
    footer: str = ""
