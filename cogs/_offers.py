"""Buttons under a refusal: what a member can afford instead, and *Ask an admin*.

Rule: each offer is a whole request with its price on the button; prompt and image are kept.
"""

from typing import Any

import discord
from discord import ui

from bot.app import Clapper
from bot.cards import Act, Reader, button, show_price
from bot.domain.ask import lack_of
from bot.domain.budget import Refused
from bot.domain.ids import UserId
from bot.domain.money import Micros
from bot.domain.offers import Offer, affordable, cheaper
from bot.domain.policy import Policy
from cogs._desk import desk_of
from cogs._wished import Wished


def offer_buttons(
    reader: Reader, bot: Clapper, wished: Wished, *, free: Micros, owner: UserId
) -> "list[ui.Button[Any]]":
    """Up to four."""
    services = bot.services
    found = cheaper(wished.model, wished.request, services.models, prices=services.prices)
    offers = affordable(found, free)
    if not offers:
        return []
    asks = tuple(Wished(it.model, it.request, wished.parent, agreed=True) for it in offers)
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


def ask_buttons(
    reader: Reader, bot: Clapper, wished: Wished, refused: Refused, *, policy: Policy, owner: UserId
) -> "list[ui.Button[Any]]":
    """*Ask an admin*, where there is somebody to ask and something that they could mend."""
    if policy.admin_channel is None or lack_of(refused) is None:
        return []
    token = desk_of(bot).asks.put(wished, owner)
    return [button(Act.ASK, token, label=reader.say("asks.button"))]


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
