"""The clips that the rehearsal provider renders, probed with ffmpeg, and how their files can fail."""

import re
import subprocess
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bot.playground.rehearsal import ACTS, RehearsalProvider
from bot.playground.rehearsal.lettering import readable

LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}
KLING = {"mode": "text-to-video", "prompt": "a cat", "duration": 10, "aspect_ratio": "1:1"}
HOSTILE = [
    'it\'s "quoted" and `ticked`',
    "100% %{pts} %{eif:1:d} %%",
    r"back\slash \' \: \n C:\new",
    "line\none\r\nand\ttwo\x00\x1b[31m",
    "':text=owned,drawbox=c=red;[a][b]overlay",
    "🎬🎥👩\u200d👩\u200d👧 日本語 \u202eevil\u202c дом ¿qué?",
    "\u200b\u202e\ufe0f",
    " ",
    "-f lavfi -i /etc/passwd",
    "w" * 5000,
]

Theatre = tuple[RehearsalProvider, ClientSession]


@pytest.fixture
async def theatre() -> AsyncIterator[Theatre]:
    async with (
        RehearsalProvider(wait_scale=0.001) as provider,
        ClientSession(timeout=ClientTimeout(total=10)) as client,
    ):
        yield provider, client


async def shot(provider: RehearsalProvider, fields: object, model: str = "ltx-2-19b") -> str:
    """Has a clip made; its address."""
    body = {"request_type": "async", "input": fields}
    headers = {"Authorization": f"Bearer {provider.key}"}
    async with (
        ClientSession(headers=headers) as client,
        client.post(f"{provider.base_url}/generateTask/{model}", json=body) as response,
    ):
        assert response.status == 200, await response.text()
        task_id = (await response.json())["data"]["taskId"]
    await provider.until(lambda books: books.tasks[task_id].ended)
    (url,) = provider.books.tasks[task_id].result_urls
    return url


async def fetch(client: ClientSession, url: str) -> bytes:
    async with client.get(url) as response:
        assert (response.status, response.content_type) == (200, "video/mp4")
        return await response.read()


def probe(body: bytes, path: Path) -> tuple[tuple[int, int], float, bool]:
    """Size, seconds, and whether there is sound; ffmpeg has to decode all of it."""
    path.write_bytes(body)
    ran = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "info", "-i", path, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    size = re.search(r"Video: h264.*?, yuv420p.*?, (\d+)x(\d+)", ran.stderr)
    length = re.search(r"Duration: 00:00:([\d.]+)", ran.stderr)
    assert size
    assert length
    return (int(size[1]), int(size[2])), float(length[1]), "Audio: aac" in ran.stderr


@pytest.mark.parametrize(
    ("model", "fields", "size", "seconds"),
    [
        ("ltx-2-19b", LTX, (320, 180), 5),
        ("ltx-2-19b", {**LTX, "aspect_ratio": "9:16", "duration": 13}, (180, 320), 13),
        ("kling-2-5-turbo-pro", KLING, (240, 240), 10),
    ],
)
async def test_a_clip_has_the_shape_and_the_length_that_was_ordered(
    theatre, tmp_path, model, fields, size, seconds
) -> None:
    provider, client = theatre
    body = await fetch(client, await shot(provider, fields, model))
    assert probe(body, tmp_path / "clip.mp4") == (size, pytest.approx(seconds, abs=0.1), True)


@pytest.mark.parametrize(
    ("resolution", "shape", "size"),
    [
        ("480p", "16:9", (854, 480)),
        ("720p", "9:16", (720, 1280)),
        ("1080p", "16:9", (1920, 1080)),
    ],
)
async def test_a_clip_of_full_size_has_the_resolution_that_was_ordered(
    theatre, tmp_path, resolution, shape, size
) -> None:
    provider, client = theatre
    provider.adjust(full_size=True)
    fields = {**LTX, "resolution": resolution, "aspect_ratio": shape}
    assert (
        probe(await fetch(client, await shot(provider, fields)), tmp_path / "clip.mp4")[0] == size
    )


@pytest.mark.parametrize("prompt", HOSTILE)
async def test_no_prompt_breaks_the_picture(theatre, tmp_path, prompt) -> None:
    provider, client = theatre
    fields = {**LTX, "prompt": prompt}
    url = await shot(provider, fields)
    assert probe(await fetch(client, url), tmp_path / "clip.mp4")[1] == pytest.approx(5, abs=0.1)


def test_what_the_font_cannot_draw_becomes_one_box() -> None:
    assert readable("a 🎬🎥 日本\u202e\x00\nЖй") == "a □ □ Жй"


async def test_another_prompt_is_another_clip_and_the_same_prompt_is_the_same(theatre) -> None:
    provider, client = theatre
    cat, again = await shot(provider, LTX), await shot(provider, LTX)
    dog = await shot(provider, {**LTX, "prompt": "a dog"})
    assert cat != again
    assert await fetch(client, cat) == await fetch(client, again) != await fetch(client, dog)


async def test_fast_clips_are_shared_by_all_of_a_shape_and_a_length(theatre, tmp_path) -> None:
    provider, client = theatre
    provider.adjust(fast=True)
    cat = await fetch(client, await shot(provider, LTX))
    assert cat == await fetch(client, await shot(provider, {**LTX, "prompt": "a dog"}))
    longer = await fetch(client, await shot(provider, {**LTX, "duration": 6}))
    assert probe(longer, tmp_path / "clip.mp4")[1] == pytest.approx(6, abs=0.1)


