"""The commands are what the models are, and within what Discord takes.

Looked at as the objects that discord.py holds, and as the payload that is sent; no Discord is asked.
"""

import asyncio
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import discord
import pytest
from discord import AppCommandOptionType, app_commands
from discord.ext import commands as extension

import cogs
from bot.app import Clapper
from bot.app.doors import Door
from bot.app.translation import Translator
from bot.cards import Reader
from bot.catalogue import Plural, list_languages, texts_of
from bot.domain import errors
from bot.domain.errors import InputError
from bot.domain.options import Option, options
from bot.domain.video import Mode, VideoModel
from bot.models import discover

MODELS = discover()
MODES = [(model, mode) for model in MODELS.values() for mode in model.modes]
NAME = re.compile(r"[-_a-z0-9]{1,32}")
KINDS = {
    "text": AppCommandOptionType.string,
    "address": AppCommandOptionType.string,
    "whole": AppCommandOptionType.integer,
    "number": AppCommandOptionType.number,
    "flag": AppCommandOptionType.boolean,
    "image": AppCommandOptionType.attachment,
}
ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PROMISED = {
    "ltx text": "prompt resolution duration aspect_ratio seed",
    "ltx image": "prompt image resolution duration seed",
    "ltx text-lora": "prompt lora resolution duration aspect_ratio seed"
    " lora_scale lora2 lora2_scale lora3 lora3_scale",
    "ltx image-lora": "prompt image lora resolution duration seed"
    " lora_scale lora2 lora2_scale lora3 lora3_scale",
    "kling text": "prompt duration aspect_ratio negative_prompt cfg_scale",
    "kling image": "prompt start_image end_image duration negative_prompt cfg_scale",
    "wan text": "prompt resolution duration aspect_ratio negative_prompt seed expand_prompt",
    "wan image": "prompt image resolution duration negative_prompt seed expand_prompt",
    "balance": "",
    "jobs": "",
    "show": "job",
    "models": "",
    "help": "",
    "budget allowance": "amount period",
    "budget role": "role amount",
    "budget member": "member amount",
    "budget grant": "member amount expires reason",
    "budget take": "member amount reason",
    "budget server": "amount period",
    "budget refund": "job reason",
    "budget show": "member",
    "budget report": "month",
    "budget audit": "member",
    "studio channel": "channel",
    "studio admin-channel": "channel",
    "studio anywhere": "allowed",
    "studio limits": "at_once queued dearest confirm_above",
    "studio block": "member word reason",
    "studio unblock": "member word reason",
    "studio lora-add": "name address scale",
    "studio lora-remove": "name",
    "studio pause": "reason",
    "studio resume": "",
    "studio admin-role": "role allowed",
    "studio time-zone": "zone",
    "studio status": "",
}
"""What the product promises: names of commands and of their options."""
MENUS = {"Animate this image", "Video details"}


