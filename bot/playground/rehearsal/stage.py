"""Decides what happens next at each door: a script first, then chance, then the weather.

Rule: chance is seeded and each door draws from its own source, so that a seed tells the same story
whatever order the doors are used in.
"""

import random
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from bot.playground.rehearsal.acts import DOORS, PLAIN, Act, Door

WEATHERS: Final[Mapping[str, Mapping[Door, str]]] = {
    "works": {},
    "slow": {"task": "slow:6"},
    "content refused": {"task": "fail:SensitiveContent"},
    "image not reachable": {"task": "fail:ImageNotAccess"},
    "balance empty": {"submit": "http:402", "balance": "zero"},
    "rate limited": {"submit": "http:429:5", "status": "http:429:5"},
    "answer lost": {"submit": "created+reset"},
    "never finishes": {"task": "never"},
}

_ABOUT_PICTURES: Final = frozenset({"image not reachable"})


class Stage:
    """The script of the rehearsal."""

    def __init__(self) -> None:
        self._script: dict[Door, deque[Act]] = {door: deque() for door in DOORS}
        self._always: dict[Door, Act] = {}
        self._mix: dict[Door, list[tuple[float, Act]]] = {}
        self._chance: dict[Door, random.Random] = {}
        self._weather = "works"

    @property
    def weather(self) -> str:
        """The name of the weather in force."""
        return self._weather

    def next(self, door: Door, *acts: str, times: int = 1) -> None:
        """Queues acts for the next uses of a door, one use each; all of them `times` over."""
        read = [Act.read(door, act) for act in acts]
        self._script[door].extend(read * times)

    def always(self, door: Door, act: str) -> None:
        """Plays an act whenever neither script nor chance says otherwise."""
        self._always[door] = Act.read(door, act)

    def mix(self, seed: int, chances: Mapping[Door, Mapping[str, float]]) -> None:
        """Lets chance choose: per door the probability of each act; the rest goes well."""
        mix: dict[Door, list[tuple[float, Act]]] = {
            door: [(share, Act.read(door, act)) for act, share in acts.items()]
            for door, acts in chances.items()
        }
        for door, acts in mix.items():
            if sum(share for share, _ in acts) > 1 + 1e-9 or any(share < 0 for share, _ in acts):
                raise ValueError(f"The probabilities at {door} go beyond 1.")
        self._mix = mix
        self._chance = {
            door: random.Random(f"{seed}:{door}")  # noqa: S311 - chance here wants a seed
            for door in mix
        }

    def change_weather(self, name: str) -> None:
        """Sets all doors to one of `WEATHERS`; what was scripted still comes first."""
        if name not in WEATHERS:
            raise ValueError(f"No weather is called {name!r}; there is {', '.join(WEATHERS)}.")
        self._always = {door: Act.read(door, act) for door, act in WEATHERS[name].items()}
        self._weather = name

    def clear(self) -> None:
        """Forgets script, chance and weather: everything works again."""
        for script in self._script.values():
            script.clear()
        self._mix, self._chance = {}, {}
        self.change_weather("works")

    def waiting(self) -> dict[Door, list[str]]:
        """What is scripted and was not played yet."""
        return {door: [act.text for act in script] for door, script in self._script.items()}

    def draw(self, door: Door, *, pictured: bool = True) -> Act:
        """The act for this use of a door; `pictured`: by an order with an image, which some weather
        is about.
        """
        if self._script[door]:
            return self._script[door].popleft()
        if door in self._mix and (act := _choose(self._chance[door].random(), self._mix[door])):
            return act
        if self._weather in _ABOUT_PICTURES and not pictured:
            return PLAIN
        return self._always.get(door, PLAIN)


def _choose(point: float, acts: Iterable[tuple[float, Act]]) -> Act | None:
    for share, act in acts:
        if point < share:
            return act
        point -= share
    return None
