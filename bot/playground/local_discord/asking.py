"""Brings what people do to the bot: INTERACTION_CREATE and its deadline.

Rule: the payload is as complete as Discord's, since the client library reads it without mercy.
"""

import secrets

from bot.playground.local_discord.interactions import ANSWER_SECONDS, Asked, Interaction
from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.people import User
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.wire import Json
from bot.playground.local_discord.world import World


def ask(
    world: World,
    kind: Asked,
    *,
    user: User,
    channel: Channel,
    data: Json,
    message: Message | None = None,
    cause: Interaction | None = None,
) -> Interaction:
    """A person does something. The bot is told, and has three seconds."""
    guild = world.guild_of(channel)
    interaction = Interaction(
        world.ids.next(),
        secrets.token_urlsafe(48),
        kind,
        world.application_id,
        user,
        channel,
        guild,
        data,
        world.clock.now(),
        max(user.upload_limit, guild.file_limit if guild else 0),
        message=message,
        cause=cause,
    )
    world.interactions[interaction.token] = interaction
    payload = payload_of(world, interaction)
    world.gateway.tell("INTERACTION_CREATE", payload, guild_id=channel.guild_id)
    world.bus.publish("interaction_asked", interaction, only_for=user.id)
    world.spawn(_expire(world, interaction))
    return interaction


async def _expire(world: World, interaction: Interaction) -> None:
    await world.clock.sleep_until(interaction.created_at + ANSWER_SECONDS)
    if interaction.answer is None:
        interaction.failed = True
        world.bus.publish("interaction_failed", interaction, only_for=interaction.user.id)


def payload_of(world: World, interaction: Interaction) -> Json:
    """INTERACTION_CREATE's body."""
    channel, user, guild = interaction.channel, interaction.user, interaction.guild
    rights = str(world.permissions(user, channel))
    payload: Json = {
        "id": str(interaction.id),
        "application_id": str(interaction.application_id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": channel.as_json() | {"permissions": rights},
        "app_permissions": str(world.permissions(world.bot, channel)),
        "locale": user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
        "context": 0 if guild else 1,
        "attachment_size_limit": interaction.size_limit,
    }
    if guild is None:
        payload["user"] = user.as_json()
    else:
        payload |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": guild.members[user.id].as_json() | {"permissions": rights},
        }
    if interaction.message is not None:
        shown = world.render.message(interaction.message, guild_id=channel.guild_id)
        payload["message"] = shown
    return payload
