"""What would cost less than a request and still show what was asked for.

Rule: an offer is a whole, valid request with its price. Prompt and first image are always kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from bot.domain.errors import RequestRefusedError
from bot.domain.money import Micros
from bot.domain.options import options
from bot.domain.reading import read_request
from bot.domain.video import Mode, Picture, Price, PriceList, VideoModel, VideoRequest

MOST_OFFERED: Final = 4
"""Discord puts five buttons in a row, and one of them asks an admin."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Another request that a member may like, because it costs less."""

    model: VideoModel
    request: VideoRequest
    price: Price
    changed: Mapping[str, object]
    """Levers that stand elsewhere than in the wish, with their new values."""
    dropped: tuple[str, ...]
    """Options of the wish that the offered model cannot follow."""
    foreign: bool
    """Another model than the wish's."""

    @property
    def kind(self) -> tuple[str, ...]:
        """What sort of change it is. Of one kind, the dearest is closest to the wish."""
        return (self.model.key, *(() if self.foreign else sorted(self.changed)))


def cheaper(
    model: VideoModel,
    request: VideoRequest,
    models: Mapping[str, VideoModel],
    *,
    prices: Mapping[str, PriceList] | None = None,
) -> tuple[Offer, ...]:
    """All that costs less: closest to the wish first.

    That is the same model before another, fewer changes before more, and the dearest before the
    cheaper. `prices` are the operator's, by model key; a model that they leave out has its own.
    """
    wish = _Wish(model, request)
    listed = prices or {}
    limit = model.price(request, listed.get(model.key)).micros
    found = (
        offer
        for candidate in models.values()
        for offer in wish.variants(candidate, listed.get(candidate.key))
        if offer.price.micros < limit
    )
    return tuple(sorted(found, key=_distance))


def affordable(
    offers: Iterable[Offer], free: Micros, *, most: int = MOST_OFFERED
) -> tuple[Offer, ...]:
    """Of each kind the closest that `free` pays for, in the given order."""
    best: dict[tuple[str, ...], Offer] = {}
    for offer in offers:
        if offer.price.micros <= free:
            best.setdefault(offer.kind, offer)
    return tuple(best.values())[:most]


def _distance(offer: Offer) -> tuple[bool, int, int, str, str]:
    steps = len(offer.dropped) + len(offer.changed)
    return (offer.foreign, steps, -offer.price.micros, offer.model.key, str(offer.changed))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for, and how near other requests come to it."""

    model: VideoModel
    request: VideoRequest

    def variants(self, candidate: VideoModel, prices: PriceList | None) -> Iterator[Offer]:
        """The wish as the candidate can take it, with each of its levers no higher than now."""
        mode = candidate.request.find_mode(self.request.mode)
        if mode is None:
            return
        given = self.request.given()
        foreign = candidate.key != self.model.key
        places = _places(given, mode, candidate) if foreign else {name: name for name in given}
        carried = {place: given[name] for name, place in places.items()}
        ranges = (_up_to(given.get(lever), values) for lever, values in candidate.levers.items())
        for values in product(*ranges):
            setting = dict(zip(candidate.levers, values, strict=True))
            request = _fitting(candidate, mode, {**carried, **setting})
            if request is None:
                continue
            taken = request.given()
            yield Offer(
                candidate,
                request,
                candidate.price(request, prices),
                changed={name: it for name, it in setting.items() if given.get(name) != it},
                dropped=tuple(name for name in given if places.get(name) not in taken),
                foreign=foreign,
            )


def _places(given: Mapping[str, object], mode: Mode, candidate: VideoModel) -> dict[str, str]:
    """Where another model takes each option: under its own name, and images in their order."""
    known = options(candidate.request)
    places = {name: name for name in given if name in mode.options}
    pictures = (name for name, value in given.items() if isinstance(value, Picture))
    frames = (name for name in mode.options if known[name].kind == "image")
    return {**places, **dict(zip(pictures, frames, strict=False))}


def _up_to(wished: object, values: tuple[object, ...]) -> tuple[object, ...]:
    """A lever's values up to the wished one; all where they cannot be compared."""
    if wished in values:
        return values[: values.index(wished) + 1]
    if isinstance(wished, int):
        return tuple(value for value in values if isinstance(value, int) and value <= wished)
    return values


def _fitting(
    candidate: VideoModel, mode: Mode, wished: Mapping[str, object]
) -> VideoRequest | None:
    """The request without what the candidate refuses; None where it cannot do without."""
    chosen = dict(wished)
    while True:
        try:
            return read_request(candidate, mode.name, chosen)
        except RequestRefusedError as refusal:
            if refusal.option in candidate.levers or chosen.pop(refusal.option, None) is None:
                return None
