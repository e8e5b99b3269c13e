"""Jobs that are over and messages that are owed for them, without books."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.ids import ChannelId, GuildId, InteractionId, JobNumber, MessageId, UserId
from bot.domain.job import Charge, Job, JobState, Place
from bot.domain.money import Micros, dollars
from bot.domain.outcome import FIXES, Outcome
from bot.domain.ports import Debt, Purpose
from bot.domain.provider import Cause
from bot.models import discover, read_request

MODELS = discover()
PICTURE = {"url": "https://example.com/fox.png", "media_type": "image/png", "size_bytes": 9}
NUMBER = JobNumber(12)


def job_of(
    model: str = "ltx",
    mode: str = "text",
    options: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
    **changed: Any,
) -> Job:
    """A job whose clip is stored; `changed` are fields of it."""
    now = now or datetime.now(UTC)
    request = read_request(MODELS[model], mode, {"prompt": "a fox in the snow", **(options or {})})
    job = Job(
        number=NUMBER,
        guild=GuildId(1),
        member=UserId(7),
        interaction=InteractionId(3),
        model=model,
        mode=mode,
        request=request.model_dump_json(exclude_none=True),
        price=dollars("0.16"),
        price_assumed=False,
        state=JobState.STORED,
        charge=Charge.SETTLED,
        place=Place(ChannelId(5)),
        created_at=now,
        state_at=now,
        due_at=now,
        tries=0,
        task=None,
        result_urls=(),
        cause=None,
        fail_code=None,
        aside=None,
        refunded=False,
        parent=None,
    )
    return dataclasses.replace(job, **changed)


def placed(job: Job, guild: Any, channel: Any, member: Any, waiting: Any = None) -> Job:
    """The job of somebody of the local Discord."""
    place = Place(ChannelId(channel.id), MessageId(waiting.id) if waiting else None)
    return dataclasses.replace(job, guild=GuildId(guild.id), member=UserId(member.id), place=place)


def debt_of(job: Job, purpose: Purpose = Purpose.CLIP, **changed: Any) -> Debt:
    debt = Debt(41, job.number, purpose, f"clapper-{job.number}-0", 0, job.state_at)
    return dataclasses.replace(debt, **changed)


def failure_of(job: Job, cause: Cause, *, charged: Micros = Micros(0)) -> Outcome:
    failed = dataclasses.replace(job, state=JobState.FAILED, charge=Charge.VOID, cause=cause)
    return Outcome(failed, charged, cause, FIXES[cause])


LATER = timedelta(minutes=6)
"""Longer than Discord remembers a nonce."""
