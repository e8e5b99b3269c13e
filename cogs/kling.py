"""`/kling`: Kling 2.5 Turbo Pro, one subcommand for each mode.

Rule: types, choices and limits are the model's own; a test holds the two against each other.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.models import kling
from cogs._caller import Asked
from cogs._described import about_mode, about_model, with_options
from cogs._order import order_by_command


class Kling(
    commands.GroupCog,
    group_name=localised("commands.kling.name"),
    group_description=about_model(kling.MODEL),
):
    """Its commands."""

    @app_commands.command(
        name=localised("commands.text.name"), description=about_mode(kling.MODEL, "text")
    )
    @with_options(kling.MODEL, "text")
    async def text(
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, kling.LONGEST_PROMPT],
        *,
        duration: kling.Duration = 5,
        aspect_ratio: kling.AspectRatio | None = None,
        negative_prompt: app_commands.Range[str, 1, kling.LONGEST_NEGATIVE_PROMPT] | None = None,
        cfg_scale: app_commands.Range[float, kling.LOWEST_CFG_SCALE, kling.HIGHEST_CFG_SCALE]
        | None = None,
    ) -> None:
        """A video from words."""
        options = {
            "prompt": prompt,
            "duration": duration,
            "aspect_ratio": aspect_ratio,
            "negative_prompt": negative_prompt,
            "cfg_scale": cfg_scale,
        }
        await order_by_command(interaction, kling.MODEL, "text", options)

    @app_commands.command(
        name=localised("commands.image.name"), description=about_mode(kling.MODEL, "image")
    )
    @with_options(kling.MODEL, "image")
    async def image(
        self,
        interaction: Asked,
        prompt: app_commands.Range[str, 1, kling.LONGEST_PROMPT],
        start_image: discord.Attachment,
        *,
        end_image: discord.Attachment | None = None,
        duration: kling.Duration = 5,
        negative_prompt: app_commands.Range[str, 1, kling.LONGEST_NEGATIVE_PROMPT] | None = None,
        cfg_scale: app_commands.Range[float, kling.LOWEST_CFG_SCALE, kling.HIGHEST_CFG_SCALE]
        | None = None,
    ) -> None:
        """A video that starts with an image, and may end with another."""
        options = {
            "prompt": prompt,
            "start_image": start_image,
            "end_image": end_image,
            "duration": duration,
            "negative_prompt": negative_prompt,
            "cfg_scale": cfg_scale,
        }
        await order_by_command(interaction, kling.MODEL, "image", options)


async def setup(bot: Clapper) -> None:
    """Adds the group."""
    await bot.add_cog(Kling())
