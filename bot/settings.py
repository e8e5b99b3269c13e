"""What the operator decides, from the environment or a `.env` file.

Rule: a value is checked here, once, and no value is ever repeated in an error: it may be a secret
that was pasted into the wrong line.

Every field says beneath it what it means; `deploy/env.example` says the same, and a test compares.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.domain.errors import AmountUnreadableError, SettingsError
from bot.domain.hosts import parse_bind, parse_hosts, parse_origin, parse_socket_url, parse_url
from bot.domain.money import Micros, dollars, parse_dollars
from bot.domain.servers import AllowedServers

PREFIX: Final = "CLAPPER_"
ENV_FILE: Final = Path(".env")
_LARGEST_CAP: Final = dollars("10000000")
"""More than anybody means: what the operator sets is no slip of the finger in a chat."""
_NEAR: Final = 0.8
"""How alike two names are, from 0 to 1, for one to be a slip for the other."""
_UNPREFIXED: Final = {"discord_token": "DISCORD_TOKEN", "apixo_api_key": "APIXO_API_KEY"}


def _read_amount(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_dollars(value, allow_zero=True, largest=_LARGEST_CAP)
    except AmountUnreadableError:
        message = "must be dollars from 0 to 10000000 with at most four decimals, such as 12.50"
        raise ValueError(message) from None


def _read_servers(value: object) -> object:
    return AllowedServers.parse(value) if isinstance(value, str) else value


def _read_hosts(value: object) -> object:
    return parse_hosts(value) if isinstance(value, str) else value


def _read_path(value: Path) -> Path:
    # No shell expands `~` in an .env file, and a folder called `~` is nobody's wish.
    try:
        return value.expanduser()
    except RuntimeError:
        raise ValueError("names a home folder that does not exist") from None


def _check_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("has a blank, a line break or a strange character in it: copy it again")
    return value


Dollars = Annotated[Micros, BeforeValidator(_read_amount)]
Secret = Annotated[SecretStr, AfterValidator(_check_secret)]
UserPath = Annotated[Path, AfterValidator(_read_path)]


class Settings(BaseSettings):
    """Everything that can be set. `Settings()` is the defaults, whatever the environment says."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        case_sensitive=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    discord_token: Secret | None = None
    """The bot's token, from Discord's developer portal."""
    apixo_api_key: Secret | None = None
    """The provider's key. Not needed with the rehearsal provider."""
    data_dir: UserPath = Path("data")
    """The folder for database, clips and lock."""
    provider: Literal["apixo", "rehearsal"] = "apixo"
    """Who renders: apixo, or rehearsal, which renders small test clips by itself and spends
    nothing."""
    apixo_url: Annotated[str, AfterValidator(parse_url)] = "https://api.apixo.ai/api/v1"
    """Base address of the provider's API. Plain http is taken from this machine only: the key
    travels with every request."""
    route: Literal["auto", "value", "official"] | None = None
    """The provider's route: auto, value or official. Unset: none is sent, and the key decides."""
    prices: UserPath | None = None
    """A TOML file that replaces prices per model: deploy/README.md shows one."""
    result_hosts: Annotated[frozenset[str], BeforeValidator(_read_hosts)] = frozenset()
    """Hosts that results may come from, with commas between them. Unset: any public https host.
    A host named here may also be local and plain http; with a port it is that port alone."""
    public_url: Annotated[str, AfterValidator(parse_origin)] | None = None
    """The public https address of the bot's web door, without a path: turns on callbacks and clip
    links. Plain http is taken for this machine only."""
    web_host: Annotated[str, AfterValidator(parse_bind)] = "127.0.0.1"
    """The address at which the web door listens."""
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8088
    """The port at which the web door listens. 0: any free one."""
    allowed_servers: Annotated[AllowedServers, BeforeValidator(_read_servers)] = AllowedServers()
    """Ids of the Discord servers that may spend, with commas between them, or * for all. Unset:
    none may."""
    daily_cap: Dollars = dollars("20")
    """Dollars that all servers together may spend in a day."""
    monthly_cap: Dollars = dollars("200")
    """Dollars that all servers together may spend in a month."""
    balance_floor: Dollars = dollars("1")
    """Dollars at the provider below which generation pauses."""
    max_running: Annotated[int, Field(ge=1)] = 1000
    """Tasks at the provider at once."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 10000
    """Requests to the provider in a minute."""
    wait_scale: Annotated[float, Field(gt=0, le=100)] = 1
    """Multiplies every poll delay and every patience. Below 1 for play and tests only."""
    log_format: Literal["console", "json"] = "console"
    """How log lines look: console or json."""
    discord_api_url: Annotated[str, AfterValidator(parse_url)] | None = None
    """Base address of another Discord's API, such as the local one. Unset: Discord's."""
    discord_gateway_url: Annotated[str, AfterValidator(parse_socket_url)] | None = None
    """Address of another Discord's gateway (wss, or ws on this machine). Unset: Discord's."""
    development_server: Annotated[int, Field(gt=0)] | None = None
    """The id of one Discord server that alone gets the commands, for whoever works on the bot.
    Unset: all servers get them."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments alone: `read_settings` gathers the rest, and refuses what nobody knows."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def require_discord(self) -> SecretStr:
        """The bot's token, for verbs that need it."""
        if self.discord_token is None:
            raise SettingsError("DISCORD_TOKEN", "is missing: the bot cannot log in to Discord")
        return self.discord_token

    def require_provider(self) -> SecretStr | None:
        """The provider's key, for verbs that need it; None for a provider that needs none."""
        if self.provider == "rehearsal":
            return None
        if self.apixo_api_key is None:
            fault = f"is missing: set it, or {PREFIX}PROVIDER=rehearsal to spend nothing"
            raise SettingsError("APIXO_API_KEY", fault)
        return self.apixo_api_key

    def list_secrets(self) -> list[str]:
        """The values that must never reach a log."""
        given = (getattr(self, field) for field in type(self).model_fields)
        return [value.get_secret_value() for value in given if isinstance(value, SecretStr)]


