"""What a reply is made from, and a reply before it has an identity.  Plain values."""

from dataclasses import dataclass
from datetime import datetime

from supportbot.account import Account, Role
from supportbot.answer import Answer, Citation, FindingNote, Handoff, Outcome, Understood
from supportbot.conversation import Context
from supportbot.knowledge.article import Article
from supportbot.snapshot import Snapshot
from supportbot.understanding.matcher import Heard


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What could be read of the asker's account.

    ``snapshot`` is None for an anonymous visitor, and when ``failed``; ``role`` is the asker's.
    """

    snapshot: Snapshot | None = None
    failed: bool = False
    sees_billing: bool = True
    role: Role | None = None

    @property
    def account(self) -> Account | None:
        """The record itself."""
        return self.snapshot.account if self.snapshot else None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that was understood, and the article that answers it."""

    heard: Heard
    article: Article


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer without its identity, and what the next message may refer to."""

    outcome: Outcome
    text: str
    context: Context
    intents: tuple[Understood, ...] = ()
    citations: tuple[Citation, ...] = ()
    findings: tuple[FindingNote, ...] = ()
    ruled_out: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    handoff: Handoff | None = None

    def signed(self, answer_id: str, conversation: str, asked_at: datetime) -> Answer:
        """Return the answer that this reply is, once it has an identity."""
        return Answer(
            id=answer_id,
            conversation=conversation,
            asked_at=asked_at,
            outcome=self.outcome,
            text=self.text,
            intents=self.intents,
            citations=self.citations,
            findings=self.findings,
            ruled_out=self.ruled_out,
            unchecked=self.unchecked,
            suggestions=self.suggestions,
            degraded=self.degraded,
            handoff=self.handoff,
        )
