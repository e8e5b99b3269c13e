"""The objects behind the ids in an interaction: `resolved`.

Rule: members come without their user, and ids are strings, as the client library expects.
"""

from collections.abc import Iterable

from bot.playground.local_discord.components import Part
from bot.playground.local_discord.messages import Attachment
from bot.playground.local_discord.options import ClientRefusal, Value
from bot.playground.local_discord.people import Role, User
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.wire import Json, as_jsons
from bot.playground.local_discord.world import World

_FITS: dict[int, tuple[type, ...]] = {
    Part.USER_SELECT: (User,),
    Part.ROLE_SELECT: (Role,),
    Part.MENTIONABLE_SELECT: (User, Role),
    Part.CHANNEL_SELECT: (Channel,),
}


def resolved_options(world: World, values: Iterable[object], channel: Channel) -> Json:
    """The objects that some values name."""
    found: Json = {}
    guild = world.guild_of(channel)
    for value in values:
        if isinstance(value, Attachment):
            found.setdefault("attachments", {})[str(value.id)] = world.render.attachment(value)
        elif isinstance(value, Role):
            found.setdefault("roles", {})[str(value.id)] = value.as_json()
        elif isinstance(value, Channel):
            rights = {"permissions": str(world.permissions(world.bot, value))}
            found.setdefault("channels", {})[str(value.id)] = value.as_json() | rights
        elif isinstance(value, User):
            found.setdefault("users", {})[str(value.id)] = value.as_json()
            if guild is not None and (member := guild.members.get(value.id)):
                rights = {"permissions": str(world.permissions(value, channel))}
                shown = member.as_json(with_user=False) | rights
                found.setdefault("members", {})[str(value.id)] = shown
    return found


def resolved_values(world: World, select: Json, values: Iterable[Value], channel: Channel) -> Json:
    """What was chosen in a select menu: `values`, and `resolved` where they are ids."""
    chosen = list(values)
    name = str(select.get("custom_id"))
    if select.get("disabled"):
        raise ClientRefusal("This menu is disabled.", field=name)
    if not select["min_values"] <= len(chosen) <= select["max_values"]:
        words = f"Choose {select['min_values']} to {select['max_values']}."
        raise ClientRefusal(words, field=name)
    if select["type"] == Part.STRING_SELECT:
        return {"values": [_option(select, str(value)) for value in chosen]}
    for value in chosen:
        if not isinstance(value, _FITS[int(select["type"])]):
            raise ClientRefusal("This cannot be chosen here.", field=name)
    ids = [str(value.id) for value in chosen if isinstance(value, User | Role | Channel)]
    return {"values": ids, "resolved": resolved_options(world, chosen, channel)}


def _option(select: Json, wanted: str) -> str:
    for option in as_jsons(select.get("options")):
        if wanted in {option["value"], option["label"]}:
            return str(option["value"])
    raise ClientRefusal(f"There is no {wanted!r} to choose.", field=str(select["custom_id"]))
