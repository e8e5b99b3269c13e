"""Drawings of every kind: a rich month, a bare one, and one that somebody tries to break."""

from bot.domain.drawing import Bar, Bars, Days, Drawing, Gauge, Level, Series, Tile
from bot.domain.money import Micros, dollars

NAMES = ("Ann", "김철수", "مريم الفاسي", "\N{PARTY POPPER} Ben", "Dvořák 🦊", "नमस्ते")
HOSTILE = "$\\frac{1}{0}$ ^{x}_ \\n \u202e <b>\x07 \U0001f389 " + "W" * 300


def rich() -> Drawing:
    days = 31
    amounts = tuple(
        Micros(10_000 * (nth * 7919 % 97)) if nth < 18 else Micros(0) for nth in range(days)
    )
    coming = tuple(Micros(0) if nth < 18 else dollars("0.93") for nth in range(days))
    return Drawing(
        "October 2026",
        ("Ada's Film Studio", ""),
        (
            Tile("$18.42", "spent"),
            Tile("214", "videos made"),
            Tile("9", "failed (4 %)", alarming=True),
            Tile("$0.32", "held now"),
        ),
        Gauge(
            "This month's pool",
            dollars("25"),
            "pool $25.00",
            dollars("18.42"),
            "$18.42 spent",
            dollars("0.32"),
            "$0.32 held",
            dollars("30.97"),
            "$30.97 expected by 31 October",
        ),
        Days(
            "Spent by day",
            tuple(Series(f"Model {nth}  $9.20", amounts) for nth in range(3)),
            days,
            coming,
            "expected",
            Level(dollars("0.81"), "$0.81 a day would last all month"),
        ),
        Bars(
            "Who spent most",
            tuple(
                Bar((name, "", f"member …{nth}"), 10 - nth, f"${10 - nth}.00")
                for nth, name in enumerate(NAMES[:5])
            ),
            "Nobody ordered anything.",
            "and 12 others  $1.52",
        ),
        Bars(
            "What failed",
            tuple(Bar((f"cause {nth}",), 4 - nth, str(4 - nth)) for nth in range(4)),
            "Nothing failed.",
        ),
    )


def bare(days: int = 28) -> Drawing:
    return Drawing(
        "February 2027",
        ("",),
        (),
        None,
        Days("Spent by day", (), days, empty="Nothing was spent."),
        Bars("Who spent most", (), "Nobody ordered anything."),
        Bars("What failed", (), "Nothing failed."),
    )


def hostile() -> Drawing:
    huge = Micros(10**17)
    return Drawing(
        HOSTILE,
        (HOSTILE, ""),
        tuple(Tile(HOSTILE, HOSTILE) for _ in range(4)),
        Gauge(HOSTILE, Micros(0), HOSTILE, huge, HOSTILE, huge, HOSTILE, huge, HOSTILE),
        Days(
            HOSTILE,
            tuple(Series(HOSTILE, (huge, *[Micros(0)] * 29)) for _ in range(7)),
            30,
            (huge,) * 30,
            HOSTILE,
            Level(huge, HOSTILE),
        ),
        Bars(HOSTILE, tuple(Bar((HOSTILE, HOSTILE), 0, HOSTILE) for _ in range(5)), HOSTILE),
        Bars(HOSTILE, tuple(Bar((HOSTILE,), 10**17, HOSTILE) for _ in range(4)), HOSTILE),
    )
