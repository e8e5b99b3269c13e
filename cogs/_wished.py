"""What a member asks for, wherever it was said: a command, a button, a form.

Rule: it is whole and valid, so that whoever holds one can order it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ids import JobNumber
from bot.domain.video import VideoModel, VideoRequest
from bot.models import read_request
from cogs._caller import Asked, caller_of
from cogs._loras import with_presets
from cogs._pictures import with_pictures


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish that is yet to be priced."""

    model: VideoModel
    request: VideoRequest
    parent: JobNumber | None = None
    """The job that a button was pressed on."""
    agreed: bool = False
    """The member has seen this very price and pressed on it."""


async def read_wished(
    asked: Asked,
    model: VideoModel,
    mode: str,
    *,
    options: Mapping[str, object],
    parent: JobNumber | None = None,
) -> Wished:
    """The wish that these options make. Raises RequestRefusedError.

    Images come first: they cost the most to attach again.
    """
    caller_of(asked)
    chosen = await with_presets(asked, model, with_pictures(options))
    return Wished(model, read_request(model, mode, chosen), parent)
