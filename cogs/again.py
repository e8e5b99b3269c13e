"""*Again*: the same video with a new seed, for whoever presses; and *Another image*.

Rule: a double click makes one job, and whoever presses pays.
"""

from typing import Any, Final

from discord import ui

from bot.app import Clapper, Form
from bot.cards import Act, Press, Sheet
from bot.domain.errors import PictureGoneError
from bot.domain.job import Job, JobState
from bot.domain.options import options as options_of
from bot.domain.video import VideoRequest
from cogs._answer import Answer
from cogs._caller import Asked, caller_of
from cogs._desk import desk_of
from cogs._edit_form import label_of
from cogs._found import get_job, get_request
from cogs._order import order
from cogs._pictures import pictures_in
from cogs._sources import refreshed
from cogs._wished import Wished, read_wished

_MADE: Final = frozenset({JobState.STORED, JobState.DELIVERED, JobState.UNDELIVERABLE})


async def again(interaction: Asked, press: Press) -> None:
    """The button under a video, and *Try again* under a failure."""
    with desk_of(interaction.client).presses.once(interaction) as first:
        if first:
            await _again(interaction, press)
        else:
            await interaction.response.defer()


async def another_image(interaction: Asked, press: Press) -> None:
    """Opens the form that takes one."""
    caller_of(interaction)
    job = await get_job(interaction, press.number)
    await _ask_for_images(interaction, job)


async def attached(interaction: Asked, press: Press, form: Form) -> None:
    """The form came back."""
    answer = Answer(interaction)
    await order(answer, await answer.patiently(_read(interaction, press, form)))


async def _read(interaction: Asked, press: Press, form: Form) -> Wished:
    job = await get_job(interaction, press.number)
    model, request = get_request(interaction, job)
    fresh = await refreshed(interaction, job, request)
    options = _options(job, request)
    for name in pictures_in(request):
        kept = pictures_in(fresh)[name] if fresh else None
        options[name] = next(iter(form.files.get(name, ())), kept)
    return await read_wished(interaction, model, job.mode, options=options, parent=job.number)


async def _again(interaction: Asked, press: Press) -> None:
    caller_of(interaction)
    job = await get_job(interaction, press.number)
    model, request = get_request(interaction, job)
    answer = Answer(interaction)
    fresh = await answer.patiently(refreshed(interaction, job, request))
    if fresh is None and interaction.response.is_done():
        raise PictureGoneError(job.number)
    if fresh is None:
        await _ask_for_images(interaction, job)
        return
    wished = await answer.patiently(
        read_wished(interaction, model, job.mode, options=_options(job, fresh), parent=job.number)
    )
    await order(answer, wished)


def _options(job: Job, request: VideoRequest) -> dict[str, object]:
    """The same, with a seed by chance; but what has never become a video keeps its seed."""
    options = dict(request.given())
    if job.state in _MADE:
        options.pop("seed", None)
    return options


async def _ask_for_images(interaction: Asked, job: Job) -> None:
    reader = interaction.client.reader(interaction)
    model, request = get_request(interaction, job)
    known, needed = options_of(model.request), request.its_mode.required
    fields: list[ui.Item[Any]] = [
        label_of(
            reader,
            known[name],
            ui.FileUpload(
                custom_id=name,
                required=name in needed,
                min_values=int(name in needed),
                max_values=1,
            ),
        )
        for name in pictures_in(request)
    ]
    title = reader.say("members.picture.title")
    await interaction.response.send_modal(Sheet(title, Act.PICTURE, job.number, fields=fields))


async def setup(bot: Clapper) -> None:
    """Listens."""
    bot.on_press(Act.AGAIN, again)
    bot.on_press(Act.PICTURE, another_image)
    bot.on_form(Act.PICTURE, attached)
