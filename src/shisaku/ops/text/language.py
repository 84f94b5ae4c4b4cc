"""Whether a text is in the language it should be in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.ops.text.scripts import LATIN, script_counts, scripts_of

SHORT = 4  # letters: fewer are a DVD or a FAX in any language
OWN_SHARE = 0.2  # of the letters in a script of the language, under which the text is not in it
LEAST_VOTES = 3
OWN_SCRIPT = ("ko", "th", "el")
HAN = "zh"
KEPT = 8  # languages of which the probability is kept
SCRIPT_WORDS = {
    "ru": say("Cyrillic"),
    "ja": say("Japanese"),
    "zh": say("Chinese"),
    "ko": say("Korean"),
    "th": say("Thai"),
    "el": say("Greek"),
    LATIN: say("Latin"),
    "other": say("foreign"),
}


@dataclass(frozen=True)
class Language(Metric):
    """Score the probability that a text is in the language it should be in.

    That language is `expected`; where it is empty, the text's own tag; where it has none, the language of more than
    half of the texts that can tell (kana tell at any length). From `fewest` letters on py3langid says how probable
    the language is (naive Bayes over byte n-grams, Lui and Baldwin 2012; probabilities flattened by the root of the
    length), and below `issue_below` it is an issue. A text of 4 letters or more of which less than a fifth are in a
    script of that language is an issue at any length.
    `raw` is the probability.

    What it finds: sentences of another language. Between English, Spanish, French and Italian at 20 to 30 letters
    97 %, from 30 letters on 99 % (whole prompts of a telephone system in the place of those of another language);
    Russian among them always. Of 2,708 clean prompts in five languages it called 14 an issue, 13 of them rightly
    (notes in English between the others), and 2 of 1,570 captions in English and Japanese, both full of foreign
    names.
    When it hurts: below 20 letters py3langid is mostly wrong (8 of 10 single words), so that a short text in a
    foreign language of the same script passes. Near relatives (Bulgarian and Russian, Galician and Spanish, Malay
    and Indonesian) are not told apart. Names, code and numbers are in no language.

    Example::

        - {name: language, op: text.language, from: task}
    """

    name: ClassVar[str] = "text.language"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"expected", "fewest", "issue_below"})

    text: str = "caption"
    expected: str = ""
    fewest: int = 20
    issue_below: float = 0.05

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("fewest", self.fewest, 1, 10_000)
        within("issue_below", self.issue_below, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [tag, letters by script, [[language, probability], ...]]."""
        return dict(measurable(batch, self._seen))

    def _seen(self, sample: Sample) -> list[Any]:
        text = text_of(sample, self.text)
        tag = primary(sample.parts[self.text].lang)
        return [tag, script_counts(text), chances(text, tag)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        usual = self.expected or most(state, self.fewest)
        return [
            self._score(sample, entry, self.expected or entry[0] or usual) for sample, entry in sorted(state.items())
        ]

    def _score(self, sample: str, entry: Sequence[Any], expected: str) -> Score:
        _, scripts, found = entry
        held, letters = dict(found), sum(scripts.values())
        own = sum(n for script, n in scripts.items() if script in scripts_of(expected))
        if expected and letters >= SHORT and own < OWN_SHARE * letters:
            script = max(scripts, key=lambda one: scripts[one])
            what = say("written in {script} letters, and the language should be {expected}",
                       script=SCRIPT_WORDS[script], expected=expected)  # fmt: skip
            return Score(sample, self.name, 0.0, 0.0, True, what)
        known = expected in known_languages()
        chance = held.get(expected, 0.0) if letters >= self.fewest and known else 1.0
        if chance >= self.issue_below:
            return Score(sample, self.name, min(1.0, chance), chance, False)
        best = max(sorted(held), key=lambda language: held[language], default="")
        what = say("probably {language} ({chance:.0%}), and it should be {expected}", language=best,
                   chance=held.get(best, 0.0), expected=expected)  # fmt: skip
        return Score(sample, self.name, chance, chance, True, what)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Say which languages there are, as far as the texts are long enough to tell."""
        told = {name: best(entry) for name, entry in state.items() if enough(entry, self.fewest)}
        if not told:
            return []
        counts = Counter(told.values()).most_common()
        main, n = counts[0]
        what = say("{n} of {of} texts that are long enough to tell are in language {language}",
                   n=n, of=len(told), language=main)  # fmt: skip
        rows = tuple({"language": language, "texts": count} for language, count in counts)
        return [Finding("languages", what, "note", n / len(told), n=len(told), table=rows)]


def primary(tag: str) -> str:
    """Return the primary subtag of a BCP 47 tag, in lower case."""
    return tag.replace("_", "-").split("-")[0].lower()


def chances(text: str, tag: str = "") -> list[list[Any]]:
    """Return the most probable languages of a text, and `tag`, each with its probability."""
    ranked = _identifier().rank(text)
    kept = ranked[:KEPT] + [pair for pair in ranked[KEPT:] if pair[0] == tag]
    return [[language, round(float(chance), 6)] for language, chance in kept]


def enough(entry: Sequence[Any], fewest: int) -> bool:
    """Say whether a text has letters enough to tell its language."""
    return bool(sum(entry[1].values()) >= fewest)


def best(entry: Sequence[Any]) -> str:
    """Return the most probable language of a text."""
    return str(max(entry[2], key=lambda pair: pair[1])[0])


def most(state: Mapping[str, Any], fewest: int) -> str:
    """Return the language of more than half of the texts that can tell, empty where fewer than three can."""
    votes = Counter(voted for _, entry in sorted(state.items()) if (voted := vote(entry, fewest)))
    main, n = votes.most_common(1)[0] if votes else ("", 0)
    return main if votes.total() >= LEAST_VOTES and 2 * n > votes.total() else ""


def vote(entry: Sequence[Any], fewest: int) -> str:
    """Return the language of a text by its script where only one is written in it, else by what it most probably is.

    Kana are Japanese, however short the text; Han alone are Chinese or Japanese, and decide nothing.
    """
    scripts: Mapping[str, int] = entry[1]
    if scripts.get("ja"):
        return "ja"
    main = max(scripts, key=lambda one: scripts[one], default="")
    if main in OWN_SCRIPT:
        return main
    return best(entry) if main != HAN and enough(entry, fewest) else ""


@cache
def known_languages() -> frozenset[str]:
    """Return the languages that py3langid knows."""
    return frozenset(_identifier().labels)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
