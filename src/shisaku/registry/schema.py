"""The shape of recipe YAML: which keys there are, of what type, in what range. What they mean is checked elsewhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


def _as_list(value: object) -> object:
    """Let a single stream be written without brackets."""
    return [value] if isinstance(value, str) else value


def _as_level(value: object) -> object:
    """Let a level without grants be written as its word."""
    return {"level": value} if isinstance(value, str) else value


def _as_numbers(value: object) -> object:
    """Let a known amount be written as a number."""
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value


def _rising(value: list[float]) -> list[float]:
    """Refuse a range whose numbers fall."""
    if value != sorted(value):
        raise PydanticCustomError("not_rising", "a range is [low, high] or [low, likely, high], rising")
    return value


def _not_counted(value: object) -> object:
    """Refuse a limit that nothing would hold."""
    raise PydanticCustomError("not_counted", "not counted yet")


Name = Annotated[str, Field(pattern=r"^[^\W\d_][\w.-]*$", max_length=120)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Streams = Annotated[list[Word], BeforeValidator(_as_list, json_schema_input_type=str | list[str]), Field(min_length=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Delta = Annotated[float, Field(ge=0, lt=1)]
Cosine = Annotated[float, Field(ge=0, le=1)]
Params = dict[str, Any]
Cost = Annotated[float, Field(ge=0)]
Range = Annotated[
    list[Cost],
    BeforeValidator(_as_numbers, json_schema_input_type=float | list[float]),
    Field(min_length=1, max_length=3),
    AfterValidator(_rising),
]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class SourceShape(_Shape):
    """`data`: a reader and its parameters, the use that its licence must allow, and where else its licence is said."""

    reader: Word
    params: Params = Field(default={}, alias="with")
    use: Literal["commercial", "research", "redistribution", "third-party"] = "commercial"
    atlas: str = Field(default="", alias="source", max_length=200)
    override: str = Field(default="", max_length=2000)


class SubsampleShape(_Shape):
    """`sample` of a step: it is asked of only `n` samples, spread over the values of the labels or facts `by`."""

    n: int = Field(ge=1)
    by: Annotated[list[Word], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = []


class WantShape(_Shape):
    """`want` of a step: how many of each class (or of each sample) it is to make."""

    n: int = Field(ge=1, le=1_000_000)
    label: str = ""
    with_real: bool = True


class FreshShape(_Shape):
    """`fresh` of a step: a Metric that finds copies of what is there already."""

    op: Word
    params: Params = Field(default={}, alias="with")


class EnoughShape(_Shape):
    """`enough` of a step: it ends when a round adds less than this share of different things."""

    op: Word
    params: Params = Field(default={}, alias="with")
    gain: float = Field(default=0.01, ge=0, le=1)


class StepShape(_Shape):
    """One entry of `steps`."""

    name: Name
    op: Word
    source: Streams = Field(alias="from")
    params: Params = Field(default={}, alias="with")
    pool: str = ""
    reference: str = ""
    rounds: int = Field(default=1, ge=1, le=1000)
    sample: SubsampleShape | None = None
    want: WantShape | None = None
    fresh: FreshShape | None = None
    enough: EnoughShape | None = None


class RuleShape(_Shape):
    """One entry of `rules`."""

    metric: Word
    minimum: float | None = Field(default=None, alias="min", ge=0, le=1)
    top: Share | None = None
    maximum: float | None = Field(default=None, alias="max", ge=0, le=1)
    bottom: Share | None = None


class KeepShape(_Shape):
    """One entry of `keep`."""

    name: Name
    source: Word = Field(alias="of")
    rules: list[RuleShape] = Field(min_length=1)


class GateShape(_Shape):
    """One entry of `gate`."""

    judge: Word
    issues: float | None = Field(default=None, ge=0, le=1)
    above_real: float | None = Field(default=None, ge=0, le=1)
    failing: float | None = Field(default=None, ge=0, le=1)
    least: float | None = None
    most: float | None = None


class FeatureShape(_Shape):
    """An op that writes an embedding."""

    op: Word
    params: Params = Field(default={}, alias="with")


class GroupingShape(_Shape):
    """Which real items count as the same thing."""

    near: Cosine = 0.90
    near_with_word: Cosine = 0.0
    text: str = ""
    chain: Cosine = 0.0


class SpeakersShape(_Shape):
    """Whose voices the items of a fixed test set are."""

    part: Word
    near: Cosine = 0.65
    least: int = Field(default=6, ge=2)


class DomainShape(_Shape):
    """One entry of `domains`."""

    name: Name
    kind: Literal["resplit", "derived", "external"]
    stream: str = ""
    validate_: str = Field(default="", alias="validate")
    delta_gain: Delta = 0.02
    delta_safe: Delta = 0.02
    speakers: SpeakersShape | None = None
    spoil: dict[Word, Annotated[float, Field(ge=0, le=100)] | Literal["missing", "swapped"]] = {}
    shows: Literal["", "generalisation", "task", "fit"] = ""
    degrades: str = ""


class ArmKeepShape(_Shape):
    """The gate of an arm."""

    metric: Word
    top: Share | None = None
    params: Params = Field(default={}, alias="with")
    bottom: Share | None = None


class DrawShape(_Shape):
    """A random part of an arm's made items."""

    by: Word
    n: int = Field(ge=1)


