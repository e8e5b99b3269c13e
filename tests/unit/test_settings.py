"""What the operator decides: every value is checked once, and no value is ever repeated."""

import os
import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.domain.errors import SettingsError
from bot.domain.ids import GuildId
from bot.domain.money import Micros, dollars
from bot.domain.servers import AllowedServers
from bot.settings import SETTING_NAMES, Settings, list_strangers, read_settings

CANARY = "canary-5f0c9a"


def read(**environ: str) -> Settings:
    return read_settings(environ, env_file=None)


def refusal(**environ: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        read(**environ)
    return caught.value


def test_the_names_are_those_of_the_contract() -> None:
    assert list(SETTING_NAMES) == [
        "DISCORD_TOKEN",
        "APIXO_API_KEY",
        "CLAPPER_DATA_DIR",
        "CLAPPER_PROVIDER",
        "CLAPPER_APIXO_URL",
        "CLAPPER_ROUTE",
        "CLAPPER_PRICES",
        "CLAPPER_RESULT_HOSTS",
        "CLAPPER_PUBLIC_URL",
        "CLAPPER_WEB_HOST",
        "CLAPPER_WEB_PORT",
        "CLAPPER_ALLOWED_SERVERS",
        "CLAPPER_DAILY_CAP",
        "CLAPPER_MONTHLY_CAP",
        "CLAPPER_BALANCE_FLOOR",
        "CLAPPER_MAX_RUNNING",
        "CLAPPER_REQUESTS_PER_MINUTE",
        "CLAPPER_WAIT_SCALE",
        "CLAPPER_LOG_FORMAT",
        "CLAPPER_DISCORD_API_URL",
        "CLAPPER_DISCORD_GATEWAY_URL",
        "CLAPPER_DEVELOPMENT_SERVER",
    ]


def test_nothing_set_means_the_defaults_of_the_contract() -> None:
    assert dict(read()) == {
        "discord_token": None,
        "apixo_api_key": None,
        "data_dir": Path("data"),
        "provider": "apixo",
        "apixo_url": "https://api.apixo.ai/api/v1",
        "route": None,
        "prices": None,
        "result_hosts": frozenset(),
        "public_url": None,
        "web_host": "127.0.0.1",
        "web_port": 8088,
        "allowed_servers": AllowedServers(),
        "daily_cap": 20_000_000,
        "monthly_cap": 200_000_000,
        "balance_floor": 1_000_000,
        "max_running": 1000,
        "requests_per_minute": 10000,
        "wait_scale": 1,
        "log_format": "console",
        "discord_api_url": None,
        "discord_gateway_url": None,
        "development_server": None,
    }


def test_every_field_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_every_setting_can_be_set() -> None:
    settings = read(
        DISCORD_TOKEN="a.b.c",
        APIXO_API_KEY="key",
        CLAPPER_DATA_DIR="/srv/clapper",
        CLAPPER_PROVIDER="rehearsal",
        CLAPPER_APIXO_URL="https://example.org/v2/",
        CLAPPER_ROUTE="value",
        CLAPPER_PRICES="prices.toml",
        CLAPPER_RESULT_HOSTS="Files.example.org, 127.0.0.1,[::1],",
        CLAPPER_PUBLIC_URL="https://Clapper.example.org:8443/",
        CLAPPER_WEB_HOST="0.0.0.0",
        CLAPPER_WEB_PORT="0",
        CLAPPER_ALLOWED_SERVERS="1, 175928847299117063",
        CLAPPER_DAILY_CAP="0",
        CLAPPER_MONTHLY_CAP="$12.3456",
        CLAPPER_BALANCE_FLOOR="0.5",
        CLAPPER_MAX_RUNNING="3",
        CLAPPER_REQUESTS_PER_MINUTE="60",
        CLAPPER_WAIT_SCALE="0.01",
        CLAPPER_LOG_FORMAT="json",
        CLAPPER_DISCORD_API_URL="http://127.0.0.1:9000/api/v10",
        CLAPPER_DISCORD_GATEWAY_URL="ws://localhost:9000",
        CLAPPER_DEVELOPMENT_SERVER="175928847299117063",
    )
    given = dict(settings)
    assert settings.list_secrets() == [
        given.pop(field).get_secret_value() for field in ("discord_token", "apixo_api_key")
    ]
    assert given == {
        "data_dir": Path("/srv/clapper"),
        "provider": "rehearsal",
        "apixo_url": "https://example.org/v2",
        "route": "value",
        "prices": Path("prices.toml"),
        "result_hosts": frozenset({"files.example.org", "127.0.0.1", "::1"}),
        "public_url": "https://clapper.example.org:8443",
        "web_host": "0.0.0.0",
        "web_port": 0,
        "allowed_servers": AllowedServers(
            frozenset({GuildId(1), GuildId(175_928_847_299_117_063)})
        ),
        "daily_cap": 0,
        "monthly_cap": 12_345_600,
        "balance_floor": 500_000,
        "max_running": 3,
        "requests_per_minute": 60,
        "wait_scale": 0.01,
        "log_format": "json",
        "discord_api_url": "http://127.0.0.1:9000/api/v10",
        "discord_gateway_url": "ws://localhost:9000",
        "development_server": 175_928_847_299_117_063,
    }
    assert settings.list_secrets() == ["a.b.c", "key"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", f"{CANARY} x"),
        ("DISCORD_TOKEN", f"{CANARY}\nx"),
        ("APIXO_API_KEY", f"{CANARY}\u200b"),
        ("APIXO_API_KEY", f"{CANARY}é"),
        ("CLAPPER_DATA_DIR", f"~{CANARY}/data"),
        ("CLAPPER_PROVIDER", CANARY),
        ("CLAPPER_PROVIDER", "Apixo"),
        ("CLAPPER_APIXO_URL", CANARY),
        ("CLAPPER_APIXO_URL", "http://api.example.org"),
        ("CLAPPER_APIXO_URL", "ftp://localhost"),
        ("CLAPPER_ROUTE", CANARY),
        ("CLAPPER_RESULT_HOSTS", f"https://{CANARY}/"),
        ("CLAPPER_RESULT_HOSTS", "a.example.org:0"),
        ("CLAPPER_RESULT_HOSTS", "a.example.org:65536"),
        ("CLAPPER_RESULT_HOSTS", "a.example.org:²"),
        ("CLAPPER_RESULT_HOSTS", "a.example.org:80:80"),
        ("CLAPPER_RESULT_HOSTS", "*.example.org"),
        ("CLAPPER_RESULT_HOSTS", "a;b"),
        ("CLAPPER_WEB_HOST", "a b"),
        ("CLAPPER_WEB_HOST", "127.0.0.1:8088"),
        ("CLAPPER_WEB_HOST", "http://127.0.0.1"),
        ("CLAPPER_RESULT_HOSTS", "-a.example.org"),
        ("CLAPPER_PUBLIC_URL", "http://clapper.example.org"),
        ("CLAPPER_PUBLIC_URL", "http://localhost.example.org"),
        ("CLAPPER_PUBLIC_URL", "http://127.0.0.1.example.org"),
        ("CLAPPER_PUBLIC_URL", "https://clapper.example.org/door"),
        ("CLAPPER_PUBLIC_URL", "https://clapper.example.org//"),
        ("CLAPPER_PUBLIC_URL", f"https://user:{CANARY}@clapper.example.org"),
        ("CLAPPER_PUBLIC_URL", f"https://clapper.example.org?{CANARY}"),
        ("CLAPPER_PUBLIC_URL", f"https://clapper.example.org#{CANARY}"),
        ("CLAPPER_PUBLIC_URL", "https://clapper.example.org\\@evil.example"),
        ("CLAPPER_PUBLIC_URL", "https://clapper.exam\tple.org"),
        ("CLAPPER_PUBLIC_URL", "https://clapper.example.org:port"),
        ("CLAPPER_PUBLIC_URL", "https://clapper.example.org:99999"),
        ("CLAPPER_PUBLIC_URL", "https://[::1"),
        ("CLAPPER_PUBLIC_URL", "https://"),
        ("CLAPPER_PUBLIC_URL", "clapper.example.org"),
        ("CLAPPER_WEB_PORT", "-1"),
        ("CLAPPER_DEVELOPMENT_SERVER", "*"),
        ("CLAPPER_DEVELOPMENT_SERVER", "0"),
        ("CLAPPER_WEB_PORT", "65536"),
        ("CLAPPER_WEB_PORT", CANARY),
        ("CLAPPER_ALLOWED_SERVERS", CANARY),
        ("CLAPPER_ALLOWED_SERVERS", "1,*"),
        ("CLAPPER_ALLOWED_SERVERS", "0"),
        ("CLAPPER_ALLOWED_SERVERS", "1;2"),
        ("CLAPPER_ALLOWED_SERVERS", "* *"),
        ("CLAPPER_ALLOWED_SERVERS", "9223372036854775808"),
        ("CLAPPER_DAILY_CAP", CANARY),
        ("CLAPPER_DAILY_CAP", "-1"),
        ("CLAPPER_DAILY_CAP", "NaN"),
        ("CLAPPER_DAILY_CAP", "1e3"),
        ("CLAPPER_MONTHLY_CAP", "1.23456"),
        ("CLAPPER_MONTHLY_CAP", "10000001"),
        ("CLAPPER_BALANCE_FLOOR", "inf"),
        ("CLAPPER_MAX_RUNNING", "0"),
        ("CLAPPER_MAX_RUNNING", "1.5"),
        ("CLAPPER_REQUESTS_PER_MINUTE", "0"),
        ("CLAPPER_WAIT_SCALE", "0"),
        ("CLAPPER_WAIT_SCALE", "nan"),
        ("CLAPPER_WAIT_SCALE", "inf"),
        ("CLAPPER_LOG_FORMAT", CANARY),
        ("CLAPPER_DISCORD_API_URL", "http://discord.example.org"),
        ("CLAPPER_DISCORD_GATEWAY_URL", "https://gateway.example.org"),
        ("CLAPPER_DISCORD_GATEWAY_URL", "ws://gateway.example.org"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_never_repeated(name: str, value: str) -> None:
    error = refusal(**{name: value})
    assert error.setting == name
    assert len(str(error).splitlines()) == 1
    shown = "".join(traceback.format_exception(error))
    assert CANARY not in shown
    assert len(value) < 10 or value not in error.fault


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CLAPPER_DAILYCAP", "; did you mean CLAPPER_DAILY_CAP?"),
        ("clapper_data_dir", "; did you mean CLAPPER_DATA_DIR?"),
        ("CLAPPER_DISCORD_TOKEN", "; did you mean DISCORD_TOKEN?"),
        ("CLAPPER_DAILY CAP", "; did you mean CLAPPER_DAILY_CAP?"),
        ("CLAPPER_ZZZZZZZZZZZZZZZZZZ\n", ""),
    ],
)
def test_a_slip_in_the_name_of_a_setting_is_refused_with_the_nearest_name(
    name: str, hint: str
) -> None:
    error = refusal(**{name: CANARY})
    assert str(error) == f"{name}: is not a setting{hint}"


def test_what_is_not_for_clapper_is_left_alone() -> None:
    assert read(PATH="/bin", DISCORD_OPENAPI="x") == Settings()


@pytest.mark.parametrize(
    "name", ["CLAPPER_PORT_8088_TCP_ADDR", "CLAPPER_SERVICE_HOST", "CLAPPER_PORT", "CLAPPER_REPO"]
)
def test_what_others_name_after_clapper_stops_nothing_and_is_told(name: str) -> None:
    environ = {name: "tcp://10.0.0.1:8088", "CLAPPER_ROUTE": "auto", "PATH": "/bin"}
    assert read(**environ) == Settings(route="auto")
    assert list_strangers(environ) == [name]


def test_several_are_named_with_commas_or_blanks() -> None:
    assert read(CLAPPER_ALLOWED_SERVERS="1 2,\n3").allowed_servers.ids == {1, 2, 3}
    hosts = read(CLAPPER_RESULT_HOSTS="A.example.org:8443 ::1 [::1]:080 127.0.0.1:9").result_hosts
    assert hosts == {"a.example.org:8443", "::1", "[::1]:80", "127.0.0.1:9"}


def test_the_operators_caps_may_be_larger_than_what_one_command_may_move() -> None:
    assert read(CLAPPER_MONTHLY_CAP="10000000").monthly_cap == dollars("10000000")


@pytest.mark.parametrize(("text", "host"), [("[::1]", "::1"), ("LOCALHOST", "localhost")])
def test_the_web_door_listens_at_a_name_or_an_address(text: str, host: str) -> None:
    assert read(CLAPPER_WEB_HOST=text).web_host == host


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("CLAPPER_WEB_PORT", "eighty", "must be a whole number"),
        ("CLAPPER_MAX_RUNNING", "1.5", "must be a whole number"),
        ("CLAPPER_WAIT_SCALE", "slow", "must be a number"),
        ("CLAPPER_WAIT_SCALE", "0", "must be greater than 0"),
    ],
)
def test_a_number_is_asked_for_in_plain_words(name: str, value: str, fault: str) -> None:
    assert refusal(**{name: value}).fault == fault


