"""Real clips for anybody's tests, made by the ffmpeg that the bot ships.

Each is made once per process and must not be changed: copy it first.
"""

import atexit
import functools
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@functools.cache
def folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="clapper-clips-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def ffmpeg(*options: str | Path) -> str:
    """Runs it; what it wrote to its standard output."""
    command = [FFMPEG, "-hide_banner", "-v", "error", "-nostdin", "-y", *map(str, options)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def small_clip(
    ending: str = ".mp4",
    *,
    seconds: float = 1,
    size: str = "192x108",
    sound: bool = True,
    fragmented: bool = False,
) -> Path:
    """A moving test picture with a tone: a few KiB."""
    name = f"{seconds}-{size}-{sound}-{fragmented}{ending}"
    made = folder() / name
    picture = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration={seconds}"]
    tone = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"] if sound else []
    codecs = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"]
    if ending not in {".webm", ".mkv"}:
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    flags = ["-movflags", "frag_keyframe+empty_moov"] if fragmented else []
    ffmpeg(*picture, *tone, *codecs, *flags, made)
    return made


@functools.cache
def noisy_clip(*, seconds: float = 1, size: str = "320x180", pixels: str = "yuv420p") -> Path:
    """Noise with a tone: what an encoder likes least."""
    made = folder() / f"noisy-{seconds}-{size}-{pixels}.mp4"
    noise = f"testsrc2=size={size}:rate=24:duration={seconds},noise=alls=60:allf=t+u"
    noise += f",format={pixels},scale={size}"  # the source itself rounds odd sides
    ffmpeg(
        *("-f", "lavfi", "-i", noise, "-f", "lavfi", "-i", f"sine=duration={seconds}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", pixels, "-c:a", "aac", made),
    )
    return made


@functools.cache
def large_clip(*, seconds: int = 20, size: str = "1920x1080") -> Path:
    """Noise that does not compress, with a tone: 20 s in 1080p are far more than 10 MiB.

    Two seconds are encoded and then repeated, because encoding all of it takes much longer.
    """
    made = folder() / f"large-{seconds}-{size}.mp4"
    loop = folder() / f"loop-{size}.mp4"
    noise = f"testsrc2=size={size}:rate=24:duration=2,noise=alls=40:allf=t+u"
    ffmpeg(
        *("-f", "lavfi", "-i", noise, "-f", "lavfi", "-i", "sine=frequency=440:duration=2"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-b:v", "12M", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-shortest", loop),
    )
    ffmpeg(
        "-stream_loop", f"{seconds // 2 - 1}", "-i", loop, "-c", "copy", "-t", f"{seconds}", made
    )
    return made


def padded_clip(size_bytes: int) -> Iterator[bytes]:
    """A whole MP4 of exactly this size, in pieces: a small clip and a box of nothing after it."""
    clip = small_clip().read_bytes()
    box = size_bytes - len(clip)
    assert 8 <= box < 2**32, "no room for the box"
    yield clip + box.to_bytes(4, "big") + b"free"
    block = bytes(256 * 1024)
    for _ in range((box - 8) // len(block)):
        yield block
    yield bytes((box - 8) % len(block))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