class LossShape(_Shape):
    """How much an arm heeds each made item."""

    confidence: ArmKeepShape | None = None
    soften: float = Field(default=0.0, ge=0, le=1)
    robust: float = Field(default=0.0, ge=0, le=1)
    curriculum: float = Field(default=0.0, ge=0, lt=1)


class ArmShape(_Shape):
    """One entry of `arms`."""

    name: Name
    oversample: int = Field(default=0, ge=0, le=10_000)
    add: str = ""
    rows: str = ""
    weights: list[Annotated[float, Field(gt=0)]] = Field(default=[1.0], min_length=1)
    shuffle: bool = False
    more_real: int = Field(default=1, ge=1, le=10_000)
    scores: FeatureShape | None = None
    keep: ArmKeepShape | None = None
    random_keep: Share | None = None
    draw: DrawShape | None = None
    plant: float = Field(default=0.0, ge=0, lt=1)
    choose: list[Word] = []
    ratio: float | None = Field(default=None, gt=0, le=10_000)
    alone: bool = False
    nearest: int = Field(default=0, ge=0, le=10_000)
    views: list[Word] = []
    loss: LossShape = LossShape()
    buy: Literal["", "labels", "repairs", "made"] = ""
    learner: Params = {}


class LooksShape(_Shape):
    """How often these test items were looked at before, and which of how many planned looks this is."""

    taken: int = Field(default=0, ge=0)
    note: str = ""
    this: int = Field(default=1, ge=1, le=1000)
    planned: int = Field(default=1, ge=1, le=1000)
    spending: Literal["obrien_fleming", "pocock", "equal"] = "obrien_fleming"


class KpiShape(_Shape):
    """What answers cost where they are used, how often they are given, and what was invested."""

    cost_per_error: float = Field(default=1.0, ge=0)
    items_per_year: float = Field(default=1000.0, ge=0)
    currency: Word = "units"
    illustrative: bool = True
    costs: dict[Word, dict[Word, Range]] = {}
    review: Range | None = None
    prevalence: dict[Word, Annotated[float, Field(ge=0, le=1)]] = {}
    positive: str = Field(default="", max_length=200)
    recall: Share = 0.95
    target_error: float = Field(default=0.0, ge=0, lt=1)
    minutes: dict[Literal["review", "false_alarm", "miss"], Cost] = {}
    investment: dict[Literal["data", "labels", "synthesis", "checking", "integration"], Range] = {}
    yearly: dict[Literal["compute", "maintenance"], Range] = {}
    years: int = Field(default=3, ge=1, le=50)
    discount: float = Field(default=0.05, gt=-1, le=1)
    lot: str = Field(default="", max_length=200)


class RequirementShape(_Shape):
    """One entry of `requires`."""

    metric: str = ""
    issues: float | None = Field(default=None, ge=0, le=1)
    least: float | None = None
    most: float | None = None
    kpi: bool = False


