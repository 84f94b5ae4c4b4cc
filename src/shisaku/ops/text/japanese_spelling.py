"""Japanese words written otherwise: kana and kanji, okurigana, old and new characters, width, numerals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from shisaku.ops.text.morphemes import Morpheme
from shisaku.ops.text.replaced import Change

KANA, OKURIGANA, OLD, WIDTH, NUMBERS = "kana", "okurigana", "old", "width", "numbers"
KINDS = (KANA, OKURIGANA, OLD, WIDTH, NUMBERS)
READ_BACK = (KANA, OKURIGANA)  # kinds whose words must be read back as the same words
# what the Cabinet notice on okurigana (1973) has as the main rule, and what it allows beside it
OKURIGANA_PAIRS = (
    "行う 行なう", "表す 表わす", "著す 著わす", "現れる 現われる", "断る 断わる", "賜る 賜わる", "生まれる 生れる",
    "変わる 変る", "終わる 終る", "起こる 起る", "起こす 起す", "当たる 当る", "分かる 分る", "分かれる 分れる",
    "代わる 代る", "落とす 落す", "暮らす 暮す", "向かう 向う", "積もる 積る", "聞こえる 聞える", "浮かぶ 浮ぶ",
    "押さえる 押える", "捕らえる 捕える", "申し込む 申込む", "申し込み 申込み", "打ち合わせる 打合せる",
    "打ち合わせ 打合せ", "取り扱う 取扱う", "取り扱い 取扱い", "引っ越し 引越し", "引っ越す 引越す",
    "受け付け 受付け", "受け取る 受取る", "売り上げ 売上げ", "振り込み 振込み", "振り込む 振込む", "見積もり 見積り",
    "問い合わせ 問合せ", "問い合わせる 問合せる", "手続き 手続", "届け出 届出", "締め切り 締切り",
    "組み合わせ 組合せ", "組み立てる 組立てる", "組み立て 組立て", "繰り返す 繰返す", "取り消す 取消す",
    "取り消し 取消し", "買い物 買物", "話し合い 話合い", "話し合う 話合う", "乗り換え 乗換え", "乗り換える 乗換える",
    "飲み物 飲物", "入り口 入口", "割り引き 割引き", "割り当て 割当て", "積み込む 積込む", "書き換える 書換える",
    "切り替える 切替える", "取り替える 取替える", "取り付ける 取付ける", "取り外す 取外す", "持ち込む 持込む",
    "立ち入り 立入り", "明け渡し 明渡し", "貸し出し 貸出し", "引き出し 引出し",
)  # fmt: skip
OLD_PAIRS = (
    "国國 学學 会會 体體 対對 声聲 図圖 駅驛 県縣 変變 恋戀 灯燈 当當 広廣 応應 桜櫻 関關 観觀 鉄鐵 転轉 "
    "点點 伝傳 乱亂 辞辭 実實 写寫 寿壽 従從 渋澁 処處 証證 条條 状狀 乗乘 触觸 真眞 尽盡 静靜 総總 双雙 "
    "窓窗 蔵藏 属屬 続續 滝瀧 択擇 担擔 団團 断斷 昼晝 鋳鑄 庁廳 鎮鎭 逓遞 塩鹽 読讀 売賣 発發 麦麥 浜濱 "
    "仏佛 辺邊 宝寶 豊豐 満滿 黙默 訳譯 薬藥 与與 誉譽 様樣 来來 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘 励勵 "
    "霊靈 歴歷 炉爐 労勞 楽樂 旧舊 区區 軽輕 経經 芸藝 剣劍 権權 検檢 験驗 号號 済濟 斎齋 雑雜 参參 蚕蠶 "
    "残殘 湿濕 歯齒 児兒 釈釋 焼燒 嬢孃 畳疊 縄繩 壌壤"
)
SKIPPED = ("固有名詞", "数詞", "非自立可能", "助数詞可能")
CONTENT = ("名詞", "動詞", "形容詞", "形状詞", "副詞")
SHORTEST_KANA = 2
KANJI, KANA_ONLY = re.compile(r"[一-鿿々]"), re.compile(r"[ぁ-ゖァ-ヶー]+")
HALF_KANA = re.compile(r"[ァ-ヶー]+")
LATIN = re.compile(r"[A-Za-z]+|[Ａ-Ｚａ-ｚ]+")
INTEGER = re.compile(
    r"(?<![0-9０-９A-Za-z.,:/．，％%-])(?:[1-9][0-9]{0,3}|[１-９][０-９]{0,3})(?![0-9０-９A-Za-z.,:/．，%％-])"
)
DIGITS, UNITS = "〇一二三四五六七八九", ((1000, "千"), (100, "百"), (10, "十"))
TO_FULL = 0xFEE0


def offers(kind: str, text: str, words: Sequence[Morpheme]) -> Iterator[Change]:
    """Yield what could be written otherwise: one change for each way."""
    if kind == WIDTH:
        yield from _width(text)
    elif kind == NUMBERS:
        yield from _numbers(text)
    else:
        for word in words:
            if word.part[0] in CONTENT and not set(word.part) & set(SKIPPED):
                yield from ((word.start, word.end, new) for new in _ways(kind, word) if new != word.text)


def numeral(number: int) -> str:
    """Return 1 to 9999 in kanji: 2024 is 二千二十四."""
    said = ""
    for size, name in UNITS:
        count, number = divmod(number, size)
        if count:
            said += (DIGITS[count] if count > 1 else "") + name
    return said + (DIGITS[number] if number else "")


def _ways(kind: str, word: Morpheme) -> Iterator[str]:
    if kind == KANA:
        yield from _in_kana(word)
    elif kind == OKURIGANA:
        yield from _okurigana(word)
    elif KANJI.search(word.text):
        old, new = _old_tables()
        yield from dict.fromkeys((word.text.translate(old), word.text.translate(new)))


def _in_kana(word: Morpheme) -> Iterator[str]:
    hiragana = _to_hiragana(word.reading)
    if KANJI.search(word.text) and len(hiragana) >= SHORTEST_KANA:
        yield hiragana
    elif KANA_ONLY.fullmatch(word.text) and len(word.text) >= SHORTEST_KANA:
        conjugated = word.kind != "*"
        if not conjugated and word.pos == "名詞":
            yield word.reading if word.text != word.reading else hiragana
        if KANJI.search(word.normal):
            tail = word.text[len(word.base) - 1 :] if conjugated else ""
            fits = not conjugated or (word.normal[-1] == word.base[-1] and word.text.startswith(word.base[:-1]))
            if fits:
                yield (word.normal[:-1] + tail) if conjugated else word.normal


def _okurigana(word: Morpheme) -> Iterator[str]:
    for other in _okurigana_table().get(word.base, ()):
        if word.kind == "*":
            yield other
        elif word.base[-1] == other[-1] and word.text.startswith(word.base[:-1]):
            yield other[:-1] + word.text[len(word.base) - 1 :]


def _width(text: str) -> Iterator[Change]:
    for found in LATIN.finditer(text):
        shift = TO_FULL if found.group().isascii() else -TO_FULL
        yield *found.span(), "".join(chr(ord(letter) + shift) for letter in found.group())
    for found in HALF_KANA.finditer(text):
        yield *found.span(), "".join(map(_half, found.group()))
    for found in re.finditer(r"[ｦ-ﾟ]+", text):
        yield *found.span(), unicodedata.normalize("NFKC", found.group())


def _numbers(text: str) -> Iterator[Change]:
    for found in INTEGER.finditer(text):
        plain = unicodedata.normalize("NFKC", found.group())
        wide = "".join(chr(ord(digit) + TO_FULL) for digit in plain)
        yield *found.span(), wide if found.group() == plain else plain
        yield *found.span(), numeral(int(plain))


def _half(sign: str) -> str:
    """Return a katakana in half width, a voiced one in two signs."""
    return _half_table().get(sign, sign)


@cache
def _half_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for code in range(0xFF66, 0xFF9E):
        for mark in ("", "ﾞ", "ﾟ"):
            whole = unicodedata.normalize("NFKC", chr(code) + mark)
            if len(whole) == 1:
                table.setdefault(whole, chr(code) + mark)
    return table


@cache
def _okurigana_table() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for one, other in (pair.split() for pair in OKURIGANA_PAIRS):
        table.setdefault(one, []).append(other)
        table.setdefault(other, []).append(one)
    return {word: tuple(others) for word, others in table.items()}


@cache
def _old_tables() -> tuple[dict[int, str], dict[int, str]]:
    pairs = OLD_PAIRS.split()
    return {ord(pair[0]): pair[1] for pair in pairs}, {ord(pair[1]): pair[0] for pair in pairs}


def _to_hiragana(kana: str) -> str:
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in kana)
