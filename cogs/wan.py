"""`/wan`: Wan 2.5, one subcommand for each mode.

Rule: types, choices and limits are the model's own; a test holds the two against each other.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.models import wan
from cogs._caller import Asked
from cogs._described import about_mode, about_model, with_options
from cogs._order import order_by_command


class Wan(
    commands.GroupCog,
    group_name=localised("commands.wan.name"),
    group_description=about_model(wan.MODEL),
):
    """Its commands."""

    @app_commands.command(
        name=localised("commands.text.name"), description=about_mode(wan.MODEL, "text")
    )
    @with_options(wan.MODEL, "text")
    async def text(
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, wan.LONGEST_PROMPT],
        *,
        resolution: wan.Resolution = "720p",
        duration: wan.Duration = 5,
        aspect_ratio: wan.AspectRatio | None = None,
        negative_prompt: app_commands.Range[str, 1, wan.LONGEST_NEGATIVE_PROMPT] | None = None,
        seed: app_commands.Range[int, wan.LOWEST_SEED, wan.HIGHEST_SEED] | None = None,
        expand_prompt: bool | None = None,
    ) -> None:
        """A video from words."""
        options = {
            "prompt": prompt,
            "resolution": resolution,
            "duration": duration,
            "aspect_ratio": aspect_ratio,
            "negative_prompt": negative_prompt,
            "seed": seed,
            "expand_prompt": expand_prompt,
        }
        await order_by_command(interaction, wan.MODEL, "text", options)

    @app_commands.command(
        name=localised("commands.image.name"), description=about_mode(wan.MODEL, "image")
    )
    @with_options(wan.MODEL, "image")
    async def image(
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, wan.LONGEST_PROMPT],
        image: discord.Attachment,
        *,
        resolution: wan.Resolution = "720p",
        duration: wan.Duration = 5,
        negative_prompt: app_commands.Range[str, 1, wan.LONGEST_NEGATIVE_PROMPT] | None = None,
        seed: app_commands.Range[int, wan.LOWEST_SEED, wan.HIGHEST_SEED] | None = None,
        expand_prompt: bool | None = None,
    ) -> None:
        """A video that starts with an image."""
        options = {
            "prompt": prompt,
            "image": image,
            "resolution": resolution,
            "duration": duration,
            "negative_prompt": negative_prompt,
            "seed": seed,
            "expand_prompt": expand_prompt,
        }
        await order_by_command(interaction, wan.MODEL, "image", options)


async def setup(bot: Clapper) -> None:
    """Adds the group."""
    await bot.add_cog(Wan())
