"""How a pool stands: spent, held and foreseen, along a track that ends where the money does.

Rule: what goes beyond the pool looks different from what fits.
"""

from collections.abc import Iterator

from bot.adapters.chart.canvas import ACCENT, ALARM, DEEP, FAINT, INK, OTHERS, Canvas
from bot.adapters.chart.key import LINE, Entry, draw_key
from bot.domain.drawing import Gauge


def draw_gauge(canvas: Canvas, gauge: Gauge, *, x: float, y: float, width: float) -> float:
    """Draws it, and answers how high it is."""
    used = gauge.spent + gauge.held
    at = width / max(gauge.limit, gauge.forecast, used, 1)
    top, tall = y + 44, 30
    wide = canvas.text(x, y + 26, gauge.title, size=26, bold=True)
    end = x + gauge.limit * at
    label = canvas.measure(gauge.limit_label, size=22)
    canvas.text(max(end, x + wide + 30 + label), y + 26, gauge.limit_label, size=22, align="right")
    canvas.box(x, top, gauge.limit * at, tall, FAINT)
    if gauge.forecast > used:
        within = max(0, min(gauge.forecast, gauge.limit) - used)
        canvas.hatched(x + used * at, top, within * at, tall, OTHERS)
        start = max(gauge.limit, used)
        canvas.hatched(x + start * at, top, max(0, gauge.forecast - start) * at, tall, ALARM)
    canvas.box(x, top, gauge.spent * at, tall, ACCENT)
    canvas.box(x + gauge.spent * at, top, gauge.held * at, tall, DEEP)
    canvas.line(end, top - 6, end, top + tall + 6, INK, linewidth=3, zorder=3)
    lines = draw_key(canvas, _entries(gauge), x=x, y=top + tall + 32, width=width)
    return top + tall + 18 + lines * LINE - y


def _entries(gauge: Gauge) -> Iterator[Entry]:
    yield Entry(gauge.spent_label, ACCENT)
    if gauge.held_label:
        yield Entry(gauge.held_label, DEEP)
    if gauge.forecast_label:
        colour = ALARM if gauge.forecast > gauge.limit else OTHERS
        ink = ALARM if gauge.forecast > gauge.limit else INK
        yield Entry(gauge.forecast_label, colour, shape="stripes", ink=ink)
