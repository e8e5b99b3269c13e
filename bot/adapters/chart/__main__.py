"""`python -m bot.adapters.chart`: a drawing on standard input becomes a PNG on standard output.

Rule: it yields to everybody else, and ends by itself.
"""

import json
import os
import resource
import sys
from typing import Final

NICENESS: Final = 15


def main() -> None:
    """Reads, draws, writes."""
    os.nice(NICENESS)
    seconds = int(os.environ.get("CLAPPER_CHART_SECONDS", "60"))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    # Only now: the import alone takes half a second of processor time.
    from bot.adapters.chart.page import draw  # noqa: PLC0415 - see above
    from bot.adapters.chart.reading import read_drawing  # noqa: PLC0415 - see above

    sys.stdout.buffer.write(draw(read_drawing(json.load(sys.stdin.buffer))))


if __name__ == "__main__":
    main()
