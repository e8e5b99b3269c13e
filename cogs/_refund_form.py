"""*Refund* on *Details*: a form that takes the reason, and then what `/budget refund` does.

Rule: rights are asked for the button, with its press, and with the form; and the amount is what the
books say.
"""

from typing import Any

from discord import ui

from bot.app import Form
from bot.cards import Act, Press, Sheet, button
from bot.domain.budget import NotRefunded
from bot.domain.job import UNFINISHED_STATES, Job
from bot.domain.money import Micros
from cogs._admin import admin_of_allowed, is_admin
from cogs._answer import Answer
from cogs._caller import Asked
from cogs._decisions import reason_field, reason_in
from cogs._found import charged_for, get_job
from cogs._refund import refund_job, show_refunded
from cogs._sorry import SorryError


async def refund_buttons(
    interaction: Asked, job: Job, charged: Micros | None
) -> "list[ui.Button[Any]]":
    """For an admin, where there is something to give back."""
    if interaction.guild_id != job.guild or not charged:
        return []
    if job.guild not in interaction.client.services.allowed or not await is_admin(interaction):
        return []
    label = interaction.client.reader(interaction).say("refund.button")
    return [button(Act.REFUND, job.number, label=label)]


async def ask_reason(interaction: Asked, press: Press) -> None:
    """Opens the form, which says how much it is."""
    await admin_of_allowed(interaction)
    job = await get_job(interaction, press.number)
    charged = await charged_for(interaction.client, job)
    if not charged:
        raise SorryError(f"refund.not.{_why_not(job)}", number=job.number)
    reader = interaction.client.reader(interaction)
    about = reader.say("refund.form.reason.about")
    field = reason_field(reader.say("refund.form.reason"), about)
    title = reader.say("refund.form.title", amount=charged, number=job.number)
    await interaction.response.send_modal(Sheet(title, Act.REFUND, job.number, fields=[field]))


async def refund(interaction: Asked, press: Press, form: Form) -> None:
    """The form came back: what became of it takes the place of *Details*."""
    answer = Answer(interaction, replaces=True)
    reason = reason_in(form)
    card = await answer.patiently(refund_job(interaction, press.number, reason=reason))
    await answer.privately(card)
    await show_refunded(interaction, press.number)


def _why_not(job: Job) -> NotRefunded:
    if job.refunded:
        return NotRefunded.ALREADY
    return NotRefunded.UNFINISHED if job.state in UNFINISHED_STATES else NotRefunded.FREE
