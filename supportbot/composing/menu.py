"""The facts by name, as `supportbot knowledge facts` lists them."""

from collections.abc import Mapping
from typing import Final

from supportbot.composing.account_facts import ACCOUNT_FACTS
from supportbot.composing.facts import PERSON_OFFER, FactEntry, person_offer
from supportbot.composing.item_facts import ITEM_FACTS

OFFER: Final = "offer.person"
_OFFER_ENTRY: Final = FactEntry(OFFER, "an offer to bring in a person", PERSON_OFFER, person_offer)
FACTS: Final[Mapping[str, FactEntry]] = {
    entry.name: entry for entry in (*ACCOUNT_FACTS, *ITEM_FACTS, _OFFER_ENTRY)
}
