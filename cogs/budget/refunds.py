"""`/budget refund`: gives what a video cost back to its maker.

Rule: once for each video, and only what was charged.
"""

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from cogs._answer import answer_with
from cogs._caller import Asked
from cogs._decisions import Reason
from cogs._found import JobOption
from cogs._refund import refund_job, show_refunded


class Refunds(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.budget.refund.name"),
        description=localised("commands.budget.refund"),
    )
    @app_commands.describe(
        job=localised("commands.budget.refund.job"), reason=localised("commands.budget.reason")
    )
    async def refund(
        self,
        interaction: Asked,
        job: JobOption,
        *,
        reason: Reason = "",
    ) -> None:
        """By its number."""
        await answer_with(interaction, refund_job(interaction, job, reason=reason))
        await show_refunded(interaction, job)
