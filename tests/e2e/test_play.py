"""The playground as people start it: three processes, driven as the page drives them."""

import signal
import socket

import pytest

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
        assert "Nobody is there" in unheard["books"]["verdict"]
        assert not await play.videos()

        await play.bot("start")
        await play.message(clips, "the video")
        state = await play.settled()
        assert len(await play.videos()) == 1
    assert state["books"]["provider"]["tasks"] == 1
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.06"
    assert state["guide"]["kill"]


FAILURES = {
    "content refused": "prompt",
    "image not reachable": "image",
}


@pytest.mark.parametrize("weather", FAILURES)
async def test_a_failure_is_told_and_costs_nothing(tmp_path, weather):
    async with playing(tmp_path / "data") as play:
        await play.weather(weather)
        await play.ltx()
        told = await play.message(lambda one: "nothing was charged" in one["text"].lower(), weather)
        assert FAILURES[weather] in told["text"].lower()
        state = await play.settled()
    assert state["books"]["provider"]["billed"] == state["books"]["bot"]["charged"] == "$0.00"


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
