"""Spend by day: a stack for each, with the colours' names above.

Rule: a colour means one model, and what is expected is striped.
"""

from collections.abc import Iterator
from typing import Final

from bot.adapters.chart.canvas import DASHES, FAINT, GROUND, INK, OTHERS, SERIES, SOFT, Canvas
from bot.adapters.chart.key import LINE, Entry, draw_key
from bot.adapters.chart.scale import short, ticks
from bot.domain.drawing import Days, Level
from bot.domain.money import Micros

_HIGHEST_LEVEL: Final = 2
"""A line that lies this many times above all bars would press them flat, and is left out."""


def draw_days(
    canvas: Canvas, days: Days, *, x: float, y: float, width: float, height: float
) -> None:
    """From the title to the numbers of the days."""
    canvas.text(x, y + 26, days.title, size=26, bold=True)
    highest = _highest(days)
    level = days.level if days.level and days.level.amount <= _HIGHEST_LEVEL * highest else None
    lines = draw_key(canvas, _entries(days, level), x=x, y=y + 64, width=width)
    top, bottom = y + 62 + lines * LINE, y + height - 30
    steps = ticks(Micros(max(highest, level.amount if level else 0)))
    axis = max(canvas.measure(short(step), size=20) for step in steps) if highest else 0
    left, right = x + axis + 14, x + width
    per_micro = (bottom - top) / steps[-1]
    for amount in (Micros(0), *(steps if highest else ())):
        at = bottom - amount * per_micro
        canvas.line(left, at, right, at, FAINT, linewidth=1.2)
        if highest:
            shown = short(amount) if amount else "0"
            canvas.text(left - 12, at + 7, shown, size=20, colour=SOFT, align="right")
    _draw_bars(canvas, days, left=left, right=right, bottom=bottom, per_micro=per_micro)
    _draw_numbers(canvas, days.count, left=left, right=right, y=bottom + 28)
    if level is not None:
        at = bottom - level.amount * per_micro
        canvas.line(left, at, right, at, INK, **DASHES)
    if not highest and days.empty:
        middle = (left + right) / 2
        canvas.text(middle, (top + bottom) / 2 + 8, days.empty, size=24, align="center", halo=True)


def _entries(days: Days, level: Level | None) -> Iterator[Entry]:
    for nth, series in enumerate(days.series):
        yield Entry(series.label, _colour(nth))
    if any(days.coming):
        yield Entry(days.coming_label, OTHERS, shape="stripes", ink=SOFT)
    if level is not None:
        yield Entry(level.label, INK, shape="line", ink=SOFT)


def _highest(days: Days) -> Micros:
    stacks = [sum(one.amounts[nth] for one in days.series) for nth in range(days.count)]
    coming = days.coming or (Micros(0),) * days.count
    return Micros(max((s + c for s, c in zip(stacks, coming, strict=True)), default=0))


def _draw_bars(
    canvas: Canvas, days: Days, *, left: float, right: float, bottom: float, per_micro: float
) -> None:
    step = (right - left) / days.count
    broad = step * 0.74
    for nth in range(days.count):
        at, foot = left + step * nth + (step - broad) / 2, bottom
        for which, series in enumerate(days.series):
            tall = series.amounts[nth] * per_micro
            if tall > 0:
                canvas.box(at, foot - tall, broad, tall, _colour(which))
                canvas.line(at, foot, at + broad, foot, GROUND, linewidth=1, zorder=2)
                foot -= tall
        if days.coming and days.coming[nth]:
            tall = days.coming[nth] * per_micro
            canvas.hatched(at, foot - tall, broad, tall, OTHERS)


def _draw_numbers(canvas: Canvas, count: int, *, left: float, right: float, y: float) -> None:
    step = (right - left) / count
    for number in (1, *range(5, count + 1, 5)):
        at = left + step * (number - 0.5)
        canvas.text(at, y, str(number), size=20, colour=SOFT, align="center")


def _colour(nth: int) -> str:
    return SERIES[nth] if nth < len(SERIES) else OTHERS
