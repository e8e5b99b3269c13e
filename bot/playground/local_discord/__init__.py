"""A Discord on this machine, which the real client library logs in to."""

from bot.playground.local_discord.checks_messages import Upload
from bot.playground.local_discord.clock import Clock
from bot.playground.local_discord.faults import Fault, Faults
from bot.playground.local_discord.invocation import DidNotRespond, Invocation
from bot.playground.local_discord.journal import Exchange, Journal
from bot.playground.local_discord.messages import Attachment, Flag, Message
from bot.playground.local_discord.options import ClientRefusal
from bot.playground.local_discord.people import Member, Role, User
from bot.playground.local_discord.permissions import Can
from bot.playground.local_discord.person import Person
from bot.playground.local_discord.places import Channel, Guild, Kind, Overwrite
from bot.playground.local_discord.server import LocalDiscord, LocalDiscordError, build_app, serve
from bot.playground.local_discord.world import World

__all__ = [
    "Attachment",
    "Can",
    "Channel",
    "ClientRefusal",
    "Clock",
    "DidNotRespond",
    "Exchange",
    "Fault",
    "Faults",
    "Flag",
    "Guild",
    "Invocation",
    "Journal",
    "Kind",
    "LocalDiscord",
    "LocalDiscordError",
    "Member",
    "Message",
    "Overwrite",
    "Person",
    "Role",
    "Upload",
    "User",
    "World",
    "build_app",
    "serve",
]
