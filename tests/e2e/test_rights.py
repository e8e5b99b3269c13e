"""Everybody at the doors of those who decide: a member, an admin, the operator, and strangers.

The bot is a process of its own; what is tried is what Discord was told there is.
"""

from collections.abc import Iterator
from typing import Any

from bot.domain.money import dollars
from bot.playground.local_discord import Can, Guild, Message
from tests.town import Someone, Town, town, until

HOMES = {
    "ours": {"allowance": dollars("2"), "at_once": 1},
    "theirs": {},
    "stranger": {},
}
GROUPS = ("studio", "budget")
REFUSED = "This is for the admins of this server"
NOT_ALLOWED = "has not let this server spend"
DECIDED = (
    *("policies", "admin_roles", "blocked_members", "blocked_words", "lora_presets"),
    *("role_allowances", "member_allowances", "audit"),
)
USER, ROLE, BOOLEAN, WHOLE = 6, 8, 5, 4
"""Kinds of options, as Discord counts them."""


def commands(who: Someone) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command of the two groups as Discord has it, with as little as it takes to send it."""
    home = who.home
    for group in who.person.commands(home.general):
        for command in group["options"] if group["name"] in GROUPS else ():
            needed = [one for one in command.get("options", ()) if one.get("required")]
            options = {one["name"]: something(home.guild, one) for one in needed}
            yield f"{group['name']} {command['name']}", options


def something(guild: Guild, option: dict[str, Any]) -> Any:
    """What goes through Discord's own checks."""
    if option.get("choices"):
        return option["choices"][0]["value"]
    people = {USER: lambda: next(iter(guild.members.values())).user}
    roles = {ROLE: lambda: next(iter(guild.roles.values()))}
    plain = {BOOLEAN: lambda: True, WHOLE: lambda: int(option.get("min_value", 1))}
    return {**people, **roles, **plain}.get(option["type"], lambda: "1")()


def decided(here: Town) -> dict[str, list[tuple[Any, ...]]]:
    """All that an admin can change, in all servers."""
    with here.look() as con:
        return {
            name: [tuple(row) for row in con.execute(f"SELECT * FROM {name}")] for name in DECIDED
        }


def audit(here: Town, home: str) -> list[tuple[str, int]]:
    """What was done in a server, and by whom."""
    with here.look() as con:
        rows = con.execute(
            "SELECT act, actor_id FROM audit WHERE guild_id = ? AND actor_id <> 1 ORDER BY id",
            (here.homes[home].guild.id,),
        )
        return [(row["act"], row["actor_id"]) for row in rows]


def shown(here: Town, *people: Someone) -> None:
    """Discord is told to show them the commands."""
    for home in here.homes.values():
        home.guild.command_grants |= {(group, who.id) for group in GROUPS for who in people}


def admin(here: Town, home: str) -> Someone:
    """Somebody with Manage Server."""
    someone, world = here.newcomer(home), here.server.world
    role = world.add_role(someone.home.guild, "admins", permissions=Can.MANAGE_GUILD)
    world.set_member(someone.home.guild, someone.home.guild.members[someone.id], roles=[role])
    return someone


def also_at(here: Town, who: Someone, home: str) -> Someone:
    """The same person in another server, where they are a plain member."""
    place = here.homes[home]
    here.server.world.add_member(place.guild, who.person.user)
    return Someone(here, place, who.person)


async def reads(who: Someone, command: str, **options: Any) -> str:
    """What somebody alone reads."""
    message = await who.told(command, at=who.home.general, **options)
    assert message.ephemeral, command
    return message.text


async def is_refused_everywhere(here: Town, who: Someone, said: str) -> None:
    """Every command says so to them alone, and decides nothing."""
    before, every = decided(here), [*commands(who)]
    assert len(every) > 20, "both groups are there to be tried"
    public = [one.id for at in (who.home.videos, who.home.general) for one in who.public(at)]
    for command, options in every:
        text = await reads(who, command, **options)
        assert said in text or (said is NOT_ALLOWED and command == "studio status"), command
    assert decided(here) == before
    assert public == [
        one.id for at in (who.home.videos, who.home.general) for one in who.public(at)
    ]


async def turned(who: Someone, card: Message, label: str, said: str) -> None:
    """A press on a list, and what comes of it."""
    pressed = await who.presses(card, label)
    message = await pressed.message(lambda one: said in one.text)
    assert message.ephemeral


async def test_each_decides_what_is_theirs_to_decide(tmp_path) -> None:
    async with town(tmp_path, HOMES, start=False) as here:
        owner = here.server.world.owner
        host = here.newcomer("ours")
        here.server.world.owner = host.person.user
        await here.start()
        ann, ada, boss = here.newcomer("ours"), admin(here, "ours"), admin(here, "theirs")
        guest = also_at(here, boss, "ours")
        head = Someone(here, here.homes["stranger"], here.server.person(owner))
        shown(here, ann, host, boss)

        # A member to whom Discord was told to show it all, whoever hosts the bot, an admin of another
        # server: none of them decides here.
        for who in (ann, host, guest):
            await is_refused_everywhere(here, who, REFUSED)
        # The owner of a server that the operator has not allowed reads why, and the number to give.
        await is_refused_everywhere(here, head, NOT_ALLOWED)
        assert f"`{head.home.guild.id}`" in await reads(head, "studio status")
        assert "not switched on" in await reads(head, "ltx text", prompt=here.prompt(), duration=5)

        # The admin decides, and members feel it.
        assert NOT_ALLOWED not in await reads(ada, "studio status")
        for number in range(21):
            await reads(ada, "studio block", word=f"grue{number}")
        prompt = here.prompt("a grue7 in the snow")
        assert "do not want `grue7`" in await reads(ann, "ltx text", prompt=prompt, duration=5)
        assert here.tasks(prompt) == []
        assert "can spend **$5.00** now" in await reads(
            ada, "budget grant", member=ann.person.user, amount="3"
        )
        acts = [("word-block", ada.id)] * 21 + [("grant", ada.id)]
        assert audit(here, "ours") == acts

        # The other admin decides at home, and nothing of it is felt here.
        assert "paused" in await reads(boss, "studio pause", reason="a quiet night")
        assert audit(here, "theirs") == [("pause", boss.id)]
        assert audit(here, "ours") == acts

        # Whoever is blocked while a video is made keeps that one, and loses what waits in line.
        here.provider.stage.next("task", "slow:40")
        first, second = here.prompt(), here.prompt()
        await ann.orders("ltx text", prompt=first, duration=5)
        await until(lambda: here.tasks(first))
        await ann.orders("ltx text", prompt=second, duration=5)
        said = await reads(ada, "studio block", member=ann.person.user)
        assert "One video was taken out of the line" in said
        word = await ann.post(lambda one: "Taken out of the line" in one.text)
        assert second not in word.text
        await ann.video(first)
        assert here.tasks(second) == []
        assert here.spent(ann.id) == (dollars("0.08"), 0)
        assert "cannot make videos here" in await reads(
            ann, "ltx text", prompt=here.prompt(), duration=5
        )

        # A card outlives the bot, and the right to press on it does not outlive the role.
        card = await ada.told("studio block", at=ada.home.general)
        await here.stop()
        await here.start()
        await turned(ada, card, "More", "grue9")
        members = ada.home.guild.members
        here.server.world.set_member(ada.home.guild, members[ada.id], roles=[])
        before = card.text
        await turned(ada, card, "Back", REFUSED)
        assert card.text == before
        shown(here, ada)
        await is_refused_everywhere(here, ada, REFUSED)