class StudyShape(_Shape):
    """One entry of `studies`."""

    name: Name
    label: Word
    real: Word
    feature: FeatureShape
    grouping: GroupingShape = GroupingShape()
    shots: list[Annotated[int, Field(ge=0)]] = Field(default=[0], min_length=1)
    splits: int = Field(default=20, ge=2, le=10_000)
    split_seed: int = Field(default=0, ge=0)
    test_share: float = Field(default=0.4, gt=0, lt=1)
    folds: int = Field(default=3, ge=2, le=100)
    learner: Params = {}
    metric: Literal["balanced_accuracy", "accuracy"] = "balanced_accuracy"
    train: Literal["real", "made"] = "real"
    target: FeatureShape | None = None
    found_in: int = Field(default=10, ge=1)
    alpha: float = Field(default=0.05, gt=0, le=0.5)
    domains: list[DomainShape] = Field(min_length=1, max_length=100)
    primary: Word
    deploy: list[Word] = []
    arms: list[ArmShape] = Field(min_length=1, max_length=100)
    comparators: list[Word] = Field(default=["real"], min_length=1)
    contrasts: list[Word] = []
    against: dict[Word, Word] = {}
    assumed_sd: float = Field(default=0.05, gt=0)
    assumed_item_sd: float = Field(default=0.2, gt=0)
    expected_gain: float = Field(default=0.15, gt=0, lt=1)
    looks: LooksShape = LooksShape()
    kpi: KpiShape = KpiShape()
    requires: list[RequirementShape] = Field(default=[], max_length=100)
    views: dict[Name, FeatureShape] = {}
    tune: dict[Word, Annotated[list[Any], Field(min_length=1, max_length=1000)]] = {}
    trials: int = Field(default=0, ge=0, le=10_000)
    inits: int = Field(default=1, ge=1, le=100)
    val_share: float = Field(default=0.0, ge=0, lt=1)
    prices: dict[Literal["label", "repair", "made"], Annotated[float, Field(gt=0)]] = {}
    budget: float = Field(default=0.0, ge=0)
    label_noise: float = Field(default=0.0, ge=0, lt=1)
    layers: list[Word] = Field(default=[], max_length=100)
    slices: list[Word] = Field(default=[], max_length=20)
    meter: bool = False


class PolicyShape(_Shape):
    """`policy`: what may leave, to which models, which parts, for what; what is not named is denied."""

    level: Literal["on-prem", "made", "anonymised", "raw"] = "on-prem"
    models: list[Word] = []
    fields: list[Word] = []
    purposes: list[Word] = []
    redacted: list[Word] = []
    consents: list[Word] = []


class PricesShape(_Shape):
    """What an endpoint charges: per million tokens or characters, per image, minute of sound and call."""

    tokens_in: float = Field(default=0.0, ge=0)
    tokens_out: float = Field(default=0.0, ge=0)
    image: float = Field(default=0.0, ge=0)
    audio_minute: float = Field(default=0.0, ge=0)
    characters: float = Field(default=0.0, ge=0)
    call: float = Field(default=0.0, ge=0)
    currency: Word = "USD"


class BackEndShape(_Shape):
    """One entry of `models`: what stands behind a name that ops are given as their `model`."""

    way: Literal["embedded", "openai", "torch", "native"]
    model: str = ""
    params: Params = Field(default={}, alias="with")
    url: str = Field(default="", pattern=r"^(https?://[^\s@]+)?$")
    key_env: str = Field(default="", pattern=r"^[A-Za-z_]*[A-Za-z0-9_]*$")
    premises: bool = False
    concurrency: int = Field(default=8, ge=1, le=1024)
    rpm: int = Field(default=0, ge=0)
    tpm: int = Field(default=0, ge=0)
    timeout: float = Field(default=120.0, gt=0, le=86_400)
    attempts: int = Field(default=6, ge=1, le=100)
    idempotent: bool = False
    prices: PricesShape = PricesShape()


class BudgetShape(_Shape):
    """`budget`: upper limits of a run; it stops before one is passed. `gpu_hours` are of models in local folders."""

    money: float | None = Field(default=None, ge=0)
    currency: Word = "USD"
    tokens: int | None = Field(default=None, ge=0)
    calls: int | None = Field(default=None, ge=0)
    minutes: float | None = Field(default=None, ge=0)
    gpu_hours: float | None = Field(default=None, ge=0)
    reviewer_minutes: Annotated[None, BeforeValidator(_not_counted)] = Field(default=None, exclude=True)


class RecipeShape(_Shape):
    """A whole recipe."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    name: Name
    title: dict[str, str] = {}
    seed: int = Field(default=0, ge=0)
    policy: Annotated[PolicyShape, BeforeValidator(_as_level, json_schema_input_type=str | PolicyShape)] = PolicyShape()
    models: dict[Name, BackEndShape] = Field(default={}, max_length=100)
    budget: BudgetShape = BudgetShape()
    data: SourceShape
    select: dict[Name, dict[str, str]] = {}
    steps: list[StepShape] = Field(default=[], max_length=1000)
    keep: list[KeepShape] = Field(default=[], max_length=1000)
    gate: list[GateShape] = Field(default=[], max_length=100)
    studies: list[StudyShape] = Field(default=[], max_length=100)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of recipe YAML, for editors that complete and check while typing."""
    schema = RecipeShape.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "shisaku recipe"}
