"""Result files from a server that does as it likes, over real sockets."""

import asyncio
import gzip
import os
import resource
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.abc import AbstractResolver

from bot.adapters.clips import DownloadLimits, ResultHosts, Shelf, open_clip_store
from bot.adapters.clips.part import BLOCK_BYTES, Part, Spool
from bot.domain.errors import (
    ClipRefusedError,
    ClipUnreachableError,
    NotFoundError,
    StoreFullError,
)
from bot.domain.ids import JobNumber
from tests.clips import padded_clip, sha256, small_clip

JOB = JobNumber(17)
LIMITS = DownloadLimits(largest_bytes=8 * 1024 * 1024, spare_bytes=0)
NOW = datetime.now(UTC)

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Host:
    """Answers each path as it is told, byte for byte."""

    port: int = 0
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """By path, in order; the last one is repeated."""
    asked: list[str] = field(default_factory=list)
    """Heads of the requests that came."""
    busy: set[asyncio.Task[None]] = field(default_factory=set)
    busiest: int = 0

    def at(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.busy.add(task)
        self.busiest = max(len(self.busy), self.busiest)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.busy.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        answers = self.answers[head.split()[1]]
        await (answers.pop(0) if len(answers) > 1 else answers[0])(writer)

    async def stop(self) -> None:
        for task in self.busy:
            task.cancel()
        await asyncio.gather(*self.busy, return_exceptions=True)


def head(status: str = "200 OK", **headers: object) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""]).encode()


def says(content: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()

    return answer


def gives(body: bytes, **headers: object) -> Answer:
    return says(head(Content_Length=len(body), **headers) + body)


def fails(status: str) -> Answer:
    return says(head(status, Content_Length=0))


def leads(to: str, status: str = "302 Found") -> Answer:
    return says(head(status, Location=to, Content_Length=0))


async def resets(writer: asyncio.StreamWriter) -> None:
    """Half a clip, then a reset."""
    writer.write(head(Content_Length=10**6) + CLIP[:1000])
    await writer.drain()
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def stalls(after: bytes, *, reached: asyncio.Event | None = None) -> Answer:
    """So much, and then nothing until the other side goes away."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        if reached is not None:
            reached.set()
        await writer.wait_closed()

    return answer


def pours(piece: bytes, *, first: bytes = b"", pause: float = 0) -> Answer:
    """The same piece again and again until the other side goes away."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head() + first)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


CLIP = small_clip().read_bytes()


@pytest.fixture
async def host():
    host = Host()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.port = server.sockets[0].getsockname()[1]
    yield host
    server.close()
    await host.stop()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "clips")


@pytest.fixture
def opened(shelf):
    @asynccontextmanager
    async def opened(limits=LIMITS, named=("127.0.0.1",), **more):
        async with open_clip_store(shelf, ResultHosts(named), limits=limits, **more) as store:
            yield store

    return opened


@pytest.fixture
async def store(opened):
    async with opened() as store:
        yield store


def files(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.folder.iterdir() if path.is_file())


async def assert_refused(store, shelf, *urls):
    with pytest.raises(ClipRefusedError):
        async with asyncio.timeout(20):
            await store.keep(JOB, urls)
    assert files(shelf) == []


async def assert_unreachable(store, shelf, *urls):
    with pytest.raises(ClipUnreachableError):
        async with asyncio.timeout(20):
            await store.keep(JOB, urls)
    assert files(shelf) == []


# What is kept


@pytest.mark.parametrize(
    ("ending", "kind"),
    [(".mp4", "video/mp4"), (".mov", "video/quicktime"), (".webm", "video/webm")],
)
async def test_a_clip_is_kept_as_it_came(host, store, ending, kind):
    source = small_clip(ending)
    [clip] = await store.keep(JOB, [host.at("/a", gives(source.read_bytes()))])
    path = store.path(clip.name)
    assert path.suffix == ending
    assert path.read_bytes() == source.read_bytes()
    assert (clip.size_bytes, clip.sha256) == (source.stat().st_size, sha256(source))
    assert clip.media_type == kind


async def test_a_clip_tells_its_shape_and_names_its_job(host, store):
    [clip] = await store.keep(JOB, [host.at("/a", gives(CLIP))])
    assert (clip.seconds, clip.width, clip.height) == (1.0, 192, 108)
    assert clip.name.startswith("17-0-")


