"""Settings that would lie are refused, with a sentence that names the variable."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from pathlib import Path

import pytest

from bot.http.addresses import cannot_listen
from bot.privacy import secret as kept_secret
from bot.settings import VARIABLES, Settings, SettingsError

STRONG = secrets.token_hex(16)


def settings(**variables: str) -> Settings:
    return Settings.from_environment({"CHASKI_SECRET": STRONG} | variables)


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "x" * 64,
        "abcd" * 16,
        "0123456789" * 4,
        "changeme-changeme-please-changeme!!",
        "secret-secret-password-chaski-2026-secret",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccc",
        "ChangeMeChangeMe1234567890SecretPassword",
    ],
)
def test_a_weak_secret_is_refused_and_not_shown(weak: str) -> None:
    with pytest.raises(SettingsError, match="CHASKI_SECRET") as refused:
        settings(CHASKI_SECRET=weak)
    assert weak not in str(refused.value)
    assert "token_hex" in str(refused.value)


def test_every_random_secret_is_strong() -> None:
    for _ in range(5000):
        assert kept_secret.weakness(secrets.token_hex(16)) == ""
        assert kept_secret.weakness(secrets.token_urlsafe(24)) == ""


@pytest.mark.parametrize(
    "value",
    ["*", "10.0.0.5, *", "0.0.0.0/0", "::/0", "0.0.0.0/1", "proxy", "10.0.0.5:8000", "10.0.0.300"],
)
def test_proxies_that_are_none_or_everybody_are_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="CHASKI_TRUSTED_PROXIES"):
        settings(CHASKI_TRUSTED_PROXIES=value)


def test_proxies_mean_to_uvicorn_what_was_written() -> None:
    from uvicorn.middleware.proxy_headers import _TrustedHosts

    read = settings(CHASKI_TRUSTED_PROXIES="10.1.2.3/16 172.16.0.7, fd00::/8,").trusted_proxies
    trusted = _TrustedHosts(read)
    assert all(one in trusted for one in ("10.1.9.9", "172.16.0.7", "fd00::1"))
    assert not any(one in trusted for one in ("10.2.0.1", "172.16.0.8", "127.0.0.1", ""))
    assert not trusted.trusted_literals
    assert settings().trusted_proxies == "127.0.0.1"
    assert "127.0.0.1" not in _TrustedHosts(settings(CHASKI_TRUSTED_PROXIES="").trusted_proxies)


@pytest.mark.parametrize(
    "value",
    [
        "chaski.example.org",
        "ftp://chaski.example.org",
        "https://",
        "https:///webhooks",
        "https://:8000",
        "https://chaski.example.org:port",
        "https://chaski.example.org:99999",
        "https://chaski.example.org?x=1",
        "https://chaski.example.org/?",
        "https://chaski.example.org#x",
        "https://user:hidden@chaski.example.org",
        "https://chaski example.org",
        "https://chaski.example.org\\x",
        "https://-chaski-.example.org",
        "https://1.2.3",
        "https://ñandú.example.org",
    ],
)
def test_a_public_address_that_cannot_be_used_is_refused(value: str) -> None:
    for name in ("CHASKI_PUBLIC_URL", "CHASKI_TWILIO_API_URL"):
        with pytest.raises(SettingsError, match=name) as refused:
            settings(**{name: value})
        assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    "value",
    ["https://chaski.example.org", "https://chaski.example.org:8443/linea/", "http://[::1]"],
)
def test_a_public_address_that_can_be_used_is_taken_without_a_warning(value: str) -> None:
    found = settings(CHASKI_PUBLIC_URL=value)
    assert found.public_url == value.rstrip("/")
    assert found.warnings == ()


def test_a_public_address_that_can_be_read_on_the_way_is_told() -> None:
    assert "https" in settings(CHASKI_PUBLIC_URL="http://chaski.example.org").warnings[0]
    assert settings(CHASKI_PUBLIC_URL="http://127.0.0.1:8000").warnings == ()


@pytest.mark.parametrize("value", ["redis://host:port", "localhost:6379", "unix://", "http://x"])
def test_an_address_of_a_store_that_is_none_is_refused(value: str) -> None:
    for name in ("CHASKI_REDIS_URL", "CHASKI_RELAY_REDIS_URL"):
        with pytest.raises(SettingsError, match=name):
            settings(**{name: value})


@pytest.mark.parametrize(
    "value", ["*", "0.0.0.0:8000", "http://0.0.0.0", "999.1.1.1", "a b", "::g"]
)
def test_a_host_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="CHASKI_HOST"):
        settings(CHASKI_HOST=value)


@pytest.mark.parametrize("value", ["127.0.0.1", "10.0.0.1", "::", "::1", "localhost", "host-1.lan"])
def test_a_host_that_is_one_is_taken(value: str) -> None:
    assert settings(CHASKI_HOST=value).host == value


def test_an_address_of_another_machine_and_a_taken_port_are_told_apart() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert "CHASKI_PORT" in cannot_listen("127.0.0.1", port)
    assert "CHASKI_HOST" in cannot_listen("192.0.2.1", port)
    assert "CHASKI_HOST" in cannot_listen("nowhere.invalid", port)
    assert cannot_listen("127.0.0.1", port) == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CHASKI_SERCET", "CHASKI_SECRET"),
        ("CHASKI_RELAY_REDIS_UR", "CHASKI_RELAY_REDIS_URL"),
        ("CHASKI_WORKER", "CHASKI_WORKERS"),
        ("CHASKI_TWILIO_TOKEN", "CHASKI_TWILIO_AUTH_TOKEN"),
        ("CHASKI_public_url", "CHASKI_PUBLIC_URL"),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_nearest_name(typed: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"{typed} .*{meant}"):
        settings(**{typed: "x"})


def test_names_that_the_surroundings_make_are_told_and_refuse_nothing() -> None:
    made = {
        "CHASKI_SERVICE_HOST": "10.0.0.1",
        "CHASKI_PORT_8000_TCP_ADDR": "10.0.0.1",
        "CHASKI_REDIS_PORT": "tcp://10.0.0.1:6379",
        "OTHER": "x",
    }
    warnings = settings(**made).warnings
    assert len(warnings) == 3
    assert all(name in " ".join(warnings) for name in made if name != "OTHER")


def test_a_secret_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    data = tmp_path / "var"
    first = Settings.from_environment({"CHASKI_DATA_DIR": str(data)})
    assert first.secret == Settings.from_environment({"CHASKI_DATA_DIR": str(data)}).secret
    assert (data / "secret").stat().st_mode & 0o077 == 0
    assert data.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff" * 64, b"abc", b"0" * 64])
def test_a_damaged_secret_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    tmp_path.chmod(0o700)
    with pytest.raises(SettingsError, match=str(tmp_path / "secret")):
        Settings.from_environment({"CHASKI_DATA_DIR": str(tmp_path)})
    assert (tmp_path / "secret").read_bytes() == content


def test_a_full_disk_leaves_no_half_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"CHASKI_DATA_DIR.*No space left"):
        Settings.from_environment({"CHASKI_DATA_DIR": str(tmp_path / "var")})
    assert not (tmp_path / "var" / "secret").exists()


def test_a_folder_that_others_may_write_keeps_no_secret(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(SettingsError, match=r"CHASKI_DATA_DIR.*chmod"):
        Settings.from_environment({"CHASKI_DATA_DIR": str(tmp_path)})
    assert not (tmp_path / "secret").exists()


NUMBERS = {
    variable: Settings.__fields__[field].field_info
    for variable, field in VARIABLES.items()
    if Settings.__fields__[field].field_info.ge is not None
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_one_within_its_bounds_and_written_plainly(name: str) -> None:
    low, high = NUMBERS[name].ge, NUMBERS[name].le
    for wrong in (low - 1, high + 1, f"+{low}", f"{low}.0", "²", "\N{ARABIC-INDIC DIGIT THREE}"):
        with pytest.raises(SettingsError, match=f"{name} .* {low} to {high}"):
            settings(**{name: str(wrong)})
    for right in (low, high):
        assert getattr(settings(**{name: f" {right} "}), VARIABLES[name]) == right
    assert getattr(settings(**{name: ""}), VARIABLES[name]) == NUMBERS[name].default


def test_settings_are_what_they_are_given_and_stay_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHASKI_PORT", "9000")
    monkeypatch.setenv("CHASKI_SECRET", STRONG)
    given = Settings(duty_closed_days=("2026-12-24",))
    assert given.port == 8000
    with pytest.raises(TypeError):
        given.port = 9000
    with pytest.raises(ValueError, match="prot"):
        Settings.parse_obj({"prot": 9000})
    assert Settings.from_environment().port == 9000
