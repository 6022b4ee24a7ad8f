"""
Everything that can go wrong, in one place.

    SupportbotError
    ├── ConfigError             a setting or an option is missing or makes no sense
    ├── InputError              a file that was handed in cannot be used; nothing was changed
    ├── ArticleError            a file under knowledge/ cannot be understood
    ├── EncoderUnavailable      the sentence encoder is missing or damaged
    ├── StoreUnavailable        the conversation store cannot be written
    └── AccountError
        ├── AccountNotFound     we asked, and there is no such account
        └── SourceUnavailable   we could not ask; trying again may help

``str(error)`` is for the operator.  Customers only ever see ``customer_message``.
"""


class SupportbotError(Exception):
    """Base class: catch this at the edge of a channel, and nowhere else."""

    customer_message = "Something went wrong on our side. A person can take it from here."


class ConfigError(SupportbotError):
    """A setting or an option is missing or makes no sense; names it and the mend."""


class InputError(SupportbotError):
    """A file that was handed in cannot be used; ``faults`` has a sentence for each place."""

    def __init__(self, summary: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((summary, *faults)))
        self.summary = summary
        self.faults = faults


class ArticleError(SupportbotError):
    """A knowledge file cannot be understood; names the file and the line."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class EncoderUnavailable(SupportbotError):
    """The sentence encoder is missing or damaged; matching goes on without it."""


class StoreUnavailable(SupportbotError):
    """The conversation store cannot be read or written."""


class AccountError(SupportbotError):
    """An account could not be had."""


class AccountNotFound(AccountError):
    """The source was asked and has no such account."""

    customer_message = "I could not find your account, so I will not guess."

    def __init__(self, account_id: str) -> None:
        super().__init__(
            f"There is no account {account_id!r}; `supportbot accounts list` shows those there are."
        )
        self.account_id = account_id


class SourceUnavailable(AccountError):
    """The source did not answer.  The same question may work later."""

    customer_message = "I could not read your account just now, so I will not guess."
