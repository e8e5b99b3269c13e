"""The command book: what can be registered, what is refused, who is offered what."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.playground.local_discord import Can, ClientRefusal
from tests.local_bot import LocalBot, Stage, on_stage

FEW: dict[str, Any] = {"name": "do", "description": "Does it"}
TEXT: dict[str, Any] = {"type": 3, "name": "prompt", "description": "What to see"}


def with_options(*options: dict[str, Any]) -> dict[str, Any]:
    return FEW | {"options": list(options)}


def numbered(count: int) -> list[dict[str, Any]]:
    return [TEXT | {"name": f"o{n}"} for n in range(count)]


CHOICES = [{"name": str(n), "value": str(n)} for n in range(26)]
LONG = [
    TEXT
    | {
        "name": f"o{n}",
        "choices": [{"name": "n" * 95 + str(i), "value": "v" * 90} for i in range(9)],
    }
    for n in range(5)
]
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"description": "x"}, "BASE_TYPE_REQUIRED"),
    "upper case": (FEW | {"name": "Do"}, "APPLICATION_COMMAND_INVALID_NAME"),
    "a blank in the name": (FEW | {"name": "do it"}, "APPLICATION_COMMAND_INVALID_NAME"),
    "33 characters": (FEW | {"name": "d" * 33}, "BASE_TYPE_BAD_LENGTH"),
    "no description": ({"name": "do"}, "BASE_TYPE_REQUIRED"),
    "101 characters": (FEW | {"description": "d" * 101}, "BASE_TYPE_BAD_LENGTH"),
    "26 options": (with_options(*numbered(26)), "BASE_TYPE_MAX_LENGTH"),
    "required after optional": (
        with_options(TEXT, TEXT | {"name": "b", "required": True}),
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "two of a name": (with_options(TEXT, TEXT), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED"),
    "26 choices": (with_options(TEXT | {"choices": CHOICES}), "BASE_TYPE_MAX_LENGTH"),
    "a long choice": (
        with_options(TEXT | {"choices": [{"name": "n" * 101, "value": "v"}]}),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "choices and autocomplete": (
        with_options(TEXT | {"choices": CHOICES[:2], "autocomplete": True}),
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_MUTUALLY_EXCLUSIVE",
    ),
    "subcommand beside an option": (
        with_options({"type": 1, "name": "a", "description": "a"}, TEXT),
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "a text of 6,001": (with_options(TEXT | {"max_length": 6001}), "NUMBER_TYPE_MAX"),
    "more than 8,000 in all": (with_options(*LONG), "APPLICATION_COMMAND_TOO_LARGE"),
    "a menu with a description": (
        FEW | {"type": 3},
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET",
    ),
    "a translated name in upper case": (
        FEW | {"name_localizations": {"ru": "Делай"}},
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
}


def codes(errors: Any) -> set[str]:
    if isinstance(errors, list):
        return {error["code"] for error in errors}
    return set().union(*(codes(below) for below in errors.values()))


async def call(stage: Stage, method: str, body: Any, below: str = "") -> tuple[int, Any]:
    application = stage.world.application_id
    url = f"{stage.server.api_url}/applications/{application}/commands{below}"
    headers = {"Authorization": f"Bot {stage.server.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, url, json=body) as response,
    ):
        return response.status, None if response.status == 204 else await response.json()


@pytest.fixture(scope="module")
def refused() -> dict[str, tuple[int, Any]]:
    """All of them on one stage: a stage for each would only cost time."""

    async def register() -> dict[str, tuple[int, Any]]:
        async with on_stage() as stage:
            found = {name: await call(stage, "POST", body) for name, (body, _) in REFUSED.items()}
            assert not stage.world.commands.all_of(None)
            return found

    return asyncio.run(register())


@pytest.mark.parametrize("name", REFUSED)
def test_a_command_beyond_discords_limits_is_refused_with_its_code(
    name: str, refused: dict[str, tuple[int, Any]]
) -> None:
    status, answer = refused[name]
    assert (status, answer["code"]) == (400, 50035)
    assert REFUSED[name][1] in codes(answer["errors"])


async def test_what_the_library_syncs_is_kept_and_read_back() -> None:
    bot = LocalBot()
    group = app_commands.Group(
        name="budget",
        description="Money",
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @group.command(name="allowance", description="Everybody's")
    @app_commands.describe(amount="Dollars")
    async def allowance(
        interaction: discord.Interaction,
        amount: app_commands.Range[str, 1, 10],
        days: app_commands.Range[int, 1, 31] = 1,
    ) -> None: ...

    bot.tree.add_command(group)
    async with on_stage(bot) as stage:
        first = await bot.tree.fetch_commands()
        assert [(one.name, one.default_member_permissions.manage_guild) for one in first] == [
            ("budget", True)
        ]
        assert first[0].options[0].options[1].max_value == 31
        kept = stage.world.commands.all_of(None)
        await bot.tree.sync()
        assert stage.world.commands.all_of(None) == kept
        assert [one.id for one in first] == [int(one["id"]) for one in kept]
        assert stage.world.commands.created == 1
        guild = discord.Object(stage.cast.studio.id)
        bot.tree.copy_global_to(guild=guild)
        synced = await bot.tree.sync(guild=guild)
        assert synced[0].guild_id == guild.id
        assert [one["name"] for one in stage.world.commands.all_of(guild.id)] == ["budget"]
        bot.tree.clear_commands(guild=None)
        await bot.tree.sync()
        assert stage.world.commands.all_of(None) == []
        with pytest.raises(discord.Forbidden) as caught:
            await bot.tree.sync(guild=discord.Object(7))
        assert caught.value.code == 50001


async def test_single_commands_are_added_changed_shown_and_removed() -> None:
    async with on_stage() as stage:
        status, made = await call(stage, "POST", FEW)
        assert (status, made["version"] > made["id"]) == (201, True)
        assert (await call(stage, "POST", FEW))[0] == 200
        below = f"/{made['id']}"
        status, changed = await call(stage, "PATCH", {"description": "More"}, below)
        assert (changed["id"], changed["description"]) == (made["id"], "More")
        assert (await call(stage, "GET", None, below)) == (200, changed)
        assert (await call(stage, "DELETE", None, below)) == (204, None)
        assert (await call(stage, "GET", None, below))[1]["code"] == 10063


async def test_two_commands_of_a_name_and_a_sixth_menu_are_refused() -> None:
    async with on_stage() as stage:
        status, answer = await call(stage, "PUT", [FEW, FEW])
        assert codes(answer["errors"]) == {"APPLICATION_COMMANDS_DUPLICATE_NAME"}
        menus = [{"type": 3, "name": f"Menu {n}"} for n in range(6)]
        status, answer = await call(stage, "PUT", menus)
        assert (status, answer["code"]) == (400, 30032)
        assert (await call(stage, "PUT", menus[:5]))[0] == 200


async def _nothing(interaction: discord.Interaction) -> None: ...


async def test_people_are_offered_what_their_rights_and_the_place_allow() -> None:
    bot = LocalBot()
    bot.tree.command(name="open", description="d")(_nothing)
    manage = app_commands.default_permissions(manage_guild=True)
    bot.tree.command(name="budget", description="d")(manage(_nothing_else))
    bot.tree.command(name="nobody", description="d")(
        app_commands.default_permissions()(_nothing_at_all)
    )
    async with on_stage(bot) as stage:
        world, cast = stage.world, stage.cast

        def offered(user: Any, channel: Any) -> set[str]:
            person = stage.server.person(user)
            return {str(one["name"]) for one in person.commands(channel)}

        assert offered(cast.ann, cast.general) == {"open"}
        assert offered(cast.ada, cast.general) == {"open", "budget"}
        assert offered(cast.olga, cast.general) == {"open", "budget", "nobody"}
        assert offered(cast.ann, cast.admins_only) == set()
        assert offered(cast.ann, world.direct_channel(cast.ann)) >= {"open"}
        cast.studio.command_grants.add(("budget", cast.patrons.id))
        assert offered(cast.pat, cast.general) == {"open", "budget"}
        everybody = cast.studio.roles[cast.studio.id]
        world.set_overwrite(cast.general, everybody, deny=Can.USE_APPLICATION_COMMANDS)
        assert offered(cast.ann, cast.general) == set()
        with pytest.raises(ClientRefusal, match="No command 'budget' is offered"):
            await stage.ann.slash("budget", channel=cast.general)


async def _nothing_else(interaction: discord.Interaction) -> None: ...


async def _nothing_at_all(interaction: discord.Interaction) -> None: ...


async def test_the_client_refuses_values_before_they_reach_the_bot() -> None:
    bot = LocalBot()
    got: list[Any] = []

    @bot.tree.command(name="do", description="d")
    @app_commands.choices(size=[app_commands.Choice(name="HD", value="720p")])
    async def do(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 2, 10],
        seconds: app_commands.Range[int, 1, 5] = 1,
        scale: app_commands.Range[float, 0, 2] = 1,
        size: str = "720p",
        image: discord.Attachment | None = None,
    ) -> None:
        got.append(prompt)
        await interaction.response.send_message(prompt)

    async with on_stage(bot) as stage:
        place = stage.cast.general
        wrong: list[tuple[dict[str, Any], str]] = [
            ({}, "prompt"),
            ({"prompt": "x"}, "prompt"),
            ({"prompt": "x" * 11}, "prompt"),
            ({"prompt": 5}, "prompt"),
            ({"prompt": "fine", "seconds": 6}, "seconds"),
            ({"prompt": "fine", "seconds": 0}, "seconds"),
            ({"prompt": "fine", "seconds": 1.5}, "seconds"),
            ({"prompt": "fine", "seconds": True}, "seconds"),
            ({"prompt": "fine", "scale": 2.1}, "scale"),
            ({"prompt": "fine", "size": "HD"}, "size"),
            ({"prompt": "fine", "image": "x"}, "image"),
            ({"prompt": "fine", "other": "x"}, "other"),
        ]
        for options, field in wrong:
            with pytest.raises(ClientRefusal) as caught:
                await stage.ann.slash("do", options, channel=place)
            assert caught.value.field == field, options
        files = {"image": bytes(10 * 1024 * 1024 + 1)}
        with pytest.raises(ClientRefusal, match="too powerful"):
            await stage.ann.slash("do", {"prompt": "fine"}, channel=place, attachments=files)
        with pytest.raises(ClientRefusal, match="no subcommand"):
            await stage.ann.slash("do it", {"prompt": "fine"}, channel=place)
        asked = await stage.ann.slash("do", {"prompt": "fine", "scale": 2}, channel=place)
        await asked.message()
    assert got == ["fine"]
