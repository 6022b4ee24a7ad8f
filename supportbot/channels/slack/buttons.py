"""The buttons under an answer: thumbs, why a thumb went down, and a person."""

from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from supportbot.channels.slack import words
from supportbot.channels.slack.blocks import plain, reason_view
from supportbot.channels.slack.parts import Slack
from supportbot.store.handoffs import Feedback, Handoff, new_reference


def add_buttons(app: App, slack: Slack) -> None:
    """Listen for them."""

    @app.action("open_link")
    def link_opened(ack: Ack) -> None:
        """The button leads away by itself; Slack wants to be thanked for telling."""
        ack()

    @app.action("feedback")
    def rated(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        word, _, answer_id = str(body["actions"][0].get("value")).partition(" ")
        slack.handoffs.rate(Feedback(answer_id, word == "good", datetime.now(UTC)))
        if word == "bad":
            view = reason_view(answer_id, words.REASONS)
            client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("feedback_reason")
    def reasoned(ack: Ack, view: dict[str, Any]) -> None:
        ack()
        chosen = view["state"]["values"]["reason"]["reason"].get("selected_option") or {}
        reason = chosen.get("value")
        slack.handoffs.rate(Feedback(view["private_metadata"], False, datetime.now(UTC), reason))

    @app.action("person")
    def person(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        conversation = str(body["actions"][0].get("value"))
        owner = slack.turns.owner(conversation)
        if owner is None:
            return
        reason = slack.turns.reason_now(conversation)
        kept = slack.handoffs.hand_over(
            Handoff(conversation, new_reference(), *owner, reason, datetime.now(UTC))
        )
        text = words.PERSON.format(reference=kept.reference)
        respond(text=text, blocks=plain(text), response_type="ephemeral", replace_original=False)
