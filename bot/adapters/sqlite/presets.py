"""LoRAs that the admins offer by name.

Rule: a name is the same name whatever its case, in every alphabet.
"""

import sqlite3
import unicodedata
from datetime import datetime

from bot.adapters.sqlite.decided import Decided, note
from bot.domain.errors import PolicyRefusedError
from bot.domain.ids import GuildId, UserId
from bot.domain.policy import MOST_PRESETS, LoraPreset, check_preset


class Presets(Decided):
    """The part of the policies about them."""

    __slots__ = ()

    async def find_preset(self, guild: GuildId, name: str) -> LoraPreset | None:
        """The preset of this name, whatever its case."""
        return await self.database.read(lambda con: _find_preset(con, guild, name))

    async def list_presets(
        self, guild: GuildId, *, typed: str = "", limit: int = MOST_PRESETS
    ) -> list[LoraPreset]:
        """Presets by name. For autocomplete those that begin like this, then those that have it
        somewhere.
        """
        wanted = _named(typed)
        presets = await self.database.read(lambda con: _presets(con, guild))
        fitting = [it for it in presets if wanted in _named(it.name)]
        return sorted(fitting, key=lambda it: not _named(it.name).startswith(wanted))[:limit]

    async def put_preset(
        self, guild: GuildId, preset: LoraPreset, *, actor: UserId, now: datetime
    ) -> LoraPreset | None:
        """Adds a preset, or replaces the one of this name, which is the answer."""
        check_preset(preset)

        def write(con: sqlite3.Connection) -> LoraPreset | None:
            before = _find_preset(con, guild, preset.name)
            if before == preset:
                return before
            if before is not None:
                _delete_preset(con, guild, before)
            elif len(_presets(con, guild)) >= MOST_PRESETS:
                raise PolicyRefusedError("name", "too_many", most=MOST_PRESETS)
            con.execute(
                "INSERT INTO lora_presets VALUES (?, ?, ?, ?)",
                (guild, preset.name, preset.url, preset.scale),
            )
            note(
                con,
                guild,
                actor,
                "lora-add",
                now,
                subject=preset.name,
                before=_shown(before),
                after=_shown(preset),
            )
            return before

        return await self.database.write(write)

    async def remove_preset(
        self, guild: GuildId, name: str, *, actor: UserId, now: datetime
    ) -> bool:
        """Takes a preset from the list. False: there is none of this name."""

        def write(con: sqlite3.Connection) -> bool:
            before = _find_preset(con, guild, name)
            if before is None:
                return False
            _delete_preset(con, guild, before)
            note(con, guild, actor, "lora-remove", now, subject=before.name, before=_shown(before))
            return True

        return await self.database.write(write)


def _presets(con: sqlite3.Connection, guild: GuildId) -> list[LoraPreset]:
    """At most 200, by name."""
    query = "SELECT name, url, scale FROM lora_presets WHERE guild_id = ? ORDER BY name"
    return [LoraPreset(*row) for row in con.execute(query, (guild,))]


def _find_preset(con: sqlite3.Connection, guild: GuildId, name: str) -> LoraPreset | None:
    # Compared here, which knows the capitals of more alphabets than SQLite does.
    wanted = _named(name)
    return next((it for it in _presets(con, guild) if _named(it.name) == wanted), None)


def _delete_preset(con: sqlite3.Connection, guild: GuildId, preset: LoraPreset) -> None:
    con.execute("DELETE FROM lora_presets WHERE guild_id = ? AND name = ?", (guild, preset.name))


def _named(name: str) -> str:
    """What makes two names the same."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _shown(preset: LoraPreset | None) -> str:
    return "" if preset is None else f"{preset.url} at {preset.scale:g}"
