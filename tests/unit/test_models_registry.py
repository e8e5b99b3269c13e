"""Finding models, and turning any fault into one that can be told."""

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self, get_args

import pytest
from pydantic import model_validator
from pydantic_core import PydanticCustomError

import bot.models
from bot.domain.errors import RequestRefusedError
from bot.domain.reading import Fault
from bot.models import discover, kling, ltx, read_request
from bot.models.wan import MODEL as WAN

PICTURE = {"url": "https://cdn.discordapp.com/1.png", "media_type": "image/png", "size_bytes": 9}


@pytest.fixture
def drawer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of the package, empty."""
    monkeypatch.setattr(bot.models, "__path__", [*bot.models.__path__, str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(f"bot.models.{path.stem}", None)


def test_the_three_models_are_found_and_the_price_reader_is_none():
    assert list(discover()) == ["kling", "ltx", "wan"]


def test_what_was_found_cannot_be_changed():
    with pytest.raises(TypeError):
        discover()["mine"] = WAN


def test_a_file_without_a_model_stops_the_start(drawer: Path):
    (drawer / "forgotten.py").write_text("MODE = 1\n")
    with pytest.raises(TypeError, match=r"forgotten\.py defines no MODEL"):
        discover()


def test_a_second_file_with_the_same_key_stops_the_start(drawer: Path):
    (drawer / "wan2.py").write_text("from bot.models.wan import MODEL\n")
    with pytest.raises(TypeError, match=r"wan2\.py takes the key of another model: wan"):
        discover()


def test_a_broken_file_stops_the_start(drawer: Path):
    (drawer / "broken.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(ModuleNotFoundError):
        discover()


def test_finding_the_models_reaches_no_library_that_talks():
    code = (
        "import sys, bot.models; bot.models.discover();"
        "print(*{'discord', 'aiohttp', 'sqlite3', 'aiosqlite', 'asyncio'} & sys.modules.keys())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_options_left_alone_are_as_if_they_were_not_there():
    none = dict.fromkeys(("seed", "aspect_ratio", "resolution", "image"))
    assert read_request(ltx.MODEL, "text", {"prompt": "a boat", **none}) == read_request(
        ltx.MODEL, "text", {"prompt": "a boat"}
    )


def test_of_several_faults_the_first_is_told():
    with pytest.raises(RequestRefusedError) as refused:
        read_request(ltx.MODEL, "text", {"prompt": "", "duration": 3, "colour": "blue"})
    assert (refused.value.option, refused.value.fault) == ("prompt", "blank")


def test_a_refusal_never_carries_what_was_typed():
    secret = "my secret wish"
    with pytest.raises(RequestRefusedError) as refused:
        read_request(WAN, "text", {"prompt": secret * 100})
    error = refused.value
    assert error.facts == {"longest": 800, "length": 1400}
    assert secret not in f"{error} {error.facts}"
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_an_unknown_mode_is_refused_with_the_known():
    with pytest.raises(RequestRefusedError) as refused:
        read_request(kling.MODEL, "text-lora", {"prompt": "a boat"})
    assert (refused.value.option, refused.value.fault) == ("mode", "unknown_mode")
    assert refused.value.facts == {"choices": ("text", "image")}
    with pytest.raises(KeyError):
        kling.MODEL.mode("text-lora")


def test_a_missing_prompt_is_named():
    with pytest.raises(RequestRefusedError) as refused:
        read_request(kling.MODEL, "text", {})
    assert (refused.value.option, refused.value.fault) == ("prompt", "needs_option")
    assert refused.value.facts == {"mode": "text"}


def test_every_message_for_a_member_is_a_sentence():
    shown = [
        ("text", {"prompt": "\u200b"}),
        ("text", {"prompt": "a", "seed": 0}),
        ("text", {"prompt": "a", "image": PICTURE}),
        ("image", {"prompt": "a"}),
        ("text-lora", {"prompt": "a"}),
        ("text-lora", {"prompt": "a", "lora": "x"}),
        ("text-lora", {"prompt": "a", "lora": "https://nas/x"}),
        ("text-lora", {"prompt": "a", "lora": "https://huggingface.co/a/b"}),
        ("text-lora", {"prompt": "a", "lora": "https://a.io/x", "lora2_scale": 1.0}),
        ("text-lora", {"prompt": "a", "lora": "https://a.io/x", "lora3": "https://a.io/x"}),
    ]
    faults: set[str] = set()
    for mode, options in shown:
        with pytest.raises(ValueError, match="validation error") as refused:
            ltx.Request.model_validate({"mode": mode, **options})
        [error] = refused.value.errors()
        faults.add(error["type"])
        assert error["msg"][0] == "`" or error["msg"][0].isupper()
        assert error["msg"].endswith(".")
        assert "{" not in error["msg"]
    assert len(faults) == len(shown)
    assert faults < set(get_args(Fault))


def test_a_models_own_fault_arrives_with_its_sentence():
    class Picky(ltx.Request):
        @model_validator(mode="after")
        def _likes_boats(self) -> Self:
            if "boat" not in self.prompt:
                raise PydanticCustomError(
                    "no_boat", "`{option}` lacks a boat.", {"option": "prompt", "size": 3}
                )
            return self

    picky = dataclasses.replace(ltx.MODEL, request=Picky)
    with pytest.raises(RequestRefusedError) as refused:
        read_request(picky, "text", {"prompt": "a fox"})
    assert (refused.value.option, refused.value.fault) == ("prompt", "no_boat")
    assert refused.value.facts == {"size": 3, "sentence": "`prompt` lacks a boat."}