async def test_a_kept_file_is_private(host, store):
    [clip] = await store.keep(JOB, [host.at("/a", gives(CLIP))])
    assert store.path(clip.name).stat().st_mode & 0o777 == 0o600


async def test_a_clip_without_a_promised_length_is_kept_when_it_is_whole(host, store):
    [clip] = await store.keep(JOB, [host.at("/a", says(head() + CLIP))])
    assert clip.size_bytes == len(CLIP)


async def test_several_blocks_are_written_in_order(host, store):
    body = b"".join(padded_clip(3 * 1024 * 1024 + 17))
    [clip] = await store.keep(JOB, [host.at("/a", gives(body))])
    assert store.path(clip.name).read_bytes() == body


async def test_every_result_of_a_job_is_kept(host, store, shelf):
    other = small_clip(seconds=2).read_bytes()
    urls = [host.at("/a", gives(CLIP)), host.at("/b", gives(other)), host.at("/c", gives(CLIP))]
    clips = await store.keep(JOB, urls)
    assert [clip.size_bytes for clip in clips] == [len(CLIP), len(other), len(CLIP)]
    assert files(shelf) == sorted(clip.name for clip in clips)


async def test_the_same_address_twice_is_one_clip(host, store):
    url = host.at("/a", gives(CLIP))
    assert len(await store.keep(JOB, [url, url])) == 1


async def test_a_preview_picture_among_the_results_does_not_cost_the_video(host, store):
    picture = b"\xff\xd8\xff\xe0" + bytes(100)
    urls = [host.at("/a", gives(picture)), host.at("/b", gives(CLIP))]
    [clip] = await store.keep(JOB, urls)
    assert clip.size_bytes == len(CLIP)


async def test_one_result_that_may_come_later_is_waited_for_and_the_others_are_kept(host, store):
    urls = [host.at("/a", fails("404 Not Found"), gives(CLIP)), host.at("/b", gives(CLIP))]
    with pytest.raises(ClipUnreachableError):
        await store.keep(JOB, urls)
    assert len(await store.keep(JOB, urls)) == 2
    assert len(host.asked) == 3


async def test_a_result_that_does_not_come_keeps_none_behind_it_from_coming(host, store):
    urls = [host.at("/late", fails("404 Not Found")), host.at("/b", gives(CLIP))]
    assert await store.find(JOB, urls) == ()
    with pytest.raises(ClipUnreachableError):
        await store.keep(JOB, urls)
    [clip] = await store.find(JOB, urls)
    assert store.path(clip.name).read_bytes() == CLIP
    assert clip.name.startswith(f"{JOB}-1-")
    assert await store.find(JOB, urls[:1]) == ()
    assert await store.find(JobNumber(1), urls) == ()
    assert await store.sweep((), NOW + timedelta(days=2), awaited=()) == ()


async def test_a_job_without_results_is_refused(store, shelf):
    await assert_refused(store, shelf)


# Asked twice


async def test_asked_again_the_same_clip_is_found_and_nothing_is_fetched(host, store):
    url = host.at("/a", gives(CLIP), fails("410 Gone"))
    assert await store.keep(JOB, [url]) == await store.keep(JOB, [url])
    assert len(host.asked) == 1


async def test_a_file_that_the_books_never_heard_of_is_found_after_a_restart(host, opened):
    url = host.at("/a", gives(CLIP), fails("410 Gone"))
    async with opened() as store:
        kept = await store.keep(JOB, [url])
    async with opened() as store:
        assert await store.keep(JOB, [url]) == kept


async def test_a_file_that_lost_bytes_is_fetched_anew(host, store, shelf):
    url = host.at("/a", gives(CLIP))
    [broken] = await store.keep(JOB, [url])
    os.truncate(store.path(broken.name), 1000)
    [clip] = await store.keep(JOB, [url])
    assert clip.sha256 == broken.sha256
    assert files(shelf) == [clip.name]


async def test_asked_twice_at_once_one_file_is_kept(host, store, shelf):
    url = host.at("/a", gives(CLIP))
    first, second = await asyncio.gather(store.keep(JOB, [url]), store.keep(JOB, [url]))
    assert first == second
    assert len(files(shelf)) == len(host.asked) == 1


