"""
Our matcher and its peers on the same questions, in one table; README.md says what is fair.

    python -m tests.benchmarks.peers --install txtai nlpjs
    python -m tests.benchmarks.peers --only ours txtai --set tests/questions/written.jsonl
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from supportbot.errors import SupportbotError
from supportbot.settings import read_settings
from supportbot.understanding.topics import Topic
from supportbot.wiring import open_library, topics_of
from tests.benchmarks.peers.catalogue import BY_NAME, Peer
from tests.benchmarks.peers.environments import CannotInstall, install, missing
from tests.benchmarks.peers.measuring import measure
from tests.benchmarks.peers.questions import QuestionSet, named, read_set, write_lesson
from tests.benchmarks.peers.table import Found, as_json, table
from tests.benchmarks.peers.talking import PeerFailed

WRITTEN = Path(__file__).parents[2] / "questions" / "written.jsonl"


def main() -> int:
    """Install what is asked for, or measure and print."""
    given = _arguments()
    if given.install:
        return _install([BY_NAME[name] for name in given.install])
    topics = topics_of(open_library(read_settings()))
    try:
        sets = [read_set(path, topics) for path in given.set]
    except (SupportbotError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    found = _measured([BY_NAME[name] for name in given.only], topics, sets, given)
    print(table(found))
    if given.json:
        given.json.write_text(json.dumps(as_json(found), indent=1), encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for option, default, use in (
        ("--only", list(BY_NAME), f"measure these alone: {', '.join(BY_NAME)}"),
        ("--install", [], "make the environment of these, and measure nothing"),
    ):
        parser.add_argument(
            option, nargs="+", choices=list(BY_NAME), default=default, metavar="NAME", help=use
        )
    parser.add_argument("--set", nargs="+", type=Path, default=[WRITTEN], metavar="FILE")
    parser.add_argument("--json", type=Path, metavar="OUT", help="every answer, too")
    parser.add_argument(
        "--label",
        choices=("intent", "topic"),
        default="topic",
        help="what peers tell apart: articles, as ours does (the default), or intents",
    )
    return parser.parse_args()


def _install(peers: Sequence[Peer]) -> int:
    faults = 0
    for peer in peers:
        try:
            install(peer)
        except CannotInstall as fault:
            print(fault, file=sys.stderr)
            faults += 1
    return 1 if faults else 0


def _measured(
    peers: Sequence[Peer],
    topics: Sequence[Topic],
    sets: Sequence[QuestionSet],
    given: argparse.Namespace,
) -> Mapping[str, Found]:
    intents = {named(topic, given.label): topic.intent for topic in topics}
    with tempfile.TemporaryDirectory() as folder:
        lesson = Path(folder) / "lesson.jsonl"
        examples = write_lesson(lesson, topics, given.label)
        machine = f"{platform.platform()}, {os.cpu_count()} cores, one thread each"
        print(f"{examples} examples of {len(intents)} {given.label}s; {machine}\n")
        return {peer.name: _found(peer, lesson, sets, intents) for peer in peers}


def _found(
    peer: Peer, lesson: Path, sets: Sequence[QuestionSet], intents: Mapping[str, str]
) -> Found:
    if mend := missing(peer):
        return f"skipped: {mend}"
    print(f"{peer.name} …", file=sys.stderr, flush=True)
    try:
        return measure(peer, lesson, sets, intents)
    except PeerFailed as fault:
        return f"failed: {fault}"


if __name__ == "__main__":
    sys.exit(main())
