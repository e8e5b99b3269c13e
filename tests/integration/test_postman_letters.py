"""Notices on the local Discord: alerts, asks and words, once each, where they can be read."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.alert import AlertKind
from bot.domain.ask import Ask, AskState, Lack, Question
from bot.domain.errors import PostponedError, UndeliverableError
from bot.domain.ids import ChannelId, GuildId, InteractionId, MessageId, UserId
from bot.domain.money import dollars
from bot.domain.notice import Letter, Notice, Topic, Word
from bot.models import read_request
from bot.playground.local_discord import Can
from tests.owed import LATER, MODELS, PICTURE
from tests.post_office import Office, office


def letter(here: Office, topic: Topic, name: str, ask: Ask | None = None, **changed: Any) -> Letter:
    now, cast = datetime.now(UTC), here.stage.cast
    number = 41 + list(Topic).index(topic)
    notice = Notice(
        number,
        GuildId(cast.studio.id),
        topic,
        name,
        "1",
        now,
        now + timedelta(days=1),
        now,
        **changed,
    )
    place = cast.videos if topic is Topic.WORD else cast.admins_only
    return Letter(notice, ChannelId(place.id), ask)


def asked(here: Office, mode: str = "text", **options: Any) -> Ask:
    request = read_request(MODELS["ltx"], mode, {"prompt": "a *fox* @everyone", **options})
    now, cast = datetime.now(UTC), here.stage.cast
    question = Question(
        guild=GuildId(cast.studio.id),
        member=UserId(cast.ann.id),
        roles=frozenset(),
        interaction=InteractionId(5),
        likeness=bytes(32),
        model="ltx",
        mode=mode,
        request=request.model_dump_json(exclude_none=True),
        price=dollars("0.16"),
        price_assumed=False,
        lack=Lack(dollars("0.10"), now),
        asked_in=ChannelId(cast.videos.id),
    )
    return Ask(1, question, AskState.OPEN, now, now + timedelta(days=3))


def alert(here: Office, **changed: Any) -> Letter:
    return letter(here, Topic.ALERT, AlertKind.BALANCE_EMPTY, **changed)


def card(here: Office, **changed: Any) -> Letter:
    return letter(here, Topic.CARD, "ask", asked(here), **changed)


def word(here: Office, **changed: Any) -> Letter:
    return letter(here, Topic.WORD, Word.EXPIRED, asked(here), **changed)


KINDS = [alert, card, word]


def posted(here: Office, sent: Letter) -> list[Any]:
    return here.posted(here.stage.world.channels[sent.channel])


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("how", ["the next try", "another process"])
async def test_one_whose_answer_was_lost_is_found_and_not_repeated(tmp_path, make, how) -> None:
    async with office(tmp_path) as here:
        sent = make(here)
        path = f"/channels/{sent.channel}/messages"
        here.stage.server.faults.fail("POST", path, status=503, when="after")
        with pytest.raises(PostponedError):
            await here.postman.post(sent)
        here.stage.server.faults.clear()
        here.stage.world.clock.advance(LATER.total_seconds())  # Discord forgets the nonce
        if how == "another process":
            here.restart()
        else:
            sent = dataclasses.replace(sent, notice=dataclasses.replace(sent.notice, tries=1))
        spot = await here.postman.post(sent)
        [message] = posted(here, sent)
        assert spot == (sent.channel, message.id)


@pytest.mark.parametrize("make", KINDS)
async def test_two_tries_within_a_moment_are_one_message(tmp_path, make) -> None:
    async with office(tmp_path) as here:
        sent = make(here)
        spots = {await here.postman.post(sent) for _ in range(2)}
        assert len(spots) == len(posted(here, sent)) == 1


async def test_only_a_word_notifies_and_only_who_asked(tmp_path) -> None:
    async with office(tmp_path) as here:
        for make in KINDS:
            sent = make(here)
            _, number = await here.postman.post(sent)
            [message] = [one for one in posted(here, sent) if one.id == number]
            ann = here.stage.cast.ann.id
            assert message.pinged == (frozenset({ann}) if make is word else frozenset())
            assert not message.mention_everyone


@pytest.mark.parametrize("make", [alert, card])
async def test_an_admin_channel_that_is_closed_is_no_place_and_nobody_is_told_directly(
    tmp_path, make
) -> None:
    async with office(tmp_path) as here:
        world, cast = here.stage.world, here.stage.cast
        world.set_overwrite(cast.admins_only, world.bot_role(cast.studio), deny=Can.SEND_MESSAGES)
        with pytest.raises(UndeliverableError):
            await here.postman.post(make(here))
        assert here.direct() == []


async def test_a_word_that_the_channel_does_not_take_goes_to_the_member_directly(tmp_path) -> None:
    async with office(tmp_path) as here:
        here.stage.world.remove_channel(here.stage.cast.videos)
        await here.postman.post(word(here))
        [message] = here.direct()
        assert "no admin has answered" in message.text


async def test_an_image_that_is_gone_keeps_no_card_from_being_posted(tmp_path) -> None:
    async with office(tmp_path) as here:
        ask = asked(here, "image", image={**PICTURE, "url": f"{here.stage.server.cdn_url}/x.png"})
        sent = letter(here, Topic.CARD, "ask", ask)
        await here.postman.post(sent)
        [message] = posted(here, sent)
        assert message.media == []
        decided = dataclasses.replace(ask, state=AskState.DENIED, actor=UserId(9))
        spot = (sent.channel, MessageId(message.id))
        await here.postman.amend(dataclasses.replace(sent, ask=decided), spot)
        assert "said no" in message.text
        assert message.labels == []


async def test_a_card_that_is_gone_is_not_amended_and_a_message_that_is_gone_not_withdrawn(
    tmp_path,
) -> None:
    async with office(tmp_path) as here:
        sent = card(here)
        spot = await here.postman.post(sent)
        await here.postman.withdraw(sent.notice.guild, spot)
        assert posted(here, sent) == []
        await here.postman.withdraw(sent.notice.guild, spot)
        await here.postman.amend(sent, spot)
        here.stage.server.go_down("503")
        for late in (
            here.postman.amend(sent, spot),
            here.postman.withdraw(sent.notice.guild, spot),
        ):
            with pytest.raises(PostponedError):
                await late
        here.stage.server.come_back()


async def test_what_the_bot_lacks_where_videos_go(tmp_path) -> None:
    async with office(tmp_path) as here:
        cast = here.stage.cast
        guild, videos = GuildId(cast.studio.id), ChannelId(cast.videos.id)
        assert await here.postman.lacking(guild, videos) == ()
        assert await here.postman.lacking(guild, ChannelId(cast.thread.id)) == ()
        assert await here.postman.lacking(guild, ChannelId(404)) == ("view_channel",)
        assert await here.postman.lacking(GuildId(404), videos) is None
        here.line.client = None
        assert await here.postman.lacking(guild, videos) is None
