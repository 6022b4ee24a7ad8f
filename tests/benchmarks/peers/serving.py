"""
The peer's side of the talk: runs one peer's script and answers JSON lines.

    {"learn": "lesson.jsonl", "kept": "a folder"}   -> {}
    {"load": "a folder"}                            -> {}
    {"ask": "a question"}                           -> {"label": "…" or null, "seconds", "cpu"}

A script has ``learn(examples, kept)``, which learns and leaves what it learnt in the folder
``kept``, and ``load(kept)``, which returns the function that answers: a label, or None for "I do
not know".  An example has ``text`` and ``label``.

This runs in the peer's environment, so the standard library is all that it may import.
"""

import json
import os
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

Answer = Callable[[str], str | None]


def main() -> None:
    """Serve until the input ends."""
    replies = _own_output()
    script = runpy.run_path(sys.argv[1])
    answer: Answer = _nothing
    for message in _messages():
        reply: dict[str, object] = {}
        if "learn" in message:
            script["learn"](_examples(Path(message["learn"])), Path(message["kept"]))
        elif "load" in message:
            answer = script["load"](Path(message["load"]))
        else:
            reply = _timed(answer, message["ask"])
        print(json.dumps(reply), file=replies, flush=True)


def _own_output() -> TextIO:
    """Keep the pipe to ourselves: what libraries print goes to standard error."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _messages() -> Iterator[dict[str, str]]:
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    return map(json.loads, sys.stdin)


def _examples(lesson: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in lesson.read_text(encoding="utf-8").split("\n") if line]


def _timed(answer: Answer, text: str) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    label = answer(text)
    spent = time.process_time() - cpu
    return {"label": label, "seconds": time.perf_counter() - wall, "cpu": spent}


def _nothing(text: str) -> str | None:
    raise RuntimeError(f"Asked {text!r} before anything was loaded.")


if __name__ == "__main__":
    main()
