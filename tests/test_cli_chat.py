"""A conversation in the terminal."""

import os
import pty
import select
import subprocess
from pathlib import Path

from sqlalchemy import select as query

from supportbot.store.engine import open_engine
from supportbot.store.tables import turns
from tests.running import BALANCE, ROOT, command, environment, supportbot


def test_each_line_is_a_message_of_one_conversation_until_exit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'talk.db'}"

    ran = supportbot("chat", stdin=f"hello\n\n{BALANCE}\nexit\nnever\n", DATABASE_URL=url)

    assert ran.code == 0
    with open_engine(url).connect() as connection:
        rows = connection.execute(query(turns.c.conversation, turns.c.text)).all()
    assert [text for _, text in rows] == ["hello", BALANCE]
    assert len({conversation for conversation, _ in rows}) == 1


def test_the_account_is_spoken_of_and_what_can_be_asked_is_shown() -> None:
    ran = supportbot("chat", "--account", "willow", "--demo", stdin=f"{BALANCE}\n...\n \n")

    assert "your balance is -$42.10" in ran.out
    assert "Sources:\n[1] " in ran.out


def test_an_unknown_account_ends_the_chat_before_it_begins() -> None:
    ran = supportbot("chat", "--account", "nobody", "--demo", stdin="hello\n")

    assert ran.code == 1
    assert ran.out == ""
    assert "no account 'nobody'" in ran.err


def test_no_message_at_all_is_the_end() -> None:
    ran = supportbot("chat", "--demo")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_bytes_that_are_no_text_are_survived() -> None:
    ran = supportbot("chat", "--demo", stdin=b"\xff\xfe\x00 human please\n")

    assert ran.code == 0
    assert ran.out


def test_on_a_terminal_there_is_a_prompt_and_ctrl_d_ends() -> None:
    supportbot("ask", "hello", "--demo")  # so that nothing is to be learnt
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command(("chat", "--demo", "--account", "northwind")),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | environment({}) | {"TERM": "xterm"},
        cwd=ROOT,
    )
    os.close(theirs)
    try:
        shown = _read_until(ours, "> ")
        os.write(ours, f"{BALANCE}\n".encode())
        shown += _read_until(ours, "Sources:", "> ")
        os.write(ours, b"\x04")
        _read_until(ours, "\n")

        assert running.wait(30) == 0
    finally:
        running.kill()
        running.wait()
        os.close(ours)
    assert 'Ask about billing. Ctrl-D or "exit" ends.' in shown
    assert "\x1b[1m$150.00\x1b[0m" in shown


def _read_until(terminal: int, *ends: str) -> str:
    """Return what appears until all of ``ends`` have, in this order."""
    seen, place = b"", 0
    for end in map(str.encode, ends):
        while (found := seen.find(end, place)) < 0:
            ready, _, _ = select.select([terminal], [], [], 60)
            assert ready, f"{end!r} did not come after {seen!r}"
            seen += os.read(terminal, 4096)
        place = found + len(end)
    return seen.decode()
