"""The playground as people start it: three processes, driven as the page drives them."""

import asyncio
import os
import signal
import socket

import pytest

from bot.adapters.folder import DataFolder
from bot.catalogue import say
from bot.playground.stage.kept import NAME
from tests.playing import clips, failed, gone, notes, playing


async def test_a_member_types_a_command_and_a_video_arrives(tmp_path):
    async with playing(tmp_path / "data") as play:
        await play.ltx()
        video = await play.message(clips, "a video")
        assert "a fox in the snow" in video["text"]
        async with play.session.get(clips(video)[0]) as file:
            assert (await file.read())[4:8] == b"ftyp"
        state = await play.settled()
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.06"
    assert state["books"]["mood"] == "good"
    ann = next(person for person in state["people"] if person["name"] == "Ann")
    assert ann["money"] == {
        "free": "$0.94",
        "allowance": "$1.00",
        "held": "$0.00",
        "spent": "$0.06",
    }
    assert state["guide"] == {"video": True, "offer": False, "kill": False}


async def test_a_bot_that_is_killed_in_mid_job_delivers_one_video_for_one_bill(tmp_path):
    async with playing(tmp_path / "data") as play:
        await play.weather("never finishes")
        await play.ltx()
        await play.until(lambda it: notes(it) == {"underway"}, "at the provider")
        dead = await play.bot("kill")
        assert dead["bot"]["being"] == "down"
        assert not dead["bot"]["fell"], "it was us"
        assert dead["books"]["bot"]["held"] == "$0.06", "its books are read while it is dead"
        await play.weather("works")  # the task ends, and nobody is there to hear of it
        unheard = await play.until(lambda it: notes(it) == {"unheard"}, "over at the provider")
        assert "The bot is dead" in unheard["books"]["verdict"]
        assert not await play.videos()

        await play.bot("start")
        await play.message(clips, "the video")
        state = await play.settled()
        assert len(await play.videos()) == 1
    assert state["books"]["provider"]["tasks"] == 1
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.06"
    assert state["guide"]["kill"]


@pytest.mark.parametrize(
    ("weather", "cause"),
    [
        ("content refused", "content"),
        ("balance empty", "account"),
    ],
)
async def test_a_failure_is_told_and_costs_nothing(tmp_path, weather, cause):
    async with playing(tmp_path / "data") as play:
        await play.weather(weather)
        await play.ltx()
        title = say("en", f"failure.{cause}.title")
        told = await play.message(lambda one: title in one["text"], title)
        assert "nothing was charged" in told["text"].lower()
        state = await play.settled()
        assert not await play.videos()
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.00"
    assert state["books"]["bot"]["held"] == "$0.00"


@pytest.mark.parametrize("weather", ["slow", "answer lost"])
async def test_what_is_only_trouble_on_the_way_becomes_one_video(tmp_path, weather):
    async with playing(tmp_path / "data") as play:
        await play.weather(weather)
        await play.ltx()
        await play.message(clips, "a video")
        state = await play.settled()
        assert len(await play.videos()) == 1
    assert state["books"]["provider"]["tasks"] == 1
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.06"


@pytest.mark.parametrize(
    ("weather", "note"), [("rate limited", "waiting"), ("never finishes", "underway")]
)
async def test_what_waits_keeps_its_money_held_until_the_weather_changes(tmp_path, weather, note):
    async with playing(tmp_path / "data") as play:
        await play.weather(weather)
        await play.ltx()
        state = await play.until(lambda it: notes(it) == {note}, note)
        assert state["books"]["bot"]["held"] == "$0.06"
        assert state["books"]["mood"] == "passing"
        await play.weather("works")
        await play.message(clips, "a video")
        state = await play.settled()
    assert state["books"]["provider"]["tasks"] == 1
    assert state["books"]["bot"]["charged"] == "$0.06"


async def test_an_outage_of_discord_is_outlasted_and_the_video_arrives_once(tmp_path):
    async with playing(tmp_path / "data") as play:
        await play.weather("never finishes")
        await play.ltx()
        await play.until(lambda it: notes(it) == {"underway"}, "at the provider")
        await play.post("/_play/discord", {"down_seconds": 60})
        await play.until(lambda it: it["bot"]["being"] == "cut off", "cut off")
        await play.weather("works")
        await play.until(
            lambda it: "stored" in it["books"]["bot"]["states"], "fetched all the same"
        )
        up = await play.post("/_play/discord", {"down_seconds": 0})
        assert up["discord"] == {"up": True, "back_at": None}
        await play.message(clips, "a video")
        await play.settled()
        assert len(await play.videos()) == 1


