"""Invented personal data in five forms, from hidden to plain, and numbers that only look like them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
# Form 1: hidden from any format (in words). 2: no signs between. 3: unusual signs. 4: as usual. 5: with a cue.
FORMS = (1.0, 2.0, 3.0, 4.0, 5.0)
Forms = Callable[[Rng], tuple[str, str, str, str, str]]

GIVEN = ["James", "Mary", "Robert", "Linda", "David", "Susan", "Karen", "Daniel", "Nancy", "Kevin", "Laura", "Brian"]
RARE = ["Thorvald", "Ximena", "Oyelaran", "Siobhan", "Kaito", "Anoushka", "Dmitri", "Leocadia", "Mbali", "Yusra"]
FAMILY = [
    "Kowalczyk",
    "Henderson",
    "Okafor",
    "Lindqvist",
    "Patterson",
    "Yamamoto",
    "Castellanos",
    "Whitfield",
    "Novak",
    "Brennan",
]
SEI = ["佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "山本", "中村", "小林", "加藤"]
MEI = ["太郎", "花子", "健一", "由美子", "翔太", "美咲", "直樹", "恵子", "大輔", "陽子"]
SAID_EN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SAID_JA = "〇一二三四五六七八九"


def pick(rng: Rng, words: list[str]) -> str:
    return words[int(rng.integers(len(words)))]


def digits(rng: Rng, n: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, n))


def in_words(number: str) -> str:
    return " ".join(SAID_EN[int(c)] for c in number if c.isdigit())


def grouped(number: str, sign: str, *sizes: int) -> str:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    return sign.join(pieces)


def email(rng: Rng) -> tuple[str, str, str, str, str]:
    name, family = pick(rng, GIVEN).lower(), pick(rng, FAMILY).lower()
    host = pick(rng, ["gmail.com", "mail.ne.jp", "firm.co.uk", "uni-bonn.de"])
    plain = f"{name}.{family}{digits(rng, 2)}@{host}"
    user, _, _ = plain.partition("@")
    spelled = f"{user.replace('.', ' dot ')} at {host.replace('.', ' dot ')}"
    return spelled, f"{user}[at]{host}", f"{user}＠{host}", plain, f"E-mail: {plain}"


def phone_ja(rng: Rng) -> tuple[str, str, str, str, str]:
    number = f"0{rng.integers(7, 10)}0" + str(rng.integers(2, 10)) + digits(rng, 7)
    said = "".join(SAID_JA[int(c)] for c in number)
    wide = grouped(number, "－", 3, 4, 4).translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    usual = grouped(number, "-", 3, 4, 4)
    return said, number, wide, usual, f"電話番号：{usual}"


def phone_en(rng: Rng) -> tuple[str, str, str, str, str]:
    area, middle = (str(rng.integers(2, 10)) + digits(rng, 2) for _ in range(2))
    last = digits(rng, 4)
    number = area + middle + last
    return (
        in_words(number),
        number,
        f"{area}.{middle}.{last}",
        f"({area}) {middle}-{last}",
        f"Tel. +1 {area} {middle} {last}",
    )


def address_ja(rng: Rng) -> tuple[str, str, str, str, str]:
    town = pick(
        rng,
        [
            "東京都渋谷区神南",
            "大阪府大阪市北区梅田",
            "北海道札幌市中央区北一条西",
            "京都府京都市左京区吉田本町",
            "愛知県名古屋市中区栄",
        ],
    )
    a, b, c = (int(n) for n in rng.integers(1, 30, 3))
    short = town[3:]
    return (
        f"{town[:3]}のどこか",
        f"{short.replace('市', '').replace('区', '')}{a}の{b}",
        f"{short}{a}−{b}−{c}",
        f"{town}{a}丁目{b}番{c}号",
        f"〒{digits(rng, 3)}-{digits(rng, 4)} {town}{a}-{b}-{c}",
    )


def address_en(rng: Rng) -> tuple[str, str, str, str, str]:
    number, street = int(rng.integers(1, 2000)), pick(rng, ["Maple", "Willow", "Chestnut Hill", "Lincoln", "Park"])
    kind = pick(rng, ["Street", "Avenue", "Road", "Lane"])
    return (
        f"the corner house in {street} {kind}",
        f"{street.lower()} {kind.lower()} {number}",
        f"{number} {street} {kind[:3]}",
        f"{number} {street} {kind}",
        f"{number} {street} {kind}, Springfield, IL {digits(rng, 5)}",
    )


def card(rng: Rng) -> tuple[str, str, str, str, str]:
    body = pick(rng, ["4", "51", "54", "35286"]) + digits(rng, 15)
    body = body[:15]
    doubled = [int(c) * 2 if i % 2 == 0 else int(c) for i, c in enumerate(body)]  # 16 digits: the first is doubled
    number = body + str(-sum(d // 10 + d % 10 for d in doubled) % 10)
    return (
        in_words(number),
        number,
        grouped(number, "-", 4, 4, 4, 4),
        grouped(number, " ", 4, 4, 4, 4),
        f"Card number: {grouped(number, ' ', 4, 4, 4, 4)}",
    )


def my_number(rng: Rng) -> tuple[str, str, str, str, str]:
    body = str(rng.integers(1, 10)) + digits(rng, 10)
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11
    number = body + str(0 if rest < 2 else 11 - rest)
    return (
        "".join(SAID_JA[int(c)] for c in number),
        number,
        grouped(number, ".", 4, 4, 4),
        grouped(number, " ", 4, 4, 4),
        f"マイナンバー：{number}",
    )


def iban(rng: Rng) -> tuple[str, str, str, str, str]:
    bank = digits(rng, 18)
    check = 98 - int(bank + "131400") % 97  # D = 13, E = 14
    number = f"DE{check:02d}{bank}"
    spaced = grouped(number, " ", 4, 4, 4, 4, 4, 2)
    return in_words(number), number.lower(), grouped(number, "-", 4, 4, 4, 4, 4, 2), number, f"IBAN: {spaced}"


def ssn(rng: Rng) -> tuple[str, str, str, str, str]:
    number = f"{rng.integers(1, 666):03d}{rng.integers(1, 100):02d}{rng.integers(1, 10000):04d}"
    usual = grouped(number, "-", 3, 2, 4)
    return in_words(number), number, grouped(number, ".", 3, 2, 4), usual, f"SSN {usual}"


def account_ja(rng: Rng) -> tuple[str, str, str, str, str]:
    number = digits(rng, 7)
    said = "".join(SAID_JA[int(c)] for c in number)
    return said, number, f"No.{number}", f"普通 {number}", f"口座番号：{number}"


def birth_date(rng: Rng) -> tuple[str, str, str, str, str]:
    year, month, day = int(rng.integers(1930, 2015)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    name = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ][month - 1]
    return (
        f"turned forty in the spring of {year}",
        f"* {day}.{month}.{year}",
        f"birthday {name} {day}",
        f"born on {name} {day}, {year}",
        f"Date of birth: {year}-{month:02d}-{day:02d}",
    )


def plate_ja(rng: Rng) -> tuple[str, str, str, str, str]:
    office, kana = pick(rng, ["品川", "横浜", "なにわ", "名古屋", "札幌", "神戸"]), pick(rng, list("さすせたちつ"))
    group, serial = f"{rng.integers(300, 600)}", digits(rng, 4)
    both = f"{serial[:2]}-{serial[2:]}"
    return (
        f"{office}ナンバー",
        f"{kana}{serial}",
        f"{office}{group}{kana}・{serial[1:]}",
        f"{office}{group}{kana}{both}",
        f"{office} {group} {kana} {both}",
    )


def name_en(rng: Rng) -> tuple[str, str, str, str, str]:
    given, family = pick(rng, GIVEN), pick(rng, FAMILY)
    return given, f"{pick(rng, RARE)} {family}", f"{given} {family}", f"Dr. {family}", f"My name is {given} {family}"


def name_ja(rng: Rng) -> tuple[str, str, str, str, str]:
    family, given = pick(rng, SEI), pick(rng, MEI)
    return given, family, f"{family}{given}", f"{family}さん", f"氏名：{family} {given}"


ENGLISH: dict[str, Forms] = {
    "email": email, "phone_en": phone_en, "address_en": address_en, "card": card, "iban": iban, "ssn": ssn,
    "birth_date": birth_date, "name_en": name_en,
}  # fmt: skip
JAPANESE: dict[str, Forms] = {
    "phone_ja": phone_ja, "address_ja": address_ja, "my_number": my_number, "account_ja": account_ja,
    "plate_ja": plate_ja, "name_ja": name_ja,
}  # fmt: skip


def hard_english(rng: Rng) -> str:
    """Numbers and words that are nobody's: parts, prices, dates, versions, wrong check digits, places, firms."""
    wrong = "4" + digits(rng, 15)
    total = sum(d // 10 + d % 10 for d in (int(c) * (2 if i % 2 == 0 else 1) for i, c in enumerate(wrong)))
    if total % 10 == 0:
        wrong = wrong[:-1] + str((int(wrong[-1]) + 1) % 10)
    return pick(
        rng,
        [
            f"Part no. {digits(rng, 3)}-{digits(rng, 5)}-{digits(rng, 2)}.",
            f"It costs ${rng.integers(1, 999)},{digits(rng, 3)}.{digits(rng, 2)}.",
            f"Taken on {rng.integers(1990, 2026)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}.",
            f"Version {rng.integers(1, 20)}.{rng.integers(0, 20)}.{rng.integers(0, 20)}.{rng.integers(0, 20)}.",
            f"ISBN 978-{rng.integers(0, 10)}-{digits(rng, 4)}-{digits(rng, 4)}-{rng.integers(0, 10)}.",
            f"Order {wrong}.",
            f"Serial number {digits(rng, 12)}.",
            f"Score {rng.integers(0, 9)}-{rng.integers(0, 9)}, {rng.integers(10, 99)} x {rng.integers(10, 99)} mm.",
            f"{rng.integers(2, 500)} trees on {pick(rng, ['Maple', 'Willow', 'Park'])} Hill.",
            f"Made by {pick(rng, ['General Motors', 'Mitsubishi Electric', 'Johnson Controls', 'Philip Morris'])}.",
            f"Seen from {pick(rng, ['Mount Everest', 'Lake Victoria', 'New York', 'Saint Petersburg'])}.",
            f"Network 192.168.{rng.integers(0, 255)}.{rng.integers(1, 255)}, port {rng.integers(1, 65000)}.",
            f"Room {rng.integers(100, 999)}-{rng.integers(1, 9)}, page {rng.integers(1, 300)} of 999.",
            "Call 0120-000-000 toll free in Japan, or write to info@example.com.",
        ],
    )


def hard_japanese(rng: Rng) -> str:
    """The same in Japanese."""
    return pick(
        rng,
        [
            f"品番{digits(rng, 3)}-{digits(rng, 5)}。",
            f"価格は{rng.integers(1, 999)},{digits(rng, 3)}円。",
            f"{rng.integers(1990, 2026)}年{rng.integers(1, 13)}月{rng.integers(1, 29)}日に撮影。",
            f"製造番号{digits(rng, 12)}。",
            f"第{rng.integers(1, 99)}回、{rng.integers(1, 99)}対{rng.integers(1, 99)}。",
            f"東京都の人口は{rng.integers(1000, 1500)}万人。",
            f"京都市左京区の{rng.integers(2, 90)}軒のお寺。",
            "お母さんと魚屋さんと運転手さん。",
            "フリーダイヤルは0120-000-000です。",
            f"縦{rng.integers(10, 99)}-横{rng.integers(10, 99)}センチ。",
            f"{rng.integers(1, 12)}番線、{rng.integers(1, 12)}号車。",
            "大阪駅から名古屋駅まで行く。",
        ],
    )
