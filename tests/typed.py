"""Requests as somebody types them, to the unit tests of one model."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.errors import RequestRefusedError
from bot.domain.video import VideoModel
from bot.models import read_request

PICTURE = {"url": "https://cdn.discordapp.com/a.png", "media_type": "image/png", "size_bytes": 9}


def typed_to(model: VideoModel) -> tuple[Callable[..., Any], Callable[..., tuple[str, str]]]:
    """How its requests are read, and which option and fault it refuses one with."""

    def read(mode: str = "text", **chosen: object) -> Any:
        request = read_request(model, mode, {"prompt": "a paper boat", **chosen})
        assert isinstance(request, model.request)
        return request

    def refusal(mode: str = "text", **chosen: object) -> tuple[str, str]:
        with pytest.raises(RequestRefusedError) as refused:
            read(mode, **chosen)
        return refused.value.option, refused.value.fault

    return read, refusal
