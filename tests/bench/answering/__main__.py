"""`python -m tests.bench.answering`: the bot as it is, with that command beside its own."""

import functools
import sys

import bot.verbs.run
from bot.__main__ import main

bot.verbs.run.Face = functools.partial(bot.verbs.run.Face, cogs="tests.bench.answering")
sys.exit(main(["run"]))
