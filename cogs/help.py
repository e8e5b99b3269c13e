"""`/help`: how to start, in the member's language.

Rule: it says what holds in this server, not what might.
"""

from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Reader, notice_card, rehearsal_line
from bot.domain.policy import Policy
from cogs._caller import Asked, caller_of


class Help(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.help.name"), description=localised("commands.help")
    )
    async def help(self, interaction: Asked) -> None:
        """One card."""
        caller, client = caller_of(interaction), interaction.client
        policy = await client.services.policies.read(caller.guild)
        allowed = caller.guild in client.services.allowed
        reader = client.reader(interaction)
        card = notice_card(
            reader.say("members.help.title"),
            reader.say("members.help.start"),
            reader.say("members.help.after"),
            _where(reader, policy),
            reader.say("members.help.more"),
            "" if allowed else reader.say("refusals.limit.server"),
            _for_admins(reader, policy) if interaction.permissions.manage_guild else "",
            rehearsal_line(reader),
        )
        await interaction.response.send_message(view=card, ephemeral=True)


def _where(reader: Reader, policy: Policy) -> str:
    if policy.channel is None or policy.anywhere:
        return reader.say("members.help.anywhere")
    return reader.say("members.help.where", channel=f"<#{policy.channel}>")


def _for_admins(reader: Reader, policy: Policy) -> str:
    return reader.say("members.help.no-channel") if policy.channel is None else ""


async def setup(bot: Clapper) -> None:
    """Adds the command."""
    await bot.add_cog(Help())
