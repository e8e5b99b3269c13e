"""Buttons for what a member can afford instead.

Rule: each offer is a whole request with its price on the button; prompt and image are kept.
"""

from typing import Any

import discord
from discord import ui

from bot.app import Clapper
from bot.cards import Reader, button
from bot.domain.ids import UserId
from bot.domain.money import Micros
from bot.domain.offers import Offer, affordable, cheaper
from cogs._ask import Ask
from cogs._cards import show_price
from cogs._desk import desk_of


def offer_buttons(
    reader: Reader, bot: Clapper, ask: Ask, *, free: Micros, owner: UserId
) -> "list[ui.Button[Any]]":
    """Up to four. *Ask an admin* joins them with its own issue."""
    services = bot.services
    found = cheaper(ask.model, ask.request, services.models, prices=services.prices)
    offers = affordable(found, free)
    if not offers:
        return []
    asks = tuple(Ask(it.model, it.request, ask.parent, agreed=True) for it in offers)
    token = desk_of(bot).offers.put(asks, owner)
    return [
        button(
            "offer",
            token,
            nth,
            label=_label(reader, offer),
            style=discord.ButtonStyle.primary if nth == 0 else discord.ButtonStyle.secondary,
        )
        for nth, offer in enumerate(offers)
    ]


def _label(reader: Reader, offer: Offer) -> str:
    """`5 s · 480p · $0.06`, with the model's name where it is another."""
    given = offer.request.given()
    seconds = given.get("duration")
    facts = [
        offer.model.title if offer.foreign else "",
        reader.say("card.seconds", seconds=seconds) if seconds else "",
        str(given.get("resolution", "")),
        show_price(reader, offer.price),
    ]
    return " · ".join(fact for fact in facts if fact)
