"""How long after a helpdesk's call the private note is there."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from supportbot.bot import Bot
from supportbot.channels.helpdesks import Notes, open_desks
from supportbot.settings import read_settings
from supportbot.store.desk_queue import DeskQueue
from supportbot.store.drafts import DraftStore
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade
from supportbot.wiring import open_backends, open_bot
from tests.api import api_of
from tests.fault_server import FaultServer
from tests.test_helpdesks import Desk, FakeZendesk, settings

MESSAGES = 50


def seconds_to_notes(bot: Bot, folder: Path) -> list[float]:
    """Let a customer write again and again, and wait for each note; over real HTTP both ways."""
    fake = FakeZendesk()
    server = FaultServer(fake)
    engine = open_engine(f"sqlite:///{folder / 'api.db'}")
    upgrade(engine)
    desks = open_desks(settings("zendesk", server.url))
    notes = Notes(desks, DeskQueue(engine), DraftStore(engine), lambda: bot, print)
    notes.start()
    taken = []
    with api_of(bot, folder, notes=notes) as api:
        desk = Desk("zendesk", fake, server, api, notes)
        for number in range(MESSAGES):
            desk.write("what is my balance?")
            before, begun = len(desk.written()[1]), time.perf_counter()
            desk.call(f"d-{number}")
            while len(desk.written()[1]) == before:
                time.sleep(0.002)
            taken.append(time.perf_counter() - begun)
            fake.comments.append({"author_id": 1, "public": True, "plain_body": "done"})
    notes.stop()
    server.close()
    return sorted(taken)


def main() -> int:
    backends = open_backends(read_settings({}, env_file=None), demo=True)
    with tempfile.TemporaryDirectory() as folder:
        taken = seconds_to_notes(open_bot(backends), Path(folder))
    backends.close()
    print(f"{len(taken)} notes: p50 {statistics.median(taken) * 1000:.0f} ms, "
          f"slowest {taken[-1] * 1000:.0f} ms")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
