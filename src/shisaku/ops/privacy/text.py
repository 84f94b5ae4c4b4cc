"""Personal data in texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.privacy.hit import known_kinds
from shisaku.ops.privacy.rules import Piece, pieces
from shisaku.ops.privacy.told import findings, scored
from shisaku.ops.reading import text_of

MOST = 1000


@dataclass(frozen=True)
class Text(Metric):
    """Score a text by the personal data that rules find in it, English and Japanese: 1 for none, 1 / (1 + pieces).

    Found are e-mail addresses, phone numbers (Japan, North America, any with a country code of E.164, others behind a
    word), postal codes, addresses with a house number (Japan: prefecture, city, number; English: number and kind of
    street), payment cards (ISO/IEC 7812 issuer and Luhn digit), My Number (check digit of ordinance 85 of 2014), IBAN
    (ISO 13616), US social security numbers, bank accounts, IP addresses that the whole net can reach, web addresses
    that name a person, dates of birth, number plates, and names: English ones behind a title or a cue, or a common
    given name (census of the United States, 1990) before a surname; Japanese ones in forms, and with the extra ``ja``
    those of Janome's dictionary beside an honorific or before a given name. A number whose check digits are wrong is
    never called, nor one without check digits where no word says what it is. `kinds` limits it to some of them.
    `raw` is the number of pieces; more than `most` are an issue. What is told is masked: nothing is repeated in full.

    What it finds: planted into 785 real captions, each beside a decoy (part numbers, prices, dates, versions, wrong
    check digits), n = 157 of each kind: written as usual or behind a cue, every e-mail address, phone number, address,
    IBAN, US number, account, date of birth, plate, name and card, and 98 % of My Numbers without a cue; full-width and
    dotted forms of e-mail addresses, phone numbers and Japanese addresses too. False alarms 2.5 % of English (18 of 20
    a firm that bears a person's name) and 0.1 % of Japanese captions; none in 2708 prompts in five languages. Not
    found: numbers in words, "name [at] host", dotted numbers of cards and IBAN, a name alone (given name 41 % only
    where the next word is in capitals, unusual given name 2 %, Japanese full name without a cue 12 %), a house number
    without its city.
    When it hurts: it knows formats, not people. A name without a cue, a nickname, a handle, an address in another
    style or language, numbers written in words, and what identifies somebody by the story told are missed; a part
    number shaped like a phone number is called. A clean result is no proof of absence.

    Example::

        - {name: personal_data, op: privacy.text, from: data, with: {text: caption}}
    """

    name: ClassVar[str] = "privacy.text"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"most"})

    text: str = "text"
    kinds: tuple[str, ...] = ()
    most: int = 0

    def __post_init__(self) -> None:
        part_names(text=self.text)
        object.__setattr__(self, "kinds", known_kinds(self.kinds))
        within("most", self.most, 0, MOST)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [(kind, masked piece), ...]."""
        return dict(measurable(batch, self._pieces))

    def _pieces(self, sample: Sample) -> list[Piece]:
        text = text_of(sample, self.text, may_be_empty=True)
        return pieces(text, sample.parts[self.text].lang, self.kinds)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        return scored(state, self.name, self.text, self.most)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per kind of personal data, with its count."""
        return findings(state, self.name, self.text)
