"""The bot's own cogs, and one more whose command does nothing: what an answer costs at least."""

import cogs

__path__ = [*cogs.__path__, *__path__]
