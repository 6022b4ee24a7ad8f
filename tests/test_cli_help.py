"""Every command explains itself, and wrong usage gets one plain sentence."""

import os
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer

from supportbot.cli import MODULES, app
from tests.running import ROOT, command, environment, program, supportbot

PUBLIC = {
    "ask", "chat", "diagnose", "draft", "accounts import", "accounts list", "accounts show",
    "knowledge check", "knowledge ingest", "knowledge search", "knowledge facts",
    "encoder build", "doctor",
}  # fmt: skip


def commands() -> list[str]:
    """Return every command that can be typed, groups left out."""
    root = typer.main.get_command(app)
    return sorted(_below(root, typer.Context(root, info_name=""), ""))


def _below(command: Any, context: Any, path: str) -> Iterator[str]:
    if not hasattr(command, "list_commands"):
        yield path.strip()
        return
    for name in command.list_commands(context):
        yield from _below(command.get_command(context, name), context, f"{path} {name}")


def test_every_public_command_is_there() -> None:
    assert set(commands()) >= PUBLIC


@pytest.mark.parametrize("path", commands())
def test_every_command_has_help_with_an_example(path: str) -> None:
    ran = supportbot(*path.split(), "--help")

    assert ran.code == 0
    assert f"Example: supportbot {path}" in " ".join(ran.out.split())


def test_the_help_of_all_lists_every_command_in_a_line_of_its_own() -> None:
    for arguments in ((), ("--help",)):
        ran = supportbot(*arguments)

        assert ran.code == 0
        assert "Example: supportbot ask" in ran.out
        for name in MODULES:
            assert f"\n  {name} " in ran.out


def test_the_version_is_the_package_s() -> None:
    assert supportbot("--version").out == f"supportbot {version('supportbot')}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("aks",), "No such command 'aks'. Did you mean 'ask'? `supportbot --help` shows"),
        (("ask", "hi", "--foo"), "No such option: --foo. `supportbot ask --help` shows"),
        (("accounts", "show"), "Missing argument 'ID'. `supportbot accounts show --help` shows"),
        (("accounts",), "Missing command. `supportbot accounts --help` shows"),
        (("encoder", "build", "--model", "x"), "--model needs --output, so that"),
    ],
)
def test_wrong_usage_is_one_plain_sentence(arguments: tuple[str, ...], said: str) -> None:
    ran = supportbot(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1


def test_a_wrong_setting_is_exit_code_2() -> None:
    ran = program("ask", "hello", DATABASE_URL="mysql://root@localhost/x")

    assert ran.code == 2
    assert ran.err.startswith("SUPPORTBOT_DATABASE_URL is not an address that can be used")
    assert "Traceback" not in ran.err


def test_a_database_that_cannot_be_made_is_exit_code_1() -> None:
    ran = program("ask", "hello", DATABASE_URL=f"sqlite:////proc/{os.getpid()}/no/x.db")

    assert (ran.code, ran.out) == (1, "")
    assert "cannot be opened" in ran.err
    assert "Traceback" not in ran.err


def test_output_that_cannot_be_written_is_said_so() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(("accounts", "list", "--demo")),
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | environment({}),
            cwd=ROOT,
        )

    assert done.returncode == 1
    assert done.stderr == b"This failed: No space left on device.\n"


def test_help_needs_neither_the_database_nor_the_encoder() -> None:
    ran = program("--help", variables={"PYTHONPROFILEIMPORTTIME": "1"})

    for heavy in ("sqlalchemy", "numpy", "onnxruntime", "rich", "sklearn"):
        assert f"| {heavy}\n" not in ran.err
        assert f" {heavy}\n" not in ran.err


def test_bash_can_complete_the_commands() -> None:
    ran = program(
        variables={
            "_SUPPORTBOT_COMPLETE": "complete_bash",
            "COMP_WORDS": "supportbot dia",
            "COMP_CWORD": "1",
        }
    )

    assert "diagnose" in ran.out
