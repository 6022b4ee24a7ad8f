"""The "When" phrases by their words, as `supportbot knowledge facts` lists them."""

from collections.abc import Mapping
from typing import Final

from supportbot.composing.conditions import Condition, cause_conditions
from supportbot.composing.invoices import invoice_conditions
from supportbot.composing.paying import paying_conditions
from supportbot.composing.situations import situation_conditions

PHRASES: Final[Mapping[str, Condition]] = {
    condition.phrase: condition
    for condition in (
        *cause_conditions(),
        *situation_conditions(),
        *invoice_conditions(),
        *paying_conditions(),
    )
}