async def test_a_padded_clip_has_its_bytes_and_still_plays(theatre, tmp_path) -> None:
    provider, client = theatre
    provider.stage.next("task", "padded:5000000")
    body = await fetch(client, await shot(provider, LTX))
    assert len(body) == 5_000_000
    assert probe(body, tmp_path / "clip.mp4")[1] == pytest.approx(5, abs=0.1)


async def test_a_part_of_a_file_can_be_asked_for(theatre) -> None:
    provider, client = theatre
    url = await shot(provider, LTX)
    async with client.get(url, headers={"Range": "bytes=4-7"}) as response:
        assert response.status == 206
        assert await response.read() == b"ftyp"


async def test_a_name_that_was_not_given_out_is_not_found(theatre) -> None:
    provider, client = theatre
    for name in ("guess.mp4", "..%2f..%2fetc%2fpasswd", "lettering.ttf"):
        async with client.get(f"{provider.origin}/files/{name}") as response:
            assert response.status == 404


async def test_the_folder_is_kept_when_it_was_given(tmp_path) -> None:
    async with RehearsalProvider(wait_scale=0.001, fast=True, folder=tmp_path) as provider:
        await shot(provider, LTX)
    assert [path.suffix for path in tmp_path.iterdir()] == [".mp4"]


async def spoilt(theatre: Theatre, act: str) -> ClientResponse:
    """The answer to a request for a file, its body unread."""
    provider, client = theatre
    provider.adjust(fast=True)
    url = await shot(provider, LTX)
    provider.stage.next("file", act)
    response = await client.get(
        url, allow_redirects=False, headers={"Accept-Encoding": "identity"}, auto_decompress=False
    )
    assert next(iter(provider.books.tasks.values())).file_reads == 1
    return response


FILE_TESTS = {
    *("ok", "http", "short", "html", "disguised", "empty", "endless", "bomb", "redirect"),
    *("redirect_loop", "trickle", "reset", "never"),
}


def test_every_spoilt_file_is_looked_at_here() -> None:
    assert set(ACTS["file"]) == FILE_TESTS


@pytest.mark.parametrize(
    ("act", "seen"),
    [
        ("http:404", (404, "text/plain", b"Not now")),
        ("http:503", (503, "text/plain", b"Not now")),
        ("html", (200, "text/html", b"<!doctype")),
        ("disguised", (200, "video/mp4", b"<!doctype")),
        ("empty", (200, "video/mp4", b"")),
    ],
)
async def test_a_file_can_be_something_else(theatre, act, seen) -> None:
    async with await spoilt(theatre, act) as response:
        body = await response.read()
        assert (response.status, response.content_type, body[:9]) == (*seen[:2], seen[2][:9])


async def test_a_file_that_was_missing_is_there_a_moment_later(theatre) -> None:
    _, client = theatre
    async with await spoilt(theatre, "http:404") as response:
        assert response.status == 404
    async with client.get(response.url) as response:
        assert response.status == 200


@pytest.mark.parametrize("act", ["short", "reset"])
async def test_a_file_can_end_too_early(theatre, act) -> None:
    async with await spoilt(theatre, act) as response:
        assert response.content_length
        with pytest.raises(ClientError):
            await response.read()


@pytest.mark.parametrize(
    ("act", "target"),
    [
        ("redirect", "http://169.254.169.254/latest/meta-data/"),
        ("redirect:http://127.0.0.1:1/x", "http://127.0.0.1:1/x"),
    ],
)
async def test_a_file_can_lead_to_a_private_address(theatre, act, target) -> None:
    async with await spoilt(theatre, act) as response:
        assert (response.status, response.headers["Location"]) == (302, target)


async def test_a_file_can_lead_to_itself(theatre) -> None:
    async with await spoilt(theatre, "redirect_loop") as response:
        assert response.headers["Location"] == response.url.path


async def test_a_file_can_have_no_end(theatre) -> None:
    async with await spoilt(theatre, "endless") as response:
        start = await response.content.readexactly(8)
        await response.content.readexactly(20 * 1024 * 1024)
        assert start[4:] == b"ftyp"
        response.close()


async def test_a_small_file_can_be_a_large_one(theatre) -> None:
    async with await spoilt(theatre, "bomb") as response:
        assert response.headers["Content-Encoding"] == "gzip"
        body = await response.read()
    assert len(body) < 2 * 1024 * 1024
    opener, size = zlib.decompressobj(31), 0
    while not opener.eof:
        size += len(opener.decompress(body, 16 * 1024 * 1024))
        body = opener.unconsumed_tail
    assert size == 1024**3


async def test_a_file_can_trickle(theatre) -> None:
    async with await spoilt(theatre, "trickle") as response:
        assert response.content_length > 1000
        assert len(await response.content.readexactly(3)) == 3
        response.close()


async def test_a_file_can_keep_silent(theatre) -> None:
    provider, client = theatre
    url = await shot(provider, LTX)
    provider.stage.next("file", "never")
    with pytest.raises(TimeoutError):
        await client.get(url, timeout=ClientTimeout(total=0.3))
    assert provider.books.requests["file"] == 1