async def test_a_port_that_is_taken_is_one_line_and_exit_code_two(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = await failed("--data", tmp_path / "data", "--port", port)
    assert code == 2
    assert said == f"clapper: --port: {port} is in use: end what uses it, or name another port\n"


async def test_a_second_playground_in_the_same_folder_is_one_line_and_exit_code_75(tmp_path):
    async with playing(tmp_path / "data") as play:
        code, said = await failed("--data", tmp_path / "data", "--port", 0)
        assert code == 75
        assert str(play.process.pid) in said
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_told_to_stop_it_leaves_no_process_behind(tmp_path, number):
    async with playing(tmp_path / "data") as play:
        family = play.family()
        assert len(family) > 1
        assert await play.end(with_signal=number) == 0
        assert await gone(family)
        log = (tmp_path / "data" / "bot.log").read_text()
    assert "Stopping" in log, "the bot was asked, and not killed"


async def test_the_same_folder_goes_on_where_it_was_left(tmp_path):
    async with playing(tmp_path / "data") as play:
        await play.ltx()
        video = await play.message(clips, "a video")
        await play.settled()
        await play.weather("never finishes")
        await play.ltx("ben", "paper boats")
        before = await play.until(lambda it: "underway" in notes(it), "at the provider")
        assert await play.end() == 0

    async with playing(tmp_path / "data") as play:
        assert (await play.videos())[0]["id"] == video["id"]
        async with play.session.get(clips((await play.videos())[0])[0]) as file:
            assert (await file.read())[4:8] == b"ftyp"
        after = await play.state()
        assert after["people"] == before["people"], "no money is given twice"
        assert after["guide"] == before["guide"]
        commands = await play.get(
            "/_world/commands", **{"as": play.ids["ann"], "channel": play.ids["videos"]}
        )
        assert {"ltx", "kling", "wan"} <= {one["name"] for one in commands["commands"]}

        await play.weather("works")  # what was at the provider ends now, and arrives
        await play.message(lambda one: clips(one) and "paper boats" in one["text"], "Ben's video")
        assert (await play.settled())["books"]["provider"]["tasks"] == 2


async def test_a_playground_that_is_killed_takes_its_bot_along_and_comes_back(tmp_path):
    async with playing(tmp_path / "data") as play:
        family = play.family()
        await play.ltx()
        video = await play.message(clips, "a video")
        await play.settled()
        async with asyncio.timeout(10):  # what it has written down is a few seconds old
            while video["id"] not in (tmp_path / "data" / NAME).read_text():
                await asyncio.sleep(0.05)
        play.process.kill()
        assert await gone(family), "the leash"
    async with playing(tmp_path / "data") as play:
        assert len(await play.videos()) == 1
        assert (await play.settled())["books"]["bot"]["charged"] == "$0.06"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda data: (data / "clapper.db").touch(), "runs in earnest"),
        (lambda data: (data / "playground.json").write_text("{}"), "another version"),
        (lambda data: ((data / "bot").mkdir(), (data / "bot/clapper.db").touch()), "lacks a part"),
    ],
)
async def test_a_folder_that_cannot_be_played_in_is_one_line_and_exit_code_two(
    tmp_path, make, words
):
    make(tmp_path)
    tmp_path.chmod(0o700)
    code, said = await failed("--data", tmp_path, "--port", 0)
    assert code == 2
    assert words in said
    assert len(said.splitlines()) == 1


async def test_a_folder_that_cannot_be_made_is_one_line_and_exit_code_two(tmp_path):
    (tmp_path / "file").touch()
    code, said = await failed("--data", tmp_path / "file" / "below", "--port", 0)
    assert code == 2
    assert said.startswith("clapper: --data: ")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("--speed", "fast"), ("--speed", "0"), ("--speed", "nan"), ("--port", "70000")]
)
async def test_a_command_line_that_makes_no_sense_is_explained(tmp_path, words):
    code, said = await failed("--data", tmp_path, *words)
    assert code == 2
    assert words[0] in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


async def test_a_bot_that_hangs_is_killed_in_the_end(tmp_path):
    async with playing(tmp_path / "data") as play:
        family = play.family()
        state = await play.state()
        os.kill(state["bot"]["pid"], signal.SIGSTOP)
        assert await play.end() == 0
        assert await gone(family)


async def test_who_asks_twice_does_not_want_to_wait(tmp_path):
    async with playing(tmp_path / "data") as play:
        family = play.family()
        os.kill((await play.state())["bot"]["pid"], signal.SIGSTOP)
        play.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            while "Stopping…\n" not in play.said:
                play.said.append((await play.process.stdout.readline()).decode())
            assert await play.end() == 0
        assert await gone(family)


async def test_a_bot_that_cannot_start_is_one_line_with_its_last_words_and_its_log(tmp_path):
    data = tmp_path / "data"
    async with playing(data) as play:
        assert await play.end() == 0
    with DataFolder(data / "bot").lock():  # as a bot would that somebody else has started
        code, said = await failed("--data", data, "--port", 0)
    assert code == 1
    assert "ended with code 75" in said
    assert f"in use by process {os.getpid()}" in said
    assert str(data / "bot.log") in said
    assert len(said.splitlines()) == 1