SETTING_NAMES: Final[Mapping[str, str]] = {
    _UNPREFIXED.get(field, PREFIX + field.upper()): field for field in Settings.model_fields
}
"""From a setting's name to its field, in the order of the documentation."""


def read_settings(
    environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE
) -> Settings:
    """What the environment says, else the file, else the defaults. Raises SettingsError."""
    written = _read_file(env_file)
    around = _without_blanks(os.environ if environ is None else environ)
    _refuse_unknown(list_strangers(written))
    _refuse_unknown(name for name in list_strangers(around) if _is_slip(name))
    given = written | around
    fields = {field: given[name] for name, field in SETTING_NAMES.items() if name in given}
    try:
        return Settings.model_validate(fields)
    except ValidationError as error:
        # `from None`: a traceback of the original would name values.
        raise _explain(error) from None


def _read_file(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        source = DotEnvSettingsSource(Settings, env_file=path, case_sensitive=True)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "is not a text file").lower()
        raise SettingsError(str(path), f"cannot be read: {why}") from None
    return _without_blanks(source.env_vars)


def _without_blanks(given: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text.strip() for name, text in given.items() if text and text.strip()}


def list_strangers(environ: Mapping[str, str] | None = None) -> list[str]:
    """Names that look like a setting of ours and are none."""
    given = os.environ if environ is None else environ
    return [it for it in given if it.upper().startswith(PREFIX) and it not in SETTING_NAMES]


def _is_slip(name: str) -> bool:
    """Whether somebody meant a setting. What others put into the environment is none of our business:
    Kubernetes gives such names to the ports of a service that is called Clapper.
    """
    bare = {known.removeprefix(PREFIX) for known in SETTING_NAMES}
    near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), bare, n=1, cutoff=_NEAR)
    return bool(near) or not re.fullmatch(r"\w+", name)


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        near = difflib.get_close_matches(name.upper(), SETTING_NAMES, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(name, f"is not a setting{hint}")


def _explain(error: ValidationError) -> SettingsError:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    names = {field: name for name, field in SETTING_NAMES.items()}
    fault = re.sub(r"^(Value error, |Input should be)", _reworded, first["msg"])
    fault = re.sub(r"a valid (integer|number), unable .*", _kind, fault)
    return SettingsError(names[str(first["loc"][0])], fault)


def _reworded(match: re.Match[str]) -> str:
    return "must be" if match[0].startswith("Input") else ""


def _kind(match: re.Match[str]) -> str:
    return "a whole number" if match[1] == "integer" else "a number"