class _Bot(extension.Bot):
    """Takes what cogs bring, and nothing else."""

    services = cast("Any", None)
    door = Door(lambda _: Reader("en"))
    closing = True

    def on_press(self, *_: object) -> None: ...
    def on_form(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def tree() -> app_commands.CommandTree[Any]:
    async def loaded() -> app_commands.CommandTree[Any]:
        bot = _Bot(
            "",
            intents=discord.Intents.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        for module in pkgutil.iter_modules(cogs.__path__):
            if not module.name.startswith("_"):
                cog = importlib.import_module(f"cogs.{module.name}")
                await cog.setup(cast("Clapper", bot))
        for cog in bot.cogs.values():
            await cog.cog_unload()  # whatever it began; the commands stay
        return bot.tree

    return asyncio.run(loaded())


def commands(tree: app_commands.CommandTree[Any]) -> dict[str, app_commands.Command[Any, ..., Any]]:
    """Every command that can be typed, by its whole name."""
    return {
        command.qualified_name: command
        for command in tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }


def payloads(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """What Discord is sent, with every translation."""

    async def translated() -> list[dict[str, Any]]:
        return [
            await command.get_translated_payload(tree, Translator())
            for command in tree.get_commands()
        ] + [
            await menu.get_translated_payload(tree, Translator())
            for menu in tree.get_commands(type=discord.AppCommandType.message)
        ]

    return asyncio.run(translated())


def parts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A command, its subcommands, their options and choices."""
    yield payload
    for name in ("options", "choices"):
        for part in payload.get(name) or []:
            yield from parts(part)


# The models' commands


@pytest.mark.parametrize("mode", MODES, ids=lambda it: f"{it[0].key} {it[1].name}")
def test_a_command_takes_what_its_request_takes(tree, mode: tuple[VideoModel, Mode]) -> None:
    model, its_mode = mode
    command = commands(tree)[f"{model.key} {its_mode.name}"]
    known = options(model.request)
    assert [each.name for each in command.parameters] == list(its_mode.options)
    for parameter in command.parameters:
        option = known[parameter.name]
        assert parameter.required == (parameter.name in its_mode.required)
        if not parameter.required:
            assert parameter.default == option.default, parameter.name
        assert_same_limits(parameter, option)


def assert_same_limits(parameter: app_commands.Parameter, option: Option) -> None:
    if option.kind == "choice":
        assert tuple(choice.value for choice in parameter.choices) == option.choices
        number = isinstance(option.choices[0], int)
        wanted = AppCommandOptionType.integer if number else AppCommandOptionType.string
        assert parameter.type is wanted
        return
    assert parameter.type is KINDS[option.kind]
    assert parameter.choices == []
    if option.kind in {"whole", "number"}:
        assert (parameter.min_value, parameter.max_value) == (option.lowest, option.highest)
    if option.kind in {"text", "address"}:
        assert (parameter.min_value, parameter.max_value) == (1, option.longest)


def test_every_model_has_its_group_and_every_group_of_a_model_has_its_modes(tree) -> None:
    typed = {name for name in commands(tree) if name.split()[0] in MODELS}
    assert typed == {f"{model.key} {mode.name}" for model, mode in MODES}


@pytest.mark.parametrize("name", PROMISED)
def test_names_are_what_the_product_promises(tree, name: str) -> None:
    command = commands(tree)[name]
    assert [each.name for each in command.parameters] == PROMISED[name].split()


def test_the_readme_tells_every_command_and_no_other(tree) -> None:
    told = set(re.findall(r"`/([a-z-]+(?: [a-z-]+)?)`", README.read_text()))
    assert set(commands(tree)) == told


def written() -> Iterator[tuple[str, str]]:
    """Everything that people read: documents, and sentences in every language; and where it stands."""
    for path in (README, *sorted(ROOT.glob("*/*.md"))):
        yield path.name, path.read_text()
    for language in list_languages():
        for key, said in texts_of(language).items():
            for text in said.forms if isinstance(said, Plural) else (said,):
                yield f"{language} {key}", text


def test_whatever_people_are_told_to_type_can_be_typed(tree) -> None:
    """Commands with their options, as `/ltx text prompt: a fox` and as "the option `lora`"."""
    known = commands(tree)
    groups = {name.split()[0] for name in known if " " in name}
    options = {option for command in known.values() for option in names_of(command)}
    typed = 0
    for where, text in written():
        for line in re.findall(r"`/([a-z][^`]*)`", text):
            words = line.split(":")[0].split() if ":" in line else line.split()
            if words[0] not in groups | set(known):
                continue  # a path
            name = " ".join(words[:2]) if words[0] in groups else words[0]
            assert name in known or name in groups, (where, line)
            given = re.findall(r"\b([a-z0-9_]+): ", line)
            assert set(given) <= names_of(known.get(name)), (where, line)
            rest = words[len(name.split()) :]
            assert rest == given[:1], (where, line)
            typed += 1
        for option in re.findall(r"option `([^`]*)`", text):
            assert option in options, (where, option)
            typed += 1
    assert typed > 100, "there is a lot to type"


def names_of(command: app_commands.Command[Any, ..., Any] | None) -> set[str]:
    return set() if command is None else {each.name for each in command.parameters}


def test_a_seed_says_what_becomes_of_a_video_without_one(tree) -> None:
    for name, command in commands(tree).items():
        for each in command.parameters:
            if each.name == "seed":
                assert "Random if left out" in str(each.description), name


def test_lengths_and_loras_complete_themselves(tree) -> None:
    for name, command in commands(tree).items():
        completing = {each.name for each in command.parameters if each.autocomplete}
        if name.startswith("ltx "):
            loras = {"lora", "lora2", "lora3"} if name.endswith("lora") else set()
            assert completing == {"duration"} | loras


# Discord's limits


def test_required_options_come_first_in_what_is_sent(tree) -> None:
    for payload in payloads(tree):
        for part in parts(payload):
            needed = [each.get("required", False) for each in part.get("options") or []]
            assert needed == sorted(needed, reverse=True), part["name"]


def test_nothing_is_longer_than_discord_takes(tree) -> None:
    for payload in payloads(tree):
        menu = payload.get("type") == discord.AppCommandType.message.value
        for part in parts(payload):
            assert len(part.get("options") or []) <= 25
            assert len(part.get("choices") or []) <= 25
            names = [part["name"], *(part.get("name_localizations") or {}).values()]
            for name in names:
                assert 1 <= len(str(name)) <= (100 if "value" in part else 32)
            if menu or "value" in part:
                continue
            assert NAME.fullmatch(part["name"]), part["name"]
            texts = [part["description"], *(part.get("description_localizations") or {}).values()]
            for text in texts:
                assert 1 <= len(text) <= 100, text
            assert "…" not in texts, f"{part['name']} is not described"


def test_a_whole_command_has_at_most_8000_characters_in_the_longest_language(tree) -> None:
    for payload in payloads(tree):
        assert sum(weight(part) for part in parts(payload)) <= 8000, payload["name"]


def weight(part: dict[str, Any]) -> int:
    """Characters of name, description and value, each in its longest language."""
    named = [len(str(part["name"])), *map(len, (part.get("name_localizations") or {}).values())]
    told = [
        len(part.get("description", "")),
        *map(len, (part.get("description_localizations") or {}).values()),
    ]
    return max(named) + max(told) + len(str(part.get("value", "")))


def test_there_are_the_two_menus_and_room_for_more(tree) -> None:
    menus = {menu.name for menu in tree.get_commands(type=discord.AppCommandType.message)}
    assert menus == MENUS
    assert len(menus) <= 5


def test_what_admins_decide_is_shown_to_managers_alone(tree) -> None:
    shown = {
        payload["name"]: payload["default_member_permissions"]
        for payload in payloads(tree)
        if payload["default_member_permissions"] is not None
    }
    assert shown["budget"] == discord.Permissions(manage_guild=True).value
    assert not {"balance", "jobs", "help", *MODELS} & shown.keys()


def test_every_command_is_for_servers_only(tree) -> None:
    for payload in payloads(tree):
        assert payload["contexts"] == [0], payload["name"]


def test_every_language_is_in_the_payload() -> None:
    """Measured above are all of them: Discord's names for those that we have."""
    spoken = {locale.value.partition("-")[0] for locale in discord.Locale}
    assert set(list_languages()) <= spoken


@pytest.mark.parametrize(
    "error", [each for each in InputError.__subclasses__() if each.__module__ == errors.__name__]
)
def test_every_error_that_a_person_can_mend_has_its_answer_at_the_door(tree, error) -> None:
    assert error in _Bot.door._answers
