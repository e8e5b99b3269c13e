"""`/ltx`: LTX-2 19B, one subcommand for each mode.

Rule: types, choices and limits are the model's own; a test holds the two against each other.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.models import ltx
from cogs._caller import Asked
from cogs._described import about_mode, about_model, with_options
from cogs._lengths import length_choices
from cogs._loras import preset_choices
from cogs._order import order_by_command


class Ltx(
    commands.GroupCog,
    group_name=localised("commands.ltx.name"),
    group_description=about_model(ltx.MODEL),
):
    """Its commands."""

    @app_commands.command(
        name=localised("commands.text.name"), description=about_mode(ltx.MODEL, "text")
    )
    @with_options(ltx.MODEL, "text")
    async def text(
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, ltx.LONGEST_PROMPT],
        *,
        resolution: ltx.Resolution = "720p",
        duration: app_commands.Range[int, ltx.SHORTEST_SECONDS, ltx.LONGEST_SECONDS] = 10,
        aspect_ratio: ltx.AspectRatio | None = None,
        seed: app_commands.Range[int, ltx.RANDOM_SEED, ltx.HIGHEST_SEED] | None = None,
    ) -> None:
        """A video from words."""
        options = {
            "prompt": prompt,
            "resolution": resolution,
            "duration": duration,
            "aspect_ratio": aspect_ratio,
            "seed": seed,
        }
        await order_by_command(interaction, ltx.MODEL, "text", options)

    @app_commands.command(
        name=localised("commands.image.name"), description=about_mode(ltx.MODEL, "image")
    )
    @with_options(ltx.MODEL, "image")
    async def image(
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, ltx.LONGEST_PROMPT],
        image: discord.Attachment,
        *,
        resolution: ltx.Resolution = "720p",
        duration: app_commands.Range[int, ltx.SHORTEST_SECONDS, ltx.LONGEST_SECONDS] = 10,
        seed: app_commands.Range[int, ltx.RANDOM_SEED, ltx.HIGHEST_SEED] | None = None,
    ) -> None:
        """A video that starts with an image."""
        options = {
            "prompt": prompt,
            "image": image,
            "resolution": resolution,
            "duration": duration,
            "seed": seed,
        }
        await order_by_command(interaction, ltx.MODEL, "image", options)

    @app_commands.command(
        name=localised("commands.text-lora.name"), description=about_mode(ltx.MODEL, "text-lora")
    )
    @with_options(ltx.MODEL, "text-lora")
    async def text_lora(  # noqa: PLR0913 - Discord names them
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, ltx.LONGEST_PROMPT],
        lora: app_commands.Range[str, 1, ltx.LONGEST_LORA],
        *,
        resolution: ltx.Resolution = "720p",
        duration: app_commands.Range[int, ltx.SHORTEST_SECONDS, ltx.LONGEST_SECONDS] = 10,
        aspect_ratio: ltx.AspectRatio | None = None,
        seed: app_commands.Range[int, ltx.RANDOM_SEED, ltx.HIGHEST_SEED] | None = None,
        lora_scale: app_commands.Range[float, ltx.LOWEST_SCALE, ltx.HIGHEST_SCALE] | None = None,
        lora2: app_commands.Range[str, 1, ltx.LONGEST_LORA] | None = None,
        lora2_scale: app_commands.Range[float, ltx.LOWEST_SCALE, ltx.HIGHEST_SCALE] | None = None,
        lora3: app_commands.Range[str, 1, ltx.LONGEST_LORA] | None = None,
        lora3_scale: app_commands.Range[float, ltx.LOWEST_SCALE, ltx.HIGHEST_SCALE] | None = None,
    ) -> None:
        """A video from words, in the style of a LoRA."""
        options = {
            "prompt": prompt,
            "lora": lora,
            "resolution": resolution,
            "duration": duration,
            "aspect_ratio": aspect_ratio,
            "seed": seed,
            "lora_scale": lora_scale,
            "lora2": lora2,
            "lora2_scale": lora2_scale,
            "lora3": lora3,
            "lora3_scale": lora3_scale,
        }
        await order_by_command(interaction, ltx.MODEL, "text-lora", options)

    @app_commands.command(
        name=localised("commands.image-lora.name"), description=about_mode(ltx.MODEL, "image-lora")
    )
    @with_options(ltx.MODEL, "image-lora")
    async def image_lora(  # noqa: PLR0913 - Discord names them
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, ltx.LONGEST_PROMPT],
        image: discord.Attachment,
        lora: app_commands.Range[str, 1, ltx.LONGEST_LORA],
        *,
        resolution: ltx.Resolution = "720p",
        duration: app_commands.Range[int, ltx.SHORTEST_SECONDS, ltx.LONGEST_SECONDS] = 10,
        seed: app_commands.Range[int, ltx.RANDOM_SEED, ltx.HIGHEST_SEED] | None = None,
        lora_scale: app_commands.Range[float, ltx.LOWEST_SCALE, ltx.HIGHEST_SCALE] | None = None,
        lora2: app_commands.Range[str, 1, ltx.LONGEST_LORA] | None = None,
        lora2_scale: app_commands.Range[float, ltx.LOWEST_SCALE, ltx.HIGHEST_SCALE] | None = None,
        lora3: app_commands.Range[str, 1, ltx.LONGEST_LORA] | None = None,
        lora3_scale: app_commands.Range[float, ltx.LOWEST_SCALE, ltx.HIGHEST_SCALE] | None = None,
    ) -> None:
        """A video that starts with an image, in the style of a LoRA."""
        options = {
            "prompt": prompt,
            "image": image,
            "lora": lora,
            "resolution": resolution,
            "duration": duration,
            "seed": seed,
            "lora_scale": lora_scale,
            "lora2": lora2,
            "lora2_scale": lora2_scale,
            "lora3": lora3,
            "lora3_scale": lora3_scale,
        }
        await order_by_command(interaction, ltx.MODEL, "image-lora", options)

    async def _lengths(self, interaction: Asked, current: str) -> list[app_commands.Choice[int]]:
        return length_choices(interaction, ltx.MODEL, current)

    async def _presets(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        return await preset_choices(interaction, current)

    for _command in (text, image, text_lora, image_lora):
        _command.autocomplete("duration")(_lengths)
    for _command in (text_lora, image_lora):
        for _option in ("lora", "lora2", "lora3"):
            _command.autocomplete(_option)(_presets)


async def setup(bot: Clapper) -> None:
    """Adds the group."""
    await bot.add_cog(Ltx())
