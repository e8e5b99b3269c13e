"""What admins decide, and how an answer says what has changed by it.

Rule: a change knows what was before, for the admin is told from what to what; and a decision that was
made already is called one.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import discord
from discord import app_commands, ui

from bot.app import Form
from bot.cards import Card, Reader, Tone, notice_card
from bot.domain.policy import Policy
from cogs._caller import Asked, caller_of

LONGEST_REASON: Final = 200
_REASON: Final = "reason"
_LONGEST_AMOUNT: Final = 20
"""Characters, and more than any amount needs."""

Amount = app_commands.Range[str, 1, _LONGEST_AMOUNT]
"""Dollars as somebody types them."""
Reason = app_commands.Range[str, 1, LONGEST_REASON]


def reason_field(text: str, about: str, *, longest: int = LONGEST_REASON) -> "ui.Label[Any]":
    """A form's field for a reason, which nobody has to give."""
    field = ui.TextInput[Any](
        custom_id=_REASON,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=longest,
    )
    return ui.Label(text=text, description=about, component=field)


def reason_in(form: Form) -> str:
    """What was written there."""
    return form.texts.get(_REASON, "").strip()


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


def change_line(reader: Reader, before: str, after: str) -> str:
    """From what to what; or that it is so already."""
    if before != after:
        return reader.say("admin.changed", before=before, after=after)
    key = "admin.unchanged.none" if after == reader.say("budget.own.none") else "admin.unchanged"
    return reader.say(key, after=after)


def change_card(
    reader: Reader,
    title: str,
    change: tuple[str, str],
    *paragraphs: str,
    buttons: "Sequence[ui.Item[Any]]" = (),
) -> Card:
    """What a decision did, and what follows from it now."""
    tone = Tone.PLAIN if change[0] == change[1] else Tone.GOOD
    said = change_line(reader, *change)
    return notice_card(title, said, *paragraphs, tone=tone, buttons=buttons)
