"""Words drawn row by row, each row from a seed of its own, so that no row hangs on its neighbours.

To the logits of each row Gumbel noise is added and the largest taken, which draws from exactly their softmax (Maddison
et al. 2014, arXiv 1411.0030). So the library decodes greedily and touches no global random state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SEEDS = 2**63


class RowSampling:
    """A logits processor: temperature, then the `top_k` likeliest, then those that make up `top_p`, then the draw."""

    def __init__(
        self, torch: Any, seeds: Sequence[int], temperature: float, top_p: float = 1.0, top_k: int = 0
    ) -> None:
        self._torch = torch
        self._rows = [generator(torch, seed) for seed in seeds]
        self._temperature, self._top_p, self._top_k = temperature, top_p, top_k

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return the scores [rows, words] with the noise in them."""
        torch = self._torch
        if not self._temperature:
            return scores
        scores = scores.float() / self._temperature
        if 0 < self._top_k < scores.shape[-1]:
            least = scores.topk(self._top_k, dim=-1).values[:, -1:]
            scores = scores.masked_fill(scores < least, -torch.inf)
        if self._top_p < 1:
            scores = self._nucleus(scores)
        # In double, as the largest draws decide, and single precision has no more than 24 bits next to 1.
        draws = [torch.rand(scores.shape[-1], generator=row, dtype=torch.float64) for row in self._rows]
        noise = [-(-draw.log()).float().log() for draw in draws]
        return scores + torch.stack(noise).to(scores.device)

    def _nucleus(self, scores: Any) -> Any:
        ordered, places = scores.sort(dim=-1, descending=True, stable=True)
        before = ordered.softmax(dim=-1).cumsum(dim=-1) - ordered.softmax(dim=-1)
        lost = (before >= self._top_p).scatter(-1, places, before >= self._top_p)
        return scores.masked_fill(lost, -self._torch.inf)


def generator(torch: Any, seed: int) -> Any:
    """Return a generator of the processor, whatever device computes: the same noise on every machine."""
    return torch.Generator("cpu").manual_seed(seed % SEEDS)
