"""Copies of clips: labelled, small enough, or a still picture; made by ffmpeg.

Rule: a clip is somebody else's file. ffmpeg reads it with no more rights, time and memory than it
takes, and never changes it.
"""

from bot.adapters.video.encoder import ShelfEncoder
from bot.adapters.video.ffmpeg import Ffmpeg

__all__ = ["Ffmpeg", "ShelfEncoder"]
