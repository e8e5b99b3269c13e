"""ffmpeg's arguments for a picture that moves.

Rule: what a member wrote reaches ffmpeg only as the content of a text file, never as a part of a
command or of a filter, so that no quote, percent sign or backslash can mean anything.
"""

from collections.abc import Mapping, Sequence

from bot.playground.rehearsal.lettering import PITCH
from bot.playground.rehearsal.picture import MARGIN, NOTICE, Block, Picture, layout

FONT = "lettering.ttf"
STILL = "trim=end_frame=1,loop=loop=-1:size=1"
"""Text and stripes are drawn once and shown again and again: that is what makes it quick."""


def texts(picture: Picture) -> Mapping[str, str]:
    """The text files that the filter reads, by name."""
    files = {
        f"{block.name}-{number}.txt": line
        for block in layout(picture)
        for number, line in enumerate(block.lines)
    }
    clock = "%{eif:trunc(t):d}.%{eif:mod(t*10,10):d}" + f" / {picture.seconds} s"
    return {**files, "clock.txt": clock}


def command(picture: Picture) -> Sequence[str]:
    """Arguments for a run in a folder that holds the text files and the font."""
    key_frames = str(picture.rate * 5)
    return (
        *("-hide_banner", "-nostdin", "-loglevel", "error", "-filter_threads", "1"),
        *("-filter_complex_threads", "1", "-filter_complex", _graph(picture)),
        *("-map", "[picture]", "-map", "[tone]", "-t", str(picture.seconds)),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "animation", "-threads", "1"),
        *("-crf", "28", "-pix_fmt", "yuv420p", "-g", key_frames, "-c:a", "aac", "-b:a", "24k"),
        *("-metadata", f"comment={NOTICE}", "-movflags", "+faststart", "-y", "clip.mp4"),
    )


def _graph(picture: Picture) -> str:
    unit, rate, width = picture.unit, picture.rate, picture.width
    stripe, strip, bar = round(14 * unit), round(13 * unit), max(2, round(4 * unit))
    moment = f"setpts=N/({rate}*TB)"
    size = f"{width}x{picture.height}"
    pitch = 180 + int(picture.key[:2], 16)
    checks = f"if(lt(mod(X+Y,{2 * stripe}),{stripe}),225,24)"
    band = f"color=c=white:s={width + 2 * stripe}x{strip}:r={rate},format=yuv420p"
    shift = f"-mod(t*{round(30 * unit)},{2 * stripe})"
    parts = (
        f"color=c=0x{picture.ground}:s={size}:r={rate},{_words(picture)},{STILL},{moment}[words]",
        f"{band},geq=lum='{checks}':cb=128:cr=128,{STILL},{moment}[band]",
        f"color=c=0x{picture.accent}:s={width}x{bar}:r={rate}[bar]",
        f"[words][band]overlay=x='{shift}':y=0[a]",
        f"[a][bar]overlay=x='-W+W*t/{picture.seconds}':y=H-h,{_clock(picture)}[picture]",
        f"sine=frequency={pitch}:sample_rate=24000,volume=0.06[tone]",
    )
    return ";".join(parts)


def _words(picture: Picture) -> str:
    return ",".join(
        _line(picture, block, number)
        for block in layout(picture)
        for number in range(len(block.lines))
    )


def _line(picture: Picture, block: Block, number: int) -> str:
    left, top = round(MARGIN * picture.unit), round(block.top + number * block.size * PITCH)
    return (
        f"drawtext=fontfile={FONT}:textfile={block.name}-{number}.txt:expansion=none:y_align=font"
        f":fontsize={block.size:.1f}:fontcolor=0x{block.colour}:x={left}:y={top}"
    )


def _clock(picture: Picture) -> str:
    size = 11 * picture.unit
    return (
        f"drawtext=fontfile={FONT}:textfile=clock.txt:expansion=normal:y_align=font"
        f":fontsize={size:.1f}:fontcolor=white:x=w-tw-{round(MARGIN * picture.unit)}:y=h-{round(19 * picture.unit)}"
    )
