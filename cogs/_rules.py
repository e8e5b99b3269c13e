"""Changing a server's rules, for all commands that do.

Rule: a change knows what the rules were, for the admin is told from what to what.
"""

from collections.abc import Callable

from bot.domain.policy import Policy
from cogs._caller import Asked, caller_of


async def change_rules(
    interaction: Asked, changed: Callable[[Policy], Policy], *, act: str, reason: str = ""
) -> tuple[Policy, Policy]:
    """What the rules were, and what they are. Raises PolicyRefusedError."""
    services, caller = interaction.client.services, caller_of(interaction)
    before = list[Policy]()

    def noted(was: Policy) -> Policy:
        before.append(was)
        return changed(was)

    after = await services.policies.change(
        caller.guild,
        noted,
        act=act,
        actor=caller.member,
        reason=reason,
        now=services.clock.now(),
    )
    return before[-1], after