@pytest.mark.parametrize("blank", ["", "  ", "\t\n"])
def test_a_blank_value_is_a_missing_one(blank: str) -> None:
    settings = read(**dict.fromkeys(SETTING_NAMES, blank))
    assert settings == Settings()
    with pytest.raises(SettingsError, match=r"^DISCORD_TOKEN: is missing"):
        settings.require_discord()


def test_blanks_around_a_value_are_not_part_of_it() -> None:
    assert read(DISCORD_TOKEN=" a.b.c\n").require_discord().get_secret_value() == "a.b.c"


def test_the_provider_needs_its_key() -> None:
    with pytest.raises(SettingsError, match=r"^APIXO_API_KEY: is missing"):
        read().require_provider()
    key = read(APIXO_API_KEY="key").require_provider()
    assert key is not None
    assert key.get_secret_value() == "key"


def test_the_rehearsal_needs_no_key_and_is_given_none() -> None:
    settings = read(CLAPPER_PROVIDER="rehearsal", APIXO_API_KEY="key")
    assert settings.require_provider() is None


def test_no_secret_shows_in_the_settings() -> None:
    settings = read(DISCORD_TOKEN=CANARY, APIXO_API_KEY=CANARY)
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)
    assert CANARY not in settings.model_dump_json()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read().web_port = 1


