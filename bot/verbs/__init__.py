"""What can be typed after `python -m bot`, one file each.

Rule: what stands in the table works; a verb that does not exist yet is not listed.
"""

from collections.abc import Mapping
from typing import Final

from bot.verbs.backup import BACKUP
from bot.verbs.doctor import DOCTOR
from bot.verbs.play import PLAY
from bot.verbs.run import RUN
from bot.verbs.verb import Verb

DEFAULT: Final = "run"
"""What is done when nothing is typed, once it stands in the table."""
VERBS: Final[Mapping[str, Verb]] = {verb.name: verb for verb in (RUN, PLAY, DOCTOR, BACKUP)}

__all__ = ["DEFAULT", "VERBS", "Verb"]
