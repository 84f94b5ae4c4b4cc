"""Words for directions in a picture, English and Japanese (Chinese shares the characters), and words that only look so.

Every pattern finds one word; a word that may be a direction and may be something else is found by a pattern of DOUBT.
"""

from __future__ import annotations

import re
from typing import Final

_START, _END = r"(?<![A-Za-z])", r"(?![A-Za-z])"

SIDES: Final = {"left": "right", "左": "右"}
ENDS: Final = {
    "topmost": "bottommost",
    "uppermost": "lowermost",
    "upward": "downward",
    "upwards": "downwards",
    "top": "bottom",
    "upper": "lower",
    "above": "below",
    **{f"上{rest}": f"下{rest}" for rest in ("側", "部", "段", "方", "端", "辺", "半分", "向き")},
    "真上": "真下",
    "一番上": "一番下",
}
HANDS: Final = {
    "clockwise": "anticlockwise",
    "時計回り": "反時計回り",
    "時計まわり": "反時計まわり",
    "顺时针": "逆时针",
    "順時針": "逆時針",
}

# What stands before or after "left", "right", "top" or "bottom" where it is a place and nothing else.
_BEFORE = (
    "the|to|on|at|its|his|her|their|my|your|our|far|top|bottom|upper|lower|middle|center|centre|front|back|rear|from|"
    "towards?|turn|turns|turning|turned|facing|faces|face|looking|looks|look|pointing|points|point|slightly|and|or"
)
_AFTER = (
    "side|hand|hands|arm|arms|leg|legs|foot|feet|eye|eyes|ear|ears|wing|wings|corner|half|edge|lane|wheel|door|part|"
    "end|shoe|glove|turn|arrow|of|foreground|background|top|bottom|middle|center|centre|third|quarter|border|margin|"
    "front|rear|paw|shoulder|cheek|breast|lung|kidney|knee|hip|thumb|finger|fist|row|column|shelf|image|picture|and|or"
)
_BARE = r"left|right|top|bottom"
PLACE: Final = re.compile(
    rf"(?:^[\W_]*(?:{_BARE})[\W_]*$)|(?:{_START}(?:{_BEFORE})[\s_-]+(?:{_BARE}){_END})"
    rf"|(?:{_START}(?:{_BARE})[\s_-]+(?:{_AFTER}){_END})|(?:{_START}(?:{_BARE})\s*[:,)\]])|(?:[(\[](?:{_BARE}){_END})",
    re.IGNORECASE,
)
_WORD_ENDS = r"wards|ward|most|handed|hand|sided|side"
SIDE_WORD: Final = re.compile(rf"{_START}(left|right)(-?(?:{_WORD_ENDS}))?{_END}|([左右])", re.IGNORECASE)
END_WORD: Final = re.compile(
    rf"{_START}(topmost|bottommost|uppermost|lowermost|upwards?|downwards?|top|bottom|upper|lower|above|below){_END}"
    r"|(真[上下]|一番[上下]|[上下](?:側|部|段|方|端|辺|半分|向き))",
    re.IGNORECASE,
)
HAND_WORD: Final = re.compile(
    rf"{_START}(clockwise|(?:counter|anti)-?clockwise){_END}|(反?時計[回ま]わ?り|[顺逆]时针|[順逆]時針)", re.IGNORECASE
)
# Up and down in space or on paper: after a picture is turned over, nobody can say which was meant.
VAGUE_ENDS: Final = re.compile(
    rf"{_START}(?:up|down|under|over|beneath|underneath|upside|on\s+top\s+of){_END}|[上下]", re.IGNORECASE
)
# No directions at all: "the right answer", "left over", 左右 (both sides), Ukyo and Sakyo (wards of Kyoto).
INNOCENT: Final = re.compile(
    rf"{_START}(?:right[\s_-]+(?:angles?|angled|now|away|triangles?|triangular|after|before|amount|answers?|choice|time|"
    r"size|next|behind|in[\s_-]front|beside|there|here)|(?:all|human|civil)[\s_-]+rights?|"
    rf"left[\s_-]+(?:overs?|alone|behind|open|unattended)|right\?){_END}"
    r"|右往左往|左右|左遷|座右|左官|右京|左京|以[上下]|上手|下手|地下|上着|下着|靴下|廊下|年[上下]|上品|下品",
    re.IGNORECASE,
)
