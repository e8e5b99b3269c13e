"""The whole picture: what was spent, how the pool stands, the days, the people, what failed.

Discord shows it 550 pixels wide or 350 high, and a phone narrower still, so it is drawn twice as
large, in landscape, with letters that stay readable. It has a ground of its own, for there are light
readers and dark ones.

Rule: it is laid out here and nowhere else, and everything keeps its place whatever is missing.
"""

from typing import Final

from bot.adapters.chart.canvas import ACCENT, ALARM, FAINT, INK, PANEL, SOFT, Canvas
from bot.adapters.chart.days import draw_days
from bot.adapters.chart.fonts import choose, use_fonts_for
from bot.adapters.chart.gauge import draw_gauge
from bot.domain.drawing import Bars, Drawing, Tile

WIDTH: Final = 1100
HEIGHT: Final = 800
_EDGE: Final = 40
_GAP: Final = 26
_BODY: Final = 216
"""Where the two columns begin."""
_LISTS: Final = 340
"""How wide the right one is."""
_ROW: Final = 47


def draw(drawing: Drawing) -> bytes:
    """A PNG."""
    place = choose(drawing.place)
    members = [choose(bar.names) for bar in drawing.members.bars]
    use_fonts_for([place, *members])
    canvas = Canvas(WIDTH, HEIGHT)
    _draw_title(canvas, drawing.title, place)
    _draw_tiles(canvas, drawing.tiles, y=100)
    width, y = WIDTH - 2 * _EDGE - _LISTS - 44, _BODY
    if drawing.gauge is not None:
        y += draw_gauge(canvas, drawing.gauge, x=_EDGE, y=y, width=width) + _GAP / 2
    draw_days(canvas, drawing.days, x=_EDGE, y=y, width=width, height=HEIGHT - y - _GAP)
    x = WIDTH - _EDGE - _LISTS
    y = _BODY + _draw_bars(canvas, drawing.members, members, x=x, y=_BODY, colour=ACCENT) + _GAP
    causes = [bar.names[0] for bar in drawing.failures.bars]
    _draw_bars(canvas, drawing.failures, causes, x=x, y=y, colour=ALARM)
    return canvas.png()


def _draw_title(canvas: Canvas, title: str, place: str) -> None:
    inner = WIDTH - 2 * _EDGE
    left = inner - canvas.text(_EDGE, 70, title, size=44, bold=True, width=inner) - 40
    if place and left > 120:
        canvas.text(WIDTH - _EDGE, 70, place, size=26, colour=SOFT, align="right", width=left)


def _draw_tiles(canvas: Canvas, tiles: tuple[Tile, ...], *, y: float) -> None:
    if not tiles:
        return
    width = (WIDTH - 2 * _EDGE - 16 * (len(tiles) - 1)) / len(tiles)
    for nth, tile in enumerate(tiles):
        x = _EDGE + nth * (width + 16)
        canvas.round_box(x, y, width, 92, PANEL)
        colour = ALARM if tile.alarming else INK
        room = width - 30
        canvas.text(
            *(x + 18, y + 47, tile.value),
            size=36,
            bold=True,
            colour=colour,
            width=room,
            shrink=True,
        )
        canvas.text(x + 18, y + 77, tile.label, size=21, colour=SOFT, width=room)


def _draw_bars(
    canvas: Canvas, bars: Bars, names: list[str], *, x: float, y: float, colour: str
) -> float:
    """Name and amount on a line, with the bar below. Answers how high it all is."""
    canvas.text(x, y + 26, bars.title, size=26, bold=True, width=_LISTS)
    if not bars.bars:
        canvas.text(x, y + 64, bars.empty, size=22, colour=SOFT, width=_LISTS)
        return 70
    largest = max(*(bar.size for bar in bars.bars), 1)
    for nth, (bar, name) in enumerate(zip(bars.bars, names, strict=True)):
        foot = y + 64 + nth * _ROW
        valued = canvas.text(x + _LISTS, foot, bar.value, size=22, bold=True, align="right")
        canvas.text(x, foot, name, size=22, width=_LISTS - valued - 20)
        canvas.box(x, foot + 9, _LISTS, 8, FAINT)
        canvas.box(x, foot + 9, _LISTS * bar.size / largest, 8, colour)
    high = 64 + len(names) * _ROW - 22
    if bars.note:
        canvas.text(x, y + high + 16, bars.note, size=20, colour=SOFT, width=_LISTS)
        high += 24
    return high