async def test_a_removed_clip_is_gone(host, store):
    [clip] = await store.keep(JOB, [host.at("/a", gives(CLIP))])
    await store.remove([clip.name])
    with pytest.raises(NotFoundError):
        store.path(clip.name)


async def test_a_sweep_after_a_jump_of_the_clock_spares_what_was_just_kept(host, store):
    [clip] = await store.keep(JOB, [host.at("/a", gives(CLIP))])
    later = NOW + timedelta(days=365)
    assert await store.sweep((), later, awaited=()) == ()
    assert await store.sweep({clip.name}, later, awaited=()) == ()
    assert store.path(clip.name).exists()


async def test_a_sweep_after_a_restart_removes_what_the_books_never_heard_of(host, opened, shelf):
    async with opened() as store:
        [clip] = await store.keep(JOB, [host.at("/a", gives(CLIP))])
    async with opened() as store:
        assert await store.sweep((), NOW + timedelta(days=2), awaited=()) == (clip.name,)
    assert files(shelf) == []


async def test_a_file_is_taken_up_although_nobody_was_there_for_days(host, opened):
    async with opened() as store:
        [clip] = await store.keep(JOB, [host.at("/a", gives(CLIP))])
    async with opened() as store:
        assert await store.sweep((), NOW + timedelta(days=30), awaited=[JOB]) == ()
        assert await store.keep(JOB, [host.at("/b", gives(b"gone"))]) == (clip,)


# What may come later


async def test_a_file_that_is_not_there_yet_is_fetched_later(host, store):
    url = host.at("/a", fails("404 Not Found"), gives(CLIP))
    with pytest.raises(ClipUnreachableError):
        await store.keep(JOB, [url])
    assert await store.keep(JOB, [url])


@pytest.mark.parametrize(
    "status",
    ["201 Made", "206 Part", "403 Forbidden", "410 Gone", "429 Slow", "500 Oh", "503 Busy"],
)
async def test_any_other_status_may_be_another_one_later(host, store, shelf, status):
    answer = says(head(status, Content_Length=len(CLIP)) + CLIP)
    await assert_unreachable(store, shelf, host.at("/a", answer))


async def test_a_short_body_is_not_kept(host, store, shelf):
    short = says(head(Content_Length=len(CLIP)) + CLIP[:-1])
    await assert_unreachable(store, shelf, host.at("/a", short))


async def test_a_body_that_ends_early_is_not_kept_although_no_length_was_promised(
    host, store, shelf
):
    await assert_unreachable(store, shelf, host.at("/a", says(head() + CLIP[:-1])))


async def test_a_chunked_body_that_ends_early_is_not_kept(host, store, shelf):
    chunk = f"{len(CLIP):x}\r\n".encode() + CLIP + b"\r\n"
    cut = says(head(Transfer_Encoding="chunked") + chunk)
    await assert_unreachable(store, shelf, host.at("/a", cut))


async def test_an_empty_file_is_not_kept(host, store, shelf):
    await assert_unreachable(store, shelf, host.at("/a", gives(b"")))


async def test_a_reset_midway_leaves_nothing(host, store, shelf):
    await assert_unreachable(store, shelf, host.at("/a", resets))


async def test_nobody_at_the_door_is_unreachable(store, shelf):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    await assert_unreachable(store, shelf, f"http://127.0.0.1:{port}/a")


async def test_a_plain_server_behind_https_is_unreachable(host, opened, shelf):
    url = host.at("/a", gives(CLIP)).replace("http:", "https:")
    async with opened(replace(LIMITS, connect_seconds=0.1)) as store:
        await assert_unreachable(store, shelf, url)


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"]
)
async def test_an_answer_that_cannot_be_read_is_unreachable(host, store, shelf, answer):
    await assert_unreachable(store, shelf, host.at("/a", says(answer)))


async def test_a_silent_server_is_given_up(host, opened, shelf):
    async with opened(replace(LIMITS, stall_seconds=0.1)) as store:
        await assert_unreachable(store, shelf, host.at("/a", stalls(b"")))
        await assert_unreachable(store, shelf, host.at("/b", stalls(head() + CLIP)))


async def test_a_trickle_is_cut_off(host, opened, shelf):
    limits = replace(LIMITS, rate_window_seconds=0.2, slowest_bytes_per_second=10_000)
    url = host.at("/a", pours(b"x", first=CLIP[:1000], pause=0.01))
    async with opened(limits) as store:
        await assert_unreachable(store, shelf, url)


