"""The job that a button, a menu or a command is about.

Rule: nobody reaches a job of another server; in a direct message nobody but its maker does.
"""

import discord
from discord import app_commands
from pydantic import ValidationError

from bot.app import Clapper
from bot.cards import job_marked_on
from bot.domain.errors import SorryError
from bot.domain.ids import GuildId, JobNumber, MessageId, UserId
from bot.domain.job import UNFINISHED_STATES, Job
from bot.domain.money import Micros
from bot.domain.outcome import outcome_of
from bot.domain.video import VideoModel, VideoRequest
from cogs._admin import is_moderator
from cogs._caller import Asked

JobOption = app_commands.Range[int, 1, 2**53 - 1]
"""A job's number as an option: Discord takes whole numbers up to this one."""


async def get_job(asked: Asked, number: int) -> Job:
    """Raises SorryError."""
    job = await asked.client.services.jobs.find(JobNumber(number))
    if job is None or not _is_theirs(asked, job):
        raise SorryError("members.no-video", number=number)
    return job


async def get_job_of(asked: Asked, message: discord.Message) -> Job:
    """The job that a message is about. Raises SorryError."""
    guild, jobs = GuildId(asked.guild_id or 0), asked.client.services.jobs
    job = await jobs.find_by_message(guild, MessageId(message.id))
    me = asked.client.user
    if job is None and me is not None and message.author.id == me.id:
        # It stands, and the books are about to say so; or they never heard that it was posted.
        number = job_marked_on(message)
        job = await jobs.find(JobNumber(number)) if number else None
    if job is None or not _is_theirs(asked, job):
        raise SorryError("members.details.none")
    return job


async def require_maker_or_moderator(asked: Asked, job: Job) -> None:
    """Raises SorryError for anybody else."""
    if job.member == UserId(asked.user.id):
        return
    if asked.guild_id is None or not await is_moderator(asked):
        raise SorryError("members.not-yours")


def find_request(bot: Clapper, job: Job) -> tuple[VideoModel, VideoRequest] | None:
    """What the job was asked for, by the model as it is today; None where it no longer takes that."""
    model = bot.services.models.get(job.model)
    if model is None:
        return None
    try:
        return model, model.request.model_validate_json(job.request)
    except ValidationError:
        return None


def get_request(asked: Asked, job: Job) -> tuple[VideoModel, VideoRequest]:
    """The same. Raises SorryError where there is none."""
    found = find_request(asked.client, job)
    if found is None:
        raise SorryError("members.model-gone")
    return found


async def charged_for(bot: Clapper, job: Job) -> Micros | None:
    """What the maker paid in the end; None while that is open."""
    if job.state in UNFINISHED_STATES:
        return None
    return charged_of(job, await bot.services.jobs.paid(job.number))


def charged_of(job: Job, paid: Micros) -> Micros | None:
    """The same by what the books say was paid."""
    return None if job.state in UNFINISHED_STATES else outcome_of(job, paid=paid).charged


def _is_theirs(asked: Asked, job: Job) -> bool:
    if asked.guild_id is None:
        return job.member == asked.user.id
    return job.guild == asked.guild_id
