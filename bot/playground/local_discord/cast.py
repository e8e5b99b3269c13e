"""A small town to begin with: two servers, their channels, and people of every standing.

Rule: nothing of it is needed; a test may build its own world.
"""

from dataclasses import dataclass

from bot.playground.local_discord.people import Role, User
from bot.playground.local_discord.permissions import Can
from bot.playground.local_discord.places import Channel, Guild, Kind, Overwrite
from bot.playground.local_discord.world import World


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and where."""

    studio: Guild
    """The server with everything in it."""
    elsewhere: Guild
    """Another server, which an operator may leave unallowed. Ann and Olga are there too."""
    general: Channel
    videos: Channel
    admins_only: Channel
    thread: Channel
    """Below `general`."""
    forum: Channel
    lobby: Channel
    """The channel of `elsewhere`."""
    ann: User
    """A member."""
    ben: User
    """A member."""
    pat: User
    """A member with the role `patrons`."""
    ada: User
    """An admin: her role has Manage Server and Manage Messages."""
    olga: User
    """The owner of both servers and of the application: the operator."""
    patrons: Role
    admins: Role


def furnish(world: World) -> Cast:
    """Puts the town into a world."""
    olga = world.owner
    olga.name, olga.shown_as = "olga", "Olga"
    ann, ben, pat, ada = (
        world.add_user(name, shown_as=name.capitalize()) for name in ("ann", "ben", "pat", "ada")
    )
    studio = world.add_guild(
        "Studio", owner=olga, channels=["general", "videos"], members=[ann, ben]
    )
    general, videos = studio.channels.values()
    rights = Can.MANAGE_GUILD | Can.MANAGE_MESSAGES | Can.MANAGE_CHANNELS
    admins = world.add_role(studio, "admins", permissions=rights)
    patrons = world.add_role(studio, "patrons")
    world.add_member(studio, pat, roles=[patrons])
    world.add_member(studio, ada, roles=[admins])
    closed = [
        Overwrite(studio.id, 0, deny=Can.VIEW_CHANNEL),
        Overwrite(admins.id, 0, allow=Can.VIEW_CHANNEL),
        Overwrite(world.bot_role(studio).id, 0, allow=Can.VIEW_CHANNEL),
    ]
    elsewhere = world.add_guild("Elsewhere", owner=olga, channels=["lobby"], members=[ann])
    return Cast(
        studio=studio,
        elsewhere=elsewhere,
        general=general,
        videos=videos,
        admins_only=world.add_channel(studio, "admins-only", overwrites=closed),
        thread=world.add_channel(studio, "a thread", parent=general),
        forum=world.add_channel(studio, "showcase", kind=Kind.FORUM, tags=["video"]),
        lobby=next(iter(elsewhere.channels.values())),
        ann=ann,
        ben=ben,
        pat=pat,
        ada=ada,
        olga=olga,
        patrons=patrons,
        admins=admins,
    )
