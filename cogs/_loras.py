"""LoRAs by the names that a server's admins gave them.

Rule: a name becomes its address here, once; the books know addresses only.
"""

from collections.abc import Mapping

from discord import app_commands

from bot.domain.errors import RequestRefusedError
from bot.domain.ids import GuildId
from bot.domain.options import options as options_of
from bot.domain.policy import LoraPreset
from bot.domain.video import VideoModel
from cogs._caller import Asked
from cogs._choices import MOST_CHOICES, choices


async def with_presets(
    asked: Asked, model: VideoModel, options: Mapping[str, object]
) -> dict[str, object]:
    """The same options with addresses for names, and a preset's strength where none was chosen.

    Raises RequestRefusedError for a name that nobody gave.
    """
    known, chosen = options_of(model.request), dict(options)
    for name, value in options.items():
        named = name in known and known[name].kind == "address"
        if named and isinstance(value, str) and not _is_address(value):
            preset = await _preset(asked, name, value)
            chosen[name] = preset.url
            scale = f"{name}_scale"
            if scale in known and chosen.get(scale) is None:
                chosen[scale] = preset.scale
    return chosen


async def preset_choices(asked: Asked, typed: str) -> list[app_commands.Choice[str]]:
    """What a LoRA option offers: the presets that have this in their names."""
    if asked.guild_id is None or _is_address(typed):
        return []
    presets = await asked.client.services.policies.list_presets(
        GuildId(asked.guild_id), typed=typed, limit=MOST_CHOICES
    )
    return choices((it.name, it.name) for it in presets)


async def _preset(asked: Asked, option: str, name: str) -> LoraPreset:
    assert asked.guild_id is not None
    policies = asked.client.services.policies
    preset = await policies.find_preset(GuildId(asked.guild_id), name)
    if preset is None:
        raise RequestRefusedError(option, "unknown_preset", name=name)
    return preset


def _is_address(text: str) -> bool:
    return "://" in text
