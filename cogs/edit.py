"""*Edit*: the same video with another prompt or other options, in a prefilled form.

Rule: whoever sends the form pays; what it does not show stays as it was.
"""

from bot.app import Clapper, Form
from bot.cards import Act, Press, Sheet
from bot.domain.errors import PictureGoneError
from bot.domain.video import VideoRequest
from cogs._answer import Answer
from cogs._caller import Asked, caller_of
from cogs._edit_form import EditForm, read_edited
from cogs._found import get_job, get_request
from cogs._order import order
from cogs._pictures import pictures_in
from cogs._refusals import read_form
from cogs._sources import refreshed, refreshed_at_hand
from cogs._wished import Wished, read_wished


async def edit(interaction: Asked, press: Press) -> None:
    """Opens the form."""
    caller_of(interaction)
    job = await get_job(interaction, press.number)
    model, request = get_request(interaction, job)
    client = interaction.client
    reader = client.reader(interaction)
    found = not pictures_in(request) or refreshed_at_hand(interaction, request) is not None
    form = EditForm(
        reader, model, request, client.services.prices.get(model.key), needs_image=not found
    )
    title = reader.say("members.edit.title", number=job.number)
    await interaction.response.send_modal(Sheet(title, Act.EDIT, job.number, fields=form.fields()))


async def edited(interaction: Asked, press: Press, form: Form) -> None:
    """The form came back."""
    answer = Answer(interaction)
    wished = await read_form(answer, _read(interaction, press, form), form)
    if wished is not None:
        await order(answer, wished)


async def _read(interaction: Asked, press: Press, form: Form) -> Wished:
    job = await get_job(interaction, press.number)
    model, request = get_request(interaction, job)
    options = read_edited(form, model, request)
    kept = _kept_pictures(request, options)
    if kept:
        fresh = await refreshed(interaction, job, request)
        if fresh is None:
            raise PictureGoneError(job.number)
        options |= {name: picture for name, picture in pictures_in(fresh).items() if name in kept}
    return await read_wished(interaction, model, job.mode, options=options, parent=job.number)


def _kept_pictures(request: VideoRequest, options: dict[str, object]) -> set[str]:
    """Images that the form did not replace."""
    return {name for name, picture in pictures_in(request).items() if options[name] == picture}


async def setup(bot: Clapper) -> None:
    """Listens."""
    bot.on_press(Act.EDIT, edit)
    bot.on_form(Act.EDIT, edited)
