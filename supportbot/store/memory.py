"""Conversations that end with the process: for the demo and for tests."""

from supportbot.conversation import Context, Turn


class MemoryConversations:
    """A ``Conversations`` that writes nothing anywhere."""

    def __init__(self) -> None:
        """Begin without any turn."""
        self._turns: dict[tuple[str, str], Turn] = {}

    def context(
        self, conversation: str, key: str, account: str | None, user: str | None
    ) -> Context:
        """Return what the message ``key`` may refer to."""
        before = Context()
        for turn in self.turns(conversation):
            if turn.key == key:
                break
            if (turn.account, turn.user) == (account, user):
                before = turn.context
        return before

    def append(self, turn: Turn) -> None:
        """Keep ``turn``; the same message again keeps its place."""
        self._turns[turn.conversation, turn.key] = turn

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """Return all turns of the conversation, the oldest first."""
        return tuple(turn for turn in self._turns.values() if turn.conversation == conversation)
