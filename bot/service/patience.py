"""How long to wait, and how often to try.

Rule: every wait of the service is written here once, and `scale` multiplies them all.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.errors import PostponedError

_SLOW_FACTOR: Final = 6
_VERY_SLOW_FACTOR: Final = 60


@dataclass(frozen=True, slots=True)
class Patience:
    """All waits, scaled. Below 1 for play and tests."""

    scale: float = 1.0

    unknown_checks: int = 6
    """Completed checks before an unknown submission may expire."""
    unusable_reads: int = 3
    """Reads of a success without a usable result, before it counts as the provider's failure."""
    missing_reads: int = 5
    """Reads in a row of a task that the provider does not know, before the operator is told."""
    refused_fetches: int = 6
    """Tries at least, before a clip is given up in whose place no video comes."""
    showing_tries: int = 12
    """Tries to post a finished video again: after half an hour whoever asked is gone."""
    crashes: int = 5
    """Times that a job may break us before it is set aside."""

    def seconds(self, seconds: float) -> timedelta:
        """So many seconds, scaled."""
        return timedelta(seconds=seconds * self.scale)

    def scaled(self, wait: timedelta) -> timedelta:
        """A wait of a model's plan, scaled."""
        return wait * self.scale

    @property
    def unknown_age(self) -> timedelta:
        """Before this no unknown submission expires."""
        return self.seconds(60 * 60)

    @property
    def unknown_check(self) -> timedelta:
        return self.seconds(60)

    @property
    def stale(self) -> timedelta:
        """A job that waited longer is no longer wanted after a restart."""
        return self.seconds(6 * 60 * 60)

    @property
    def missing_for(self) -> timedelta:
        """A task that is still not there so long after it was made will not come any more."""
        return self.seconds(3 * 24 * 60 * 60)

    @property
    def fetch_for(self) -> timedelta:
        """Results live 15 days, or one, depending on the page; after three nobody waits any more."""
        return self.seconds(3 * 24 * 60 * 60)

    @property
    def others_for(self) -> timedelta:
        """How long a video that is here waits for the others of its job."""
        return self.seconds(10 * 60)

    @property
    def refused_for(self) -> timedelta:
        """Before this no clip is given up, whatever comes in its place."""
        return self.seconds(60 * 60)

    @property
    def deliver_for(self) -> timedelta:
        """The longest outage of Discord that a message outlasts."""
        return self.seconds(7 * 24 * 60 * 60)

    @property
    def spread(self) -> timedelta:
        """A restart's first reads are spread over this."""
        return self.seconds(5)

    @property
    def gathering(self) -> timedelta:
        """Errands that fall due within this are begun together: waking up costs more than they do."""
        return self.seconds(0.05)

    @property
    def balance_every(self) -> timedelta:
        return self.seconds(5 * 60)

    @property
    def balance_while_stopped(self) -> timedelta:
        return self.seconds(60)

    @property
    def safety_net(self) -> timedelta:
        """With callbacks on, how often to ask all the same."""
        return self.seconds(60)

    @property
    def full_disk_again(self) -> timedelta:
        """As long as there is no room, the operator hears it this often."""
        return self.seconds(60 * 60)

    @property
    def tidy_every(self) -> timedelta:
        return self.seconds(60 * 60)

    def poll(self, interval: timedelta, *, age: timedelta) -> timedelta:
        """The wait before the next read of a running task: a slow one is asked about more rarely."""
        if age > self.seconds(60 * 60):
            return self.scaled(interval) * _VERY_SLOW_FACTOR
        if age > self.seconds(10 * 60):
            return self.scaled(interval) * _SLOW_FACTOR
        return self.scaled(interval)

    def missing(self, reads: int) -> timedelta:
        """The wait before asking again for a task that so many reads have not found."""
        return self.again(reads, first=10, most=60 * 60)

    def again(self, tries: int, *, first: float = 2, most: float = 15 * 60) -> timedelta:
        """The wait before trying something again: doubles up to a limit."""
        return self.seconds(min(most, first * 2 ** min(tries, 20)))

    def after(self, error: PostponedError, tries: int) -> timedelta:
        """The wait before Discord is tried again: as long as it says, if that is longer."""
        wait = self.again(tries, first=2, most=10 * 60)
        return max(wait, self.seconds(error.wait_seconds or 0))
