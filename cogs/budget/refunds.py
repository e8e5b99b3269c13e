"""`/budget refund`: gives what a video cost back to its maker.

Rule: once for each video, and only what was charged.
"""

from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.app import localised
from cogs._answer import Answer
from cogs._caller import Asked
from cogs._decisions import Reason
from cogs._refund import refund_job, show_refunded

_HIGHEST: Final = 2**53 - 1
"""What Discord takes as a whole number."""


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
        job: app_commands.Range[int, 1, _HIGHEST],
        *,
        reason: Reason = "",
    ) -> None:
        """By its number."""
        answer = Answer(interaction)
        await answer.privately(await answer.patiently(refund_job(interaction, job, reason=reason)))
        await show_refunded(interaction, job)
