"""What the provider calls back to say.

Rule: a doorbell. The hint is on the disk before the answer; no money moves, no provider is asked.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.ids import TaskId
from bot.domain.ports import Clock, Failpoint, JobStore, nowhere
from bot.service.agenda import Agenda, Errand
from bot.service.submit import hash_of


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Takes callbacks in."""

    jobs: JobStore
    clock: Clock
    agenda: Agenda
    read_task_id: Callable[[bytes], TaskId | None]
    """The adapter's reading of a body that anybody may have written."""
    failpoint: Failpoint = nowhere

    async def accept(self, token: str, body: bytes) -> bool:
        """Keeps the hint and wakes whoever looks. False: nobody has this token."""
        number = await self.jobs.accept_callback(
            hash_of(token),
            hashlib.sha256(body).digest(),
            self.read_task_id(body),
            now=self.clock.now(),
        )
        self.failpoint("after-inbox-row")
        if number is None:
            return False
        self.agenda.plan(Errand.LOOK, number, self.clock.now())
        return True