async def test_a_file_that_takes_forever_is_cut_off(host, opened, shelf):
    limits = replace(LIMITS, total_seconds=0.3, largest_bytes=10**9)
    url = host.at("/a", pours(bytes(1000), first=CLIP, pause=0.01))
    async with opened(limits) as store:
        await assert_unreachable(store, shelf, url)


# What never will


async def test_an_endless_body_is_cut_off_at_the_largest_size(host, store, shelf):
    await assert_refused(store, shelf, host.at("/a", pours(bytes(65536), first=CLIP)))


async def test_a_file_that_says_it_is_too_large_is_not_read(host, store, shelf):
    url = host.at("/a", stalls(head(Content_Length=LIMITS.largest_bytes + 1)))
    await assert_refused(store, shelf, url)


async def test_a_file_of_exactly_the_largest_size_is_kept(host, store):
    body = b"".join(padded_clip(LIMITS.largest_bytes))
    assert await store.keep(JOB, [host.at("/a", says(head() + body))])


@pytest.mark.parametrize("encoding", ["gzip", "br", "x-unheard-of"])
async def test_a_compressed_bomb_is_refused_unopened(host, store, shelf, encoding):
    bomb = gzip.compress(CLIP + bytes(10**6))
    await assert_refused(store, shelf, host.at("/a", gives(bomb, Content_Encoding=encoding)))


async def test_a_file_that_is_said_to_be_encoded_is_refused_whatever_it_is(host, store, shelf):
    await assert_refused(store, shelf, host.at("/a", gives(CLIP, Content_Encoding="gzip")))


@pytest.mark.parametrize("encoding", ["identity", "", "aws-chunked"])
async def test_a_file_that_is_only_said_to_be_encoded_is_kept(host, store, encoding):
    assert await store.keep(JOB, [host.at("/a", gives(CLIP, Content_Encoding=encoding))])


async def test_the_server_is_asked_not_to_compress(host, store):
    await store.keep(JOB, [host.at("/a", gives(CLIP))])
    assert "\r\nAccept-Encoding: identity\r\n" in host.asked[0]


@pytest.mark.parametrize(
    "body",
    [b"<html>" * 100, b"#EXTM3U\nfile:///etc/passwd\n" * 9, b"tiny", b"\x89PNG\r\n\x1a\n" * 30],
)
async def test_what_is_no_video_is_refused_whatever_it_calls_itself(host, store, shelf, body):
    url = host.at("/a.mp4", gives(body, Content_Type="video/mp4"))
    await assert_refused(store, shelf, url)


async def test_no_more_than_the_first_bytes_of_a_non_video_reach_the_disk(host, store, shelf):
    url = host.at("/a", stalls(head(Content_Length=10**6) + b"<html>" * 1000))
    await assert_refused(store, shelf, url)


# Redirects and addresses


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
async def test_a_redirect_is_followed(host, store, status):
    host.at("/b/c", gives(CLIP))
    assert await store.keep(JOB, [host.at("/b/a", leads("c", status))])


async def test_a_redirect_in_circles_is_given_up(host, store, shelf):
    await assert_unreachable(store, shelf, host.at("/a", leads("/a")))
    assert len(host.asked) == LIMITS.redirects + 1


async def test_a_redirect_to_a_host_that_nobody_named_is_refused(host, store, shelf):
    host.at("/b", gives(CLIP))
    url = host.at("/a", leads(f"http://localhost:{host.port}/b"))
    await assert_refused(store, shelf, url)
    assert len(host.asked) == 1


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/a", "", "http://[::1"])
async def test_a_redirect_to_nowhere_is_refused_or_given_up(host, store, shelf, to):
    with pytest.raises((ClipRefusedError, ClipUnreachableError)):
        await store.keep(JOB, [host.at("/a", leads(to))])
    assert files(shelf) == []


async def test_an_address_in_the_url_does_not_pass_the_guard(host, opened, shelf):
    async with opened(named=()) as store:
        await assert_refused(store, shelf, f"https://127.0.0.1:{host.port}/a")
        await assert_refused(store, shelf, f"https://[::ffff:127.0.0.1]:{host.port}/a")
        await assert_refused(store, shelf, f"https://2130706433:{host.port}/a")
    assert host.busiest == 0


