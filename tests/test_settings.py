"""Settings come from the environment and a .env file, and say what is wrong with them."""

import subprocess
import sys
from pathlib import Path

import pytest

from supportbot.errors import ConfigError
from supportbot.settings import Settings, cache_dir, describe, read_settings
from supportbot.source_settings import SourceSettings


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    read = read_settings({}, tmp_path / ".env")

    assert read.database_url.startswith("sqlite:////")
    assert read.database_url.endswith("/supportbot/supportbot.db")
    assert read.sources == SourceSettings()
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
    origins = {row.name: row.origin for row in describe(read)}
    assert origins.pop("SUPPORTBOT_ENCODER") == "environment"
    assert origins.pop("SUPPORTBOT_LOG_FORMAT") == ".env"
    assert set(origins.values()) == {"default"}


def test_every_setting_is_read(tmp_path: Path) -> None:
    read = read_settings(
        {
            "SUPPORTBOT_DATABASE_URL": "sqlite:////data/bot.db",
            "SUPPORTBOT_ACCOUNTS": "Http + Stripe",
            "SUPPORTBOT_ACCOUNTS_DATABASE_URL": "postgresql://reader@db/platform",
            "SUPPORTBOT_ACCOUNTS_MAPPING": str(tmp_path / "accounts.toml"),
            "SUPPORTBOT_ACCOUNTS_URL": "https://billing.internal/accounts",
            "SUPPORTBOT_ACCOUNTS_TOKEN": "t0ken",
            "SUPPORTBOT_ACCOUNTS_CACHE_SECONDS": "30",
            "SUPPORTBOT_PRIVATE_HOSTS": "billing.internal, lago.internal",
            "SUPPORTBOT_STRIPE_API_KEY": "rk_live_1",
            "SUPPORTBOT_STRIPE_API_BASE": "http://localhost:1",
            "SUPPORTBOT_STRIPE_ACCOUNT_METADATA": "org",
            "SUPPORTBOT_LAGO_API_KEY": "lago_1",
            "SUPPORTBOT_LAGO_API_URL": "https://lago.internal/api/v1",
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
        sources=SourceSettings(
            names=("http", "stripe"),
            database_url="postgresql://reader@db/platform",
            mapping=tmp_path / "accounts.toml",
            url="https://billing.internal/accounts",
            token="t0ken",  # noqa: S106 -- of nothing
            private_hosts=("billing.internal", "lago.internal"),
            cache_seconds=30,
            stripe_api_key="rk_live_1",
            stripe_api_base="http://localhost:1",
            stripe_account_metadata="org",
            lago_api_key="lago_1",
            lago_api_url="https://lago.internal/api/v1",
        ),
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
        ("ACCOUNTS", "stripe+stripe", "name each once"),
        ("ACCOUNTS_CACHE_SECONDS", "61", "from 0 to 60"),
        ("ACCOUNTS_CACHE_SECONDS", "soon", "from 0 to 60"),
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


def test_keys_and_tokens_are_masked_to_their_ends() -> None:
    read = read_settings(
        {
            "SUPPORTBOT_STRIPE_API_KEY": "rk_live_0123456789abcdef",
            "SUPPORTBOT_LAGO_API_KEY": "short",
            "SUPPORTBOT_ACCOUNTS_URL": "https://me:s3cret@billing.example.com",
        },
        None,
    )
    rows = {row.name: row.shown for row in describe(read)}

    assert rows["SUPPORTBOT_STRIPE_API_KEY"] == "***cdef"
    assert rows["SUPPORTBOT_LAGO_API_KEY"] == "***"
    assert "s3cret" not in rows["SUPPORTBOT_ACCOUNTS_URL"]


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
