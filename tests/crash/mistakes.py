"""Mistakes that the crash test must find, planted in the process that is killed.

Each is what somebody might well have written.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace

from bot.adapters.apixo.client import Apixo
from bot.adapters.sqlite import job_steps
from bot.adapters.sqlite.job_rows import step
from bot.domain.job import JobState
from bot.domain.provider import NotCreated, Obstacle, Unknown
from bot.service.callbacks import Callbacks
from bot.service.tell import Tell


def timeouts_are_retried_like_429() -> None:
    posted = Apixo._posted

    async def retried(self, submission):
        verdict = await posted(self, submission)
        return NotCreated(Obstacle.LIMITED) if isinstance(verdict, Unknown) else verdict

    Apixo._posted = retried


def a_restart_submits_again() -> None:
    def recover(con, now):
        numbers = [
            row[0] for row in con.execute("SELECT number FROM jobs WHERE state='submitting'")
        ]
        con.execute("UPDATE attempts SET state = 'not-created' WHERE state = 'open'")
        for number in numbers:
            step(con, number, JobState.HELD, now=now)
        return numbers

    job_steps.recover = recover


def callbacks_ids_are_ignored() -> None:
    accept = Callbacks.accept

    async def deaf(self, token, body):
        return await accept(replace(self, read_task_id=lambda _: None), token, body)

    Callbacks.accept = deaf


def every_try_has_a_new_nonce() -> None:
    call = Tell.__call__

    async def forgetful(self, number):
        postman = self.postman

        class Forgetful:
            async def deliver(self, outcome, debt):
                return await postman.deliver(outcome, replace(debt, nonce=secrets.token_hex(8)))

        return await call(replace(self, postman=Forgetful()), number)

    Tell.__call__ = forgetful


MISTAKES: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        timeouts_are_retried_like_429,
        a_restart_submits_again,
        callbacks_ids_are_ignored,
        every_try_has_a_new_nonce,
    )
}
