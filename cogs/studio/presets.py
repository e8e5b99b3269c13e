"""`/studio lora-add` and `lora-remove`: LoRAs by name, which the option `lora` then offers.

Rule: what is no address, or no strength, is refused here and not when a video fails.
"""

from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Card, Press, Reader, Tone, code, escaped, notice_card
from bot.domain.errors import RequestRefusedError, SorryError
from bot.domain.policy import (
    LARGEST_SCALE,
    LONGEST_ADDRESS,
    LONGEST_NAME,
    NEUTRAL_SCALE,
    LoraPreset,
)
from bot.models import refuse_address
from cogs._admin import admin_of_allowed, is_offered
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._loras import preset_choices
from cogs._pages import page_at, page_card
from cogs._refusals import fault_sentence

PRESETS = "presets"
"""`clapper:presets:FROM`."""
Name = app_commands.Range[str, 1, LONGEST_NAME]
Address = app_commands.Range[str, 1, LONGEST_ADDRESS]
Scale = app_commands.Range[float, 0.0, LARGEST_SCALE]


class Presets(commands.Cog):
    """The server's own."""

    @app_commands.command(
        name=localised("commands.studio.lora-add.name"),
        description=localised("commands.studio.lora-add"),
    )
    @app_commands.describe(
        name=localised("commands.studio.lora-add.label"),
        address=localised("commands.studio.lora-add.address"),
        scale=localised("commands.studio.lora-add.scale"),
    )
    async def lora_add(
        self,
        interaction: Asked,
        name: Name | None = None,
        address: Address | None = None,
        scale: Scale | None = None,
    ) -> None:
        """A new one, or another address or strength under a name; nothing shows the list."""
        await answer_with(interaction, _add(interaction, name, address, scale))

    @app_commands.command(
        name=localised("commands.studio.lora-remove.name"),
        description=localised("commands.studio.lora-remove"),
    )
    @app_commands.describe(name=localised("commands.studio.lora-remove.label"))
    async def lora_remove(self, interaction: Asked, name: Name) -> None:
        """Takes it from the list; videos that were made with it stay."""
        await answer_with(interaction, _remove(interaction, name))

    @lora_remove.autocomplete("name")
    async def names(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """Those with this in their names."""
        return await preset_choices(interaction, current) if await is_offered(interaction) else []


async def _add(
    interaction: Asked, name: str | None, address: str | None, scale: float | None
) -> Card:
    if name is None and address is None and scale is None:
        return await presets_card(interaction)
    services, caller = interaction.client.services, caller_of(interaction)
    known = await services.policies.find_preset(caller.guild, name) if name else None
    if name is None or (address is None and known is None):
        raise SorryError("studio.lora.both")
    preset = LoraPreset(
        name.strip(),
        address.strip() if address else known.url if known else "",
        round(scale, 4) if scale is not None else known.scale if known else NEUTRAL_SCALE,
    )
    reader = interaction.client.reader(interaction)
    try:
        refuse_address(services.models.values(), preset.url)
    except RequestRefusedError as error:
        form = error.fault == "address_form"  # members may give a name there, which this one is
        said = reader.say("studio.fault.address_form") if form else fault_sentence(reader, error)
        return notice_card(reader.say("studio.fault.title"), said, tone=Tone.CAREFUL)
    before = await services.policies.put_preset(
        caller.guild, preset, actor=caller.member, now=services.clock.now()
    )
    return _added_card(reader, before, preset)


def _added_card(reader: Reader, before: LoraPreset | None, preset: LoraPreset) -> Card:
    what = "added" if before is None else "already" if before == preset else "replaced"
    named = code(preset.name, LONGEST_NAME)
    lines = [reader.say(f"studio.lora.{what}", name=named), _line(reader, preset)]
    if before is not None and before != preset:
        lines.append(reader.say("studio.lora.before", preset=_line(reader, before)))
    tone = Tone.PLAIN if what == "already" else Tone.GOOD
    return notice_card(reader.say("studio.lora.title"), *lines, tone=tone)


async def _remove(interaction: Asked, name: str) -> Card:
    services, caller = interaction.client.services, caller_of(interaction)
    done = await services.policies.remove_preset(
        caller.guild, name, actor=caller.member, now=services.clock.now()
    )
    reader = interaction.client.reader(interaction)
    key = "studio.lora.removed" if done else "studio.lora.unknown"
    said = reader.say(key, name=code(name, LONGEST_NAME))
    return notice_card(
        reader.say("studio.lora.title"), said, tone=Tone.GOOD if done else Tone.CAREFUL
    )


async def presets_card(interaction: Asked, start: int = 0) -> Card:
    """A page of the server's LoRAs."""
    services, caller = interaction.client.services, caller_of(interaction)
    reader = interaction.client.reader(interaction)
    presets = await services.policies.list_presets(caller.guild)
    return page_card(
        reader,
        reader.say("studio.lora.list", count=len(presets)),
        page_at(presets, start, lambda it: _line(reader, it)),
        PRESETS,
        empty=reader.say("studio.lora.none"),
    )


def _line(reader: Reader, preset: LoraPreset) -> str:
    return reader.say(
        "studio.lora.line",
        name=escaped(preset.name, LONGEST_NAME),
        address=code(preset.url, 80),
        scale=f"{preset.scale:g}",
    )


async def turn_presets(interaction: Asked, press: Press) -> None:
    """Another page."""
    await admin_of_allowed(interaction)
    card = await presets_card(interaction, press.number)
    await interaction.response.edit_message(view=card)


def listen(bot: Clapper) -> None:
    """To the pages' buttons."""
    bot.on_press(PRESETS, turn_presets)
