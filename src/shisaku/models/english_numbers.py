"""English numbers in words, without "and"."""

from __future__ import annotations

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred"))
MOST_DIGITS = 12
IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def number_in_words(number: int) -> str:
    """Return a whole number from 0 to 999,999,999,999 in words: 105 is "one hundred five"."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        return _joined(TENS[number // 10], number % 10)
    size, name = next((size, name) for size, name in SCALES if number >= size)
    return _joined(f"{number_in_words(number // size)} {name}", number % size)


def ordinal_in_words(number: int) -> str:
    """Return the ordinal in words: 21 is "twenty first"."""
    head, _, last = number_in_words(number).rpartition(" ")
    ending = IRREGULAR.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head} {ending}".strip()


def digits_in_words(digits: str) -> str:
    """Return digits said as a number, or one by one where they start with 0 or are more than twelve."""
    if len(digits) > MOST_DIGITS or (len(digits) > 1 and digits[0] == "0"):
        return " ".join(SMALL[int(digit)] for digit in digits)
    return number_in_words(int(digits))


def _joined(head: str, rest: int) -> str:
    return f"{head} {number_in_words(rest)}" if rest else head
