"""Who may decide for a server: Manage Server, or a role that its admins named.

Rule: asked anew with every command, button and form, from what Discord sent with it. What Discord
was told to hide is no protection: a server can open any command to anybody.
"""

from bot.domain.errors import SorryError
from cogs._caller import Asked, Caller, caller_of


async def is_admin(interaction: Asked) -> bool:
    """Whether this member may decide here."""
    rights = interaction.permissions
    if rights.manage_guild or rights.administrator:
        return True
    caller = caller_of(interaction)
    named = await interaction.client.services.policies.list_admin_roles(caller.guild)
    return not named.isdisjoint(caller.roles)


async def is_offered(interaction: Asked) -> bool:
    """Whether completions are for them: nobody else is offered anything, or told why."""
    return interaction.guild_id is not None and await is_admin(interaction)


async def is_moderator(interaction: Asked) -> bool:
    """Whether this member may tidy up after others."""
    return interaction.permissions.manage_messages or await is_admin(interaction)


async def admin_of(interaction: Asked) -> Caller:
    """Who asks, if they may decide. Raises SorryError."""
    caller = caller_of(interaction)
    if not await is_admin(interaction):
        raise SorryError("admin.refused")
    return caller


async def admin_of_allowed(interaction: Asked) -> Caller:
    """The same, for what makes sense only where the operator lets a server spend."""
    caller = await admin_of(interaction)
    if caller.guild not in interaction.client.services.allowed:
        raise SorryError("admin.server-not-allowed", server=caller.guild)
    return caller
