"""Giving up old clips, and files that nobody knows.

Rule: never a clip that nobody has got, nor a file that its job has still to take up.
"""

from dataclasses import dataclass

from bot.domain.clip import ClipStore, KeptClip, RetentionLimits, choose_expired
from bot.domain.ports import Clock, JobStore


@dataclass(frozen=True, slots=True)
class Tidy:
    """Keeps the shelf within its limits."""

    jobs: JobStore
    clips: ClipStore
    clock: Clock
    limits: RetentionLimits

    async def __call__(self) -> None:
        """One round."""
        now = self.clock.now()
        # Before the rows: what is stored in between stands in one of the two.
        awaited = await self.jobs.list_unfetched()
        rows = await self.jobs.list_delivered_clips()
        kept = [KeptClip(name, size, delivered_at) for name, size, delivered_at in rows]
        expired = choose_expired(kept, now, limits=self.limits)
        if expired:
            # The books first: a file without a row is swept up later, a row without a file lies.
            await self.jobs.clips_removed(expired, now=now)
            await self.clips.remove(expired)
        known = {clip.name for clip in kept} - set(expired)
        await self.clips.sweep(known, now, awaited=awaited)
