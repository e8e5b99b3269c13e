"""A sheet of pixels: text, boxes and lines at places that are counted from the top left.

Rule: no text is read as a formula, whatever is in it.
"""

from io import BytesIO
from typing import Any, Final, Literal

from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.patheffects import withStroke

_DPI: Final = 100
_POINTS: Final = 72 / _DPI

INK: Final = "#F4F5FA"
SOFT: Final = "#B4B9CC"
FAINT: Final = "#3A3F52"
PANEL: Final = "#262A38"
GROUND: Final = "#191B24"
ALARM: Final = "#FF8A5B"
ACCENT: Final = "#8C98FF"
DEEP: Final = "#525DB3"
"""The accent, half there."""
SERIES: Final = ("#56B4E9", "#E69F00", "#2FBF93", "#CC79A7", "#F0E442")
"""Okabe and Ito's colours, which everybody tells apart, on the dark ground of the picture."""
OTHERS: Final = "#8A90A6"

DASHES: Final[dict[str, Any]] = {"linewidth": 2, "linestyle": (0, (2.6, 1.8)), "zorder": 3}

Align = Literal["left", "center", "right"]


class Canvas:
    """One picture."""

    def __init__(self, width: int, height: int) -> None:
        """An empty ground."""
        rcParams["text.parse_math"] = False
        rcParams["hatch.linewidth"] = 2.0
        self.width, self.height = width, height
        # matplotlib's own types are unknown in part; what is asked of it is in this file alone.
        self._figure: Any = Figure((width / _DPI, height / _DPI), dpi=_DPI, facecolor=GROUND)
        self._agg = FigureCanvasAgg(self._figure)
        self._axes: Any = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        self._axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float,
        colour: str = INK,
        bold: bool = False,
        align: Align = "left",
        width: float | None = None,
        halo: bool = False,
        shrink: bool = False,
    ) -> float:
        """Words with their baseline at `y`; answers how wide they are.

        What is too wide is cut, or made smaller: a figure that is cut would be another figure.
        """
        made = self._axes.text(
            x,
            y,
            words,
            fontsize=size * _POINTS,
            color=colour,
            fontweight="bold" if bold else "normal",
            ha=align,
            va="baseline",
        )
        if halo:  # across bars
            made.set_path_effects([withStroke(linewidth=6, foreground=GROUND)])
        if shrink and width is not None and self._width(made) > width:
            made.set_fontsize(size * _POINTS * width / self._width(made) * 0.99)
        while width is not None and words and self._width(made) > width:
            words = words[:-1].rstrip()
            made.set_text(f"{words}…" if words else "")
        return self._width(made)

    def measure(self, words: str, *, size: float) -> float:
        """How wide words would be."""
        made = self._axes.text(0, 0, words, fontsize=size * _POINTS)
        width = self._width(made)
        made.remove()
        return width

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, **look: Any
    ) -> None:
        """A rectangle."""
        look = {"facecolor": colour, "linewidth": 0} | look
        self._axes.add_patch(Rectangle((x, y), width, height, **look))

    def round_box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A rectangle with soft corners."""
        radius = min(12.0, width / 2, height / 2)
        self._axes.add_patch(
            FancyBboxPatch(
                (x + radius, y + radius),
                width - 2 * radius,
                height - 2 * radius,
                boxstyle=f"round,pad={radius}",
                facecolor=colour,
                linewidth=0,
            )
        )

    def hatched(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A striped rectangle, for what is not there yet."""
        self.box(x, y, width, height, "none", edgecolor=colour, hatch="///")
        self._axes.patches[-1].set_clip_on(True)

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: str, **look: Any) -> None:
        """A straight line, behind everything unless it says otherwise."""
        look = {"zorder": 0.5} | look
        self._axes.add_line(Line2D((x, to_x), (y, to_y), color=colour, **look))

    def png(self) -> bytes:
        """The picture as a file."""
        file = BytesIO()
        self._figure.savefig(file, format="png", facecolor=GROUND, metadata={"Software": None})
        return file.getvalue()

    def _width(self, made: Any) -> float:
        return float(made.get_window_extent(self._agg.get_renderer()).width)
