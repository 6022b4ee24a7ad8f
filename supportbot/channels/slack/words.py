"""What the bot says of itself in Slack."""

from typing import Final

LINK: Final = (
    "Link your account so that I can answer about it. The link works once, for ten minutes, and "
    "only for you: do not pass it on."
)
NO_LINK_PAGE: Final = "Accounts cannot be linked here yet; your administrator can link yours."
LINKED: Final = "You are linked to the account {account}. `/billing unlink` ends that."
NOT_LINKED: Final = (
    "You are not linked to an account, so I answer from the documentation. `/billing link` links "
    "you."
)
UNLINKED: Final = "You are no longer linked to an account."
STRANGER: Final = "I can link only full members of this workspace to an account."
HELP: Final = (
    "Ask me about billing: `/billing do my credits expire?`, in a direct message, or by "
    "mentioning me.\n\n- `/billing link` links your account\n- `/billing unlink` ends that\n"
    "- `/billing status` says whether you are linked"
)
ONLY_YOU: Final = "Only you can see this. What is to last, ask me in a direct message."
PERSON: Final = (
    "A person will read this thread and reply. Until they are done I stay silent here. Your "
    "reference: {reference}"
)
STOPPED: Final = "Stopped: I did not answer that. Ask again whenever you like."
BUSY: Final = "I cannot answer just now. Please ask again in a minute."
HOME: Final = (
    "I answer billing questions from the documentation and, once you are linked, from your own "
    "account. Every figure has its source beside it. When I do not know, I bring in a person."
)
TRY: Final = "Try one of these in the Messages tab:"
PROMPTS: Final = (
    "What is my balance?",
    "Why do my API calls fail although I have credits?",
    "Do my credits expire?",
    "Is my card a prepaid card?",
)
RECENT: Final = "What you asked lately:"
NO_AGENT: Final = (
    "Only support agents can draft replies here. Your administrator can make you one with "
    "`supportbot slack agent`."
)
PREPARING: Final = "Preparing…"
FOR_YOU_ALONE: Final = (
    "*From the account {account}, for you alone: where others can read, tell none of it.*"
)
ALL_CAN_READ: Final = "Your reply: everybody in the channel can read it"
FROM: Final = "from <@{user}>"
REASONS: Final = (
    "Not my question",
    "Not correct",
    "Hard to understand",
    "Something is missing",
)
