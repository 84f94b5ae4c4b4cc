"""The learner `finetune`: a small pretrained image network whose last blocks go on learning, for image classes."""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

import numpy as np

from shisaku.errors import MachineError, RecipeError
from shisaku.learn.command.fitting import FittedProgram, Order, fit_program
from shisaku.learn.command.program import Program
from shisaku.learn.examples import Examples, Features
from shisaku.learn.learner import Answers
from shisaku.message import say

Start = Literal["imagenet", "random"]
STARTS: tuple[Start, ...] = get_args(Start)
STAGES: Final = 18  # of EfficientNet-Lite0: the stem, 16 blocks and the last convolution
STRIDE: Final = 32
# The program is a stranger to this floor: it is reached as a user's would be, through files.
PROGRAM: Final = ("{python}", "-P", "-m", "shisaku.models.finetune")
SEEN: Final = ("SHISAKU_CACHE", "SHISAKU_MODEL_EFFICIENTNET_LITE0")


@dataclass(frozen=True, slots=True)
class FineTune:
    """EfficientNet-Lite0 (Tan and Le 2019) under a new linear head, by `steps` steps of Adam on `batch` images each.

    Beside the head the last `last` of the network's 18 stages learn (the stem, 16 blocks, the last convolution); with
    0 it stays as ImageNet left it. From the start ``random`` every stage learns, under batch normalisation: a network
    without pretraining. Either way steps, batches, image size and seeds are the same. The head learns with `rate`,
    stages with `base_rate`, which from random numbers wants to be ten times as large; both fall to 0 along half a
    cosine. Images come from the part `media`, `size` pixels a side; a batch draws each with a chance proportional to
    its weight. Nothing is augmented. It needs the extra ``torch`` and runs on the processor.
    """

    start: Start = "imagenet"
    last: int = 3
    steps: int = 120
    batch: int = 16
    rate: float = 0.01
    base_rate: float = 3e-4
    size: int = 224
    media: str = "image"
    timeout: float = 3600.0
    threads: int = 1

    answers: ClassVar[Answers] = "classes"
    staged: ClassVar[bool] = False

    def __post_init__(self) -> None:
        rates = all(math.isfinite(one) and one > 0 for one in (self.rate, self.base_rate, self.timeout))
        sizes = self.size >= STRIDE and self.size % STRIDE == 0 and 0 <= self.last <= STAGES
        counts = min(self.steps, self.batch, self.threads) >= 1
        if not (rates and sizes and counts and self.start in STARTS and self.media):
            raise RecipeError(
                say("The learner finetune starts from {known}, takes 0 to {n} last stages, rates and timeout > 0, "
                    "steps, batch and threads >= 1, a part as media, and a size that is a multiple of {stride}",
                    known=", ".join(STARTS), n=STAGES, stride=STRIDE),
                where=f"learner: {self}",
            )  # fmt: skip

    def prepared(self, x: Features) -> tuple[FineTune, Features]:
        """Return rows as they are: it looks at images."""
        return self, x

    def fit(self, train: Examples, val: Examples | None, rng: np.random.Generator) -> FittedProgram:
        """Train on the images of `train`; `val` chooses nothing here.

        Raises MachineError without the extra or the weights, DataError where training fails.
        """
        if importlib.util.find_spec("torch") is None:
            raise MachineError(
                say("The learner finetune needs {library}, which is not here", library="torch"),
                where="learner: finetune",
                next=say("Install the extra: pip install 'shisaku[torch]'"),
            )
        settings = {
            "start": self.start,
            "last": self.last,
            "batch": self.batch,
            "rate": self.rate,
            "base_rate": self.base_rate,
            "size": self.size,
        }
        order = Order("classes", self.steps, settings=settings)
        program = Program(PROGRAM, self.timeout, self.threads, SEEN)
        return fit_program("finetune", program, order, train, val, rng)
