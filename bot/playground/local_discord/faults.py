"""Faults on request: what the next requests of the bot meet instead of Discord.

Rule: a fault is used up by the requests that match it and touches nothing else.
"""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias

from bot.playground.local_discord.wire import Json

Outage: TypeAlias = Literal["503", "reset"]
"""How Discord is down: it answers 503, or it drops every connection."""
When: TypeAlias = Literal["before", "after"]
"""Before the request has its effect, or after it."""

_WORDS: Final = {
    500: "500: Internal Server Error",
    502: "502: Bad Gateway",
    503: "upstream connect error",
    504: "504: Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """What happens to matching requests."""

    kind: Literal["status", "reset", "delay", "rate limit"]
    method: str = "*"
    path: str = "*"
    """A pattern over the path after `/api/v10`, such as `/channels/*/messages`."""
    times: int = 1
    when: When = "before"
    status: int = 500
    code: int = 0
    message: str | None = None
    """Discord's words; with `code` they make any refusal."""
    seconds: float = 0
    """The delay, or the `Retry-After` of a rate limit."""
    everywhere: bool = False
    """Of a rate limit: the global one."""
    via: bool = True
    """Of a rate limit: whether it comes from Discord, and not from the wall before it."""
    then: Outage | None = None
    """The outage that begins with it, before anything can be tried again."""

    def matches(self, method: str, path: str) -> bool:
        """Whether it is meant for a request."""
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)

    def as_json(self) -> Json:
        """The error that a status fault answers with."""
        words = self.message or _WORDS.get(self.status, f"{self.status}: Error")
        return {"message": words, "code": self.code}


@dataclass(slots=True)
class Faults:
    """The faults that wait for a request, and the outage if there is one."""

    waiting: list[Fault] = field(default_factory=list[Fault])
    outage: Outage | None = None

    def add(self, fault: Fault) -> Fault:
        """Queues a fault; those for the same request are used in this order."""
        self.waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for a request, used up by one."""
        for fault in self.waiting:
            if fault.matches(method, path):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Everything works again."""
        self.waiting.clear()
        self.outage = None

    def fail(
        self,
        method: str,
        path: str,
        *,
        status: int = 500,
        when: When = "before",
        times: int = 1,
        code: int = 0,
        message: str | None = None,
    ) -> Fault:
        """The next requests are answered with a status."""
        fault = Fault("status", method, path, times, when, status, code, message)
        return self.add(fault)

    def reset(
        self,
        method: str,
        path: str,
        *,
        when: When = "before",
        times: int = 1,
        then: Outage | None = None,
    ) -> Fault:
        """The next requests lose their connection."""
        return self.add(Fault("reset", method, path, times, when, then=then))

    def delay(self, method: str, path: str, seconds: float, *, times: int = 1) -> Fault:
        """The next requests take longer, in real seconds."""
        return self.add(Fault("delay", method, path, times, seconds=seconds))

    def limit(
        self,
        method: str,
        path: str,
        *,
        seconds: float = 0.1,
        times: int = 1,
        everywhere: bool = False,
        via: bool = True,
    ) -> Fault:
        """The next requests are answered with 429."""
        fault = Fault("rate limit", method, path, times, status=429, seconds=seconds)
        fault.everywhere, fault.via = everywhere, via
        return self.add(fault)
