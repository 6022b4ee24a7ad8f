"""
Preparing a model to be quantised: what is large in its activations goes into its weights.

Quantised activations share one scale, and a few channels that are some forty times as large as
most leave these little but rounding.  Each input channel of a linear layer is divided by
a number, and its weights, which have scales of their own, are multiplied by it: the same result
before rounding (SmoothQuant, Xiao et al. 2023, arxiv.org/abs/2211.10438).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import torch

STRENGTH: Final = 0.8
"""How much of the difficulty goes into the weights: of 0.4 to 0.8 what strays least."""
LEAST: Final = 1e-4
"""What counts as the largest activation or weight of a channel that is hardly used."""


def smooth(model: Any, texts: Sequence[str]) -> None:  # noqa: ANN401 -- the class is in an extra
    """
    Rewrite the linear layers of ``model``, a SentenceTransformer, in place.

    How large the activations become is measured on ``texts``, a few hundred like those to come.
    """
    transformer = model[0].auto_model
    for name, largest in _largest_inputs(model, texts).items():
        parent, _, leaf = name.rpartition(".")
        linear = transformer.get_submodule(name)
        setattr(transformer.get_submodule(parent), leaf, _divided(linear, largest))


def _largest_inputs(model: Any, texts: Sequence[str]) -> "dict[str, torch.Tensor]":  # noqa: ANN401
    """Return, for each linear layer in use, the largest magnitude of each input channel."""
    import torch

    found: dict[str, torch.Tensor] = {}

    def watch(name: str, linear: torch.nn.Linear) -> Any:  # noqa: ANN401
        def measure(_: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> None:
            now = given[0].detach().abs().reshape(-1, linear.in_features).amax(dim=0)
            found[name] = torch.maximum(found.get(name, now), now)

        return linear.register_forward_pre_hook(measure)

    linears = [
        (name, part)
        for name, part in model[0].auto_model.named_modules()
        if isinstance(part, torch.nn.Linear)
    ]
    hooks = [watch(name, linear) for name, linear in linears]
    try:
        model.encode(list(texts), show_progress_bar=False)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _divided(linear: "torch.nn.Linear", largest: "torch.Tensor") -> "torch.nn.Module":
    import torch

    class Divided(torch.nn.Module):
        def __init__(self, factors: torch.Tensor) -> None:
            super().__init__()
            self.linear = linear
            self.inverse = torch.nn.Parameter(1 / factors, requires_grad=False)

        def forward(self, given: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = self.linear(given * self.inverse)
            return result

    with torch.no_grad():
        weights = linear.weight.abs().amax(dim=0).clamp(min=LEAST)
        factors = largest.clamp(min=LEAST) ** STRENGTH / weights ** (1 - STRENGTH)
        linear.weight.mul_(factors)
    return Divided(factors)
