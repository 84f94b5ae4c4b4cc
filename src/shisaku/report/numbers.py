"""Numbers as each language writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from shisaku.report.translate import LANGUAGES, Language
from shisaku.report.words import Words, _

POINTS = 100.0  # metric units (0 to 1) to points
SMALLEST = 0.005  # of a currency's unit
MINUS = "\u2212"


def signed(value: float, digits: int = 1) -> str:
    """Return metric units as points with a sign: 0.123 -> +12.3 (a true minus sign, no "-0.0")."""
    points = round(value * POINTS, digits) + 0.0
    text = f"{abs(points):,.{digits}f}"
    return f"+{text}" if points > 0 else f"{MINUS}{text}" if points < 0 else text


def points(value: float) -> Words:
    """Return a difference in points, with its unit."""
    return _("{value} points", value=signed(value))


def span(low: float, high: float) -> Words:
    """Return an interval of differences in points."""
    return _("{low} to {high} points", low=signed(low), high=signed(high))


def score(value: float) -> str:
    """Return a score between 0 and 1 on the scale of 100."""
    return f"{value * POINTS:.1f}"


def percent(share: float) -> str:
    """Return a share as per cent with as many digits as it needs: 0.975 -> 97.5 %."""
    return f"{share * 100:.4g}\u00a0%"


def count(n: float) -> str:
    """Return a whole number with its thousands grouped."""
    return f"{n:,.0f}"


def duration(seconds: float) -> Words:
    """Return a duration in the unit a person would choose."""
    if seconds < 90:
        return _("{n} s", n=f"{seconds:.1f}")
    if seconds < 5400:
        return _("{n} min", n=f"{seconds / 60:.1f}")
    return _("{n} h", n=f"{seconds / 3600:.1f}")


def money(amount: float, currency: str) -> Words:
    """Return an amount, rounded to two significant digits, in the currency's form in each language."""
    return Words(*(_money(amount, currency, lang) for lang in LANGUAGES))


def money_range(raw: Mapping[str, Any] | None) -> Words | None:
    """Return a yearly money range as a saving, a loss, or both; None where there is none."""
    if not raw or not all(_finite(raw.get(end)) for end in ("low", "high")):
        return None
    low, high, currency = float(raw["low"]), float(raw["high"]), str(raw.get("currency", ""))
    if low > high:
        low, high = high, low
    least, most = money(abs(low), currency), money(abs(high), currency)
    if low >= 0:
        return _("A saving of {low} to {high} a year", low=least, high=most)
    if high <= 0:
        return _("An extra cost of {low} to {high} a year", low=most, high=least)
    return _("Between an extra cost of {loss} and a saving of {gain} a year", loss=least, gain=most)


def money_span(raw: Mapping[str, Any] | None) -> Words | None:
    """Return a yearly money range in its shortest form, a minus sign for a loss; None where there is none."""
    if not raw or not all(_finite(raw.get(end)) for end in ("low", "high")):
        return None
    return Words(
        *(_short_span(float(raw["low"]), float(raw["high"]), str(raw.get("currency", "")), x) for x in LANGUAGES)
    )


def number(value: Any, digits: int = 3) -> str:
    """Return any number of a run with that many significant digits, or a dash where there is none."""
    if not _finite(value):
        return "\u2013"
    return f"{float(value):.{digits}g}" if isinstance(value, float) else f"{value:,}"


def _money(amount: float, currency: str, lang: Language) -> str:
    from babel import Locale
    from babel.numbers import format_compact_decimal, format_currency, format_decimal, is_currency

    rounded, locale = _significant(amount), Locale(lang)
    if lang == "ja" and currency == "JPY":
        return f"{format_compact_decimal(rounded, locale=locale, fraction_digits=1)}円"
    if not is_currency(currency):
        return f"{format_decimal(rounded, locale=locale)} {currency}".strip()
    cents = rounded < 100
    form = None if cents else "¤#,##0"
    return str(format_currency(rounded, currency, format=form, locale=locale, currency_digits=cents))


def _short_span(low: float, high: float, currency: str, lang: Language) -> str:
    from babel import Locale
    from babel.numbers import format_compact_currency, is_currency

    def short(amount: float) -> str:
        rounded = _significant(abs(amount))
        if lang == "ja" or not is_currency(currency):
            return _money(rounded, currency, lang)
        return str(format_compact_currency(rounded, currency, locale=Locale(lang), fraction_digits=1))

    return " … ".join(f"{MINUS if end < 0 else '+'}{short(end)}" for end in (low, high))


def _significant(amount: float, digits: int = 2) -> float:
    if abs(amount) < SMALLEST:
        return 0.0
    return round(amount, digits - 1 - math.floor(math.log10(abs(amount))))


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