class Liar(AbstractResolver):
    """Every name is here: what a rebound name looks like when it is connected to."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for address in self._addresses
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("127.0.0.1", "::1", "10.0.0.1")])
async def test_a_public_name_that_leads_home_does_not_pass_the_guard(
    host, opened, shelf, addresses
):
    async with opened(named=(), resolver=Liar(*addresses)) as store:
        await assert_refused(store, shelf, f"https://public.example:{host.port}/a")
    assert host.busiest == 0


async def test_a_name_that_the_operator_gave_may_lead_home(host, opened):
    host.at("/a", gives(CLIP))
    async with opened(named=("result.example",), resolver=Liar("127.0.0.1")) as store:
        assert await store.keep(JOB, [f"http://result.example:{host.port}/a"])


class Lost(Liar):
    """Knows no name."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        raise OSError(f"never heard of {host}")


async def test_a_name_that_cannot_be_found_is_unreachable(opened, shelf):
    async with opened(named=(), resolver=Lost()) as store:
        await assert_unreachable(store, shelf, "https://nobody.example/a")


@pytest.mark.parametrize("name", ["a" * 70 + ".example", "a..example", "." * 9, "-" * 300])
async def test_a_name_that_no_host_can_have_is_an_error_of_ours(opened, shelf, name):
    async with opened(named=()) as store:
        with pytest.raises((ClipRefusedError, ClipUnreachableError)):
            await store.keep(JOB, [f"https://{name}/a"])


async def test_no_error_carries_the_address(host, store):
    for answer in (
        fails("404 No"),
        resets,
        says(b"nonsense\r\n\r\n"),
        leads("ftp://x/?sig=secret"),
    ):
        with pytest.raises((ClipRefusedError, ClipUnreachableError)) as caught:
            await store.keep(JOB, [host.at("/a?sig=secret", answer)])
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


# Many, slow disks, full disks, interruptions


async def test_no_more_than_four_come_at_once_and_all_are_kept(host, store, shelf):
    url = host.at("/a", gives(b"".join(padded_clip(1024 * 1024))))
    await asyncio.gather(*(store.keep(JobNumber(n), [url]) for n in range(1, 21)))
    assert host.busiest <= 4
    assert len(files(shelf)) == 20


async def test_a_slow_disk_slows_the_download_down_instead_of_filling_the_memory(tmp_path):
    block = bytes(BLOCK_BYTES)
    part = Part(tmp_path / "part.tmp", spare_bytes=0)
    with ThreadPoolExecutor(4) as pool:
        async with Spool(part, pool) as spool:
            with part._turn:  # as long as this is held, nothing gets written
                await spool.feed(block)
                ahead = asyncio.create_task(spool.feed(block))
                for _ in range(100):
                    await asyncio.sleep(0)
                assert not ahead.done()
            await ahead


async def test_a_cancelled_download_leaves_nothing(host, store, shelf):
    reached = asyncio.Event()
    body = head() + b"".join(padded_clip(2 * 1024 * 1024))
    url = host.at("/a", stalls(body, reached=reached), gives(CLIP))
    keeping = asyncio.create_task(store.keep(JOB, [url]))
    await reached.wait()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert files(shelf) == []
    assert await store.keep(JOB, [url])


async def test_a_clip_that_would_take_the_books_space_is_not_kept_until_there_is_some(
    host, opened, shelf
):
    url = host.at("/a", gives(CLIP))
    async with opened(replace(LIMITS, spare_bytes=2**60)) as store:
        with pytest.raises(StoreFullError):
            await store.keep(JOB, [url])
        assert files(shelf) == []
    async with opened() as store:
        assert await store.keep(JOB, [url])


async def test_a_disk_that_is_full_midway_is_told_and_works_again_with_space(host, store, shelf):
    url = host.at("/a", gives(b"".join(padded_clip(4 * 1024 * 1024))))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024 * 1024, hard))
    try:
        with pytest.raises(StoreFullError):
            await store.keep(JOB, [url])
        assert files(shelf) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await store.keep(JOB, [url])


async def test_what_a_dead_process_left_unfinished_is_dropped_at_the_start(host, opened, shelf):
    shelf.prepare()
    shelf.new_part(JOB, 0).write_bytes(CLIP)
    async with opened() as store:
        assert files(shelf) == []
        assert await store.keep(JOB, [host.at("/a", gives(CLIP))])