def test_amounts_given_as_micros_are_kept() -> None:
    assert Settings(daily_cap=Micros(5)).daily_cap == 5
    assert read(CLAPPER_DAILY_CAP="5").daily_cap == dollars("5")


def test_a_star_allows_every_server_and_nothing_allows_none() -> None:
    assert GuildId(7) in read(CLAPPER_ALLOWED_SERVERS=" * ").allowed_servers
    assert GuildId(7) in read(CLAPPER_ALLOWED_SERVERS="7").allowed_servers
    assert GuildId(8) not in read(CLAPPER_ALLOWED_SERVERS="7").allowed_servers
    assert GuildId(7) not in read().allowed_servers


def test_the_file_speaks_where_the_environment_does_not(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# a comment\nAPIXO_API_KEY='in-the-file'\nexport CLAPPER_WEB_PORT=1\n"
        "CLAPPER_ROUTE=auto\nCLAPPER_PRICES=\nOTHER=x\n"
    )
    settings = read_settings({"CLAPPER_WEB_PORT": "2", "CLAPPER_ROUTE": ""}, file)
    assert settings.list_secrets() == ["in-the-file"]
    assert (settings.web_port, settings.route, settings.prices) == (2, "auto", None)


@pytest.mark.parametrize("line", ["CLAPPER_PROVIDR=rehearsal", "CLAPPER_REPO=x"])
def test_whatever_is_no_setting_is_refused_in_the_file(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_text(line)
    with pytest.raises(SettingsError, match="is not a setting; did you mean CLAPPER_"):
        read_settings({}, file)


def test_a_file_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    assert read_settings({}, tmp_path / ".env") == Settings()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_bytes(b"DISCORD_TOKEN=\xff" + CANARY.encode())
    with pytest.raises(SettingsError) as caught:
        read_settings({}, file)
    assert caught.value.setting == str(file)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_the_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name in SETTING_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLAPPER_WEB_PORT", "4")
    assert read_settings(env_file=None).web_port == 4
    assert Settings().web_port == 8088
