"""Settings come from the environment and a .env file, and say what is wrong with them."""

import subprocess
import sys
from pathlib import Path

import pytest

from supportbot.errors import ConfigError
from supportbot.settings import Settings, cache_dir, describe, read_settings


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    read = read_settings({}, tmp_path / ".env")

    assert read.database_url.startswith("sqlite:////")
    assert read.database_url.endswith("/supportbot/supportbot.db")
    assert read.accounts == ("database",)
    assert read.knowledge is None
    assert read.encoder is None
    assert read.public_url is None
    assert read.log_format == "json"
    assert read.warnings == ()
    assert {row.origin for row in describe(read)} == {"default"}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# ours\nSUPPORTBOT_LOG_FORMAT=text\n"
        "export SUPPORTBOT_ENCODER='onnx:from file'\nOTHER_APP=1\nSUPPORTBOT_PUBLIC_URL=\n"
    )

    read = read_settings({"SUPPORTBOT_ENCODER": "onnx:environment"}, file)

    assert read.encoder == "onnx:environment"
    assert read.log_format == "text"
    assert read.public_url is None
    assert {row.name: row.origin for row in describe(read)} == {
        "SUPPORTBOT_DATABASE_URL": "default",
        "SUPPORTBOT_ACCOUNTS": "default",
        "SUPPORTBOT_KNOWLEDGE": "default",
        "SUPPORTBOT_ENCODER": "environment",
        "SUPPORTBOT_PUBLIC_URL": "default",
        "SUPPORTBOT_LOG_FORMAT": ".env",
        "SUPPORTBOT_CACHE_DIR": "default",
    }


def test_every_setting_is_read(tmp_path: Path) -> None:
    read = read_settings(
        {
            "SUPPORTBOT_DATABASE_URL": "sqlite:////data/bot.db",
            "SUPPORTBOT_ACCOUNTS": "Database",
            "SUPPORTBOT_KNOWLEDGE": str(tmp_path),
            "SUPPORTBOT_ENCODER": "sentence-transformers:a/b",
            "SUPPORTBOT_PUBLIC_URL": "https://help.example.com/",
            "SUPPORTBOT_LOG_FORMAT": "TEXT",
            "SUPPORTBOT_CACHE_DIR": str(tmp_path / "cache"),
        },
        None,
    )

    assert read == Settings(
        database_url="sqlite:////data/bot.db",
        accounts=("database",),
        knowledge=tmp_path,
        encoder="sentence-transformers:a/b",
        public_url="https://help.example.com",
        log_format="text",
        cache_dir=tmp_path / "cache",
    )


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("ACCOUNTS", "database+oracle", "'oracle'"),
        ("KNOWLEDGE", "/no/such/folder", "the folder that holds faq/ and docs/"),
        ("PUBLIC_URL", "help.example.com", "such as https://"),
        ("LOG_FORMAT", "xml", "json or text"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named_with_its_mend(
    name: str, value: str, mend: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({f"SUPPORTBOT_{name}": value}, None)

    assert f"SUPPORTBOT_{name}" in str(caught.value)
    assert mend in str(caught.value)


def test_an_env_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"SUPPORTBOT_ENCODER=\xff\xfe")

    with pytest.raises(ConfigError, match=r"\.env cannot be read.*UTF-8"):
        read_settings({}, file)


def test_a_virtual_environment_called_env_is_no_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()

    assert read_settings({}, tmp_path / ".env").encoder is None


def test_a_misspelt_name_is_pointed_out_and_a_strange_one_is_not() -> None:
    environ = {
        "SUPPORTBOT_DATABSE_URL": "x",
        "SUPPORTBOT_FAVOURITE_COLOUR": "x",
        "DATABSE_URL": "x",
    }

    read = read_settings(environ, None)

    assert read.warnings == (
        "SUPPORTBOT_DATABSE_URL is not a setting; did you mean SUPPORTBOT_DATABASE_URL?",
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://bot:s3cret@db/bot", "postgresql://bot:***@db/bot"),
        ("postgresql://bot:s3/c@ret@db:5432/bot", "postgresql://bot:***@db:5432/bot"),
        (
            "postgresql://db/bot?user=bot&password=s3cret",
            "postgresql://db/bot?user=bot&password=***",
        ),
        ("sqlite:////data/bot.db", "sqlite:////data/bot.db"),
    ],
)
def test_secrets_are_masked_where_settings_are_shown(url: str, shown: str) -> None:
    rows = {row.name: row.shown for row in describe(Settings(url))}

    assert rows["SUPPORTBOT_DATABASE_URL"] == shown


def test_the_cache_is_in_the_users_cache_folder_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUPPORTBOT_CACHE_DIR", raising=False)
    by_default = cache_dir()
    monkeypatch.setenv("SUPPORTBOT_CACHE_DIR", str(tmp_path))

    assert by_default.name == "supportbot"
    assert cache_dir() == tmp_path
    assert cache_dir(Settings("sqlite://", cache_dir=tmp_path / "b")) == tmp_path / "b"


def test_reading_settings_loads_no_heavy_library(tmp_path: Path) -> None:
    script = (
        "import sys; from supportbot.settings import read_settings;"
        "read_settings({'SUPPORTBOT_DATABASE_URL': 'sqlite://'});"
        "heavy = {'dotenv', 'platformdirs', 'pydantic', 'sqlalchemy'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    root = Path(__file__).parent.parent

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.strip() == "[]"
