"""What ``diagnose`` does: the diagnosis, told with the words of its article."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from supportbot.answer import Answer
from supportbot.cli.opening import opened
from supportbot.cli.printing import (
    picked,
    print_block,
    print_json,
    print_markdown,
    source_lines,
)
from supportbot.conversation import Context
from supportbot.diagnosis import Finding, Unchecked
from supportbot.diagnosis import diagnose as check
from supportbot.knowledge.library import Library
from supportbot.render import instant, to_json
from supportbot.reply import Question, Reading
from supportbot.replying import DIAGNOSED, reply_to
from supportbot.snapshot import Snapshot
from supportbot.understanding.matcher import Heard
from supportbot.wiring import open_library

ARTICLE: Final = "access-blocked"
TOLD: Final = ("text", "findings", "ruled_out", "unchecked", "citations", "degraded")


def print_diagnosis(account_id: str, at: datetime, *, as_json: bool, demo: bool) -> None:
    """
    Check every cause on the account and print the verdicts.

    Raises:
        AccountNotFound: there is no such account.
    """
    with opened(demo=demo) as backends:
        read = backends.accounts.load(account_id)
        answer = tell(read, open_library(backends.settings), at)
    account = read.account
    if as_json:
        identity = {"account": account.id, "as_of": instant(account.as_of), "at": instant(at)}
        print_json(identity | picked(to_json(answer), *TOLD))
        return
    diagnosis = check(account, at)
    print_markdown(answer.text)
    print_block("Sources:", source_lines(answer.citations))
    print_block("Found:", found_lines(diagnosis.findings))
    print_block("Ruled out:", [", ".join(diagnosis.ruled_out)] if diagnosis.ruled_out else [])
    print_block("Could not be checked:", unchecked_lines(diagnosis.unchecked))


def tell(read: Snapshot, library: Library, at: datetime) -> Answer:
    """Answer, for the operator, the question why access fails."""
    heard = Heard(ARTICLE, DIAGNOSED, 1.0, "")
    question = Question(heard, library.article(ARTICLE))
    reply = reply_to((question,), library.passages, Reading(read), at, Context(), "")
    return reply.signed("", "", at)


def found_lines(findings: Iterable[Finding]) -> list[str]:
    """Name each cause with its grade and the items of the record that show it."""
    return [f"- {finding.cause} ({', '.join(_grounds(finding))})" for finding in findings]


def _grounds(finding: Finding) -> list[str]:
    ids = (getattr(item, "id", None) for item in finding.items)
    return [finding.grade, *dict.fromkeys(each for each in ids if each)]


def unchecked_lines(unchecked: Iterable[Unchecked]) -> list[str]:
    """Name each cause with the parts of the record that were not read."""
    return [f"- {each.cause} (not read: {', '.join(each.parts)})" for each in unchecked]
