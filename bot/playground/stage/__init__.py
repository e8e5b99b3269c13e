"""The playground as a whole: the local Discord, the rehearsal provider and a bot of its own process,
with a panel on the page that turns the weather and shows both books.

Rule: the bot is the one that runs in earnest, started by its own command line. Nothing reaches into
it: what is shown of it is read from its books.
"""

from bot.playground.stage.opening import open_playground
from bot.playground.stage.playground import Playground
from bot.playground.stage.routes import FASTEST, SLOWEST

__all__ = ["FASTEST", "SLOWEST", "Playground", "open_playground"]
