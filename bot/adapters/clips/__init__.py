"""Result files: fetched with suspicion, kept with care.

Rule: whatever stands on the shelf under its final name is complete, synced and a video.
"""

from bot.adapters.clips.download import DownloadLimits
from bot.adapters.clips.hosts import ResultHosts
from bot.adapters.clips.shelf import Shelf
from bot.adapters.clips.store import DiskClipStore, open_clip_store

__all__ = ["DiskClipStore", "DownloadLimits", "ResultHosts", "Shelf", "open_clip_store"]
