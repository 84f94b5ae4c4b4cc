"""Damages files the way disks, networks and attackers do; the same seed gives the same damage."""

from __future__ import annotations

import random
from collections.abc import Callable

HEADER = 96
EDGES = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"-1",
]


def mutate(raw: bytes, others: list[bytes], seed: int) -> bytes:
    """Return `raw` after one to three changes; `others` are files that pieces may come from."""
    rng = random.Random(seed)
    data = bytearray(raw)
    for _ in range(rng.randint(1, 3)):
        rng.choice(CHANGES)(data, others, rng)
    return bytes(data)


def _flip(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    for _ in range(rng.choice((1, 2, 8, 64))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _truncate(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _splice(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    other = rng.choice(others)
    start = rng.randrange(len(other))
    at = rng.randrange(len(data) + 1)
    data[at : at + rng.choice((0, 4, 64))] = other[start : start + rng.choice((4, 64, 1024))]


def _edit_header(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    edge = rng.choice(EDGES)
    at = rng.randrange(min(HEADER, len(data)) + 1)
    data[at : at + len(edge)] = edge


def _edit_anywhere(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    edge = rng.choice(EDGES)
    at = rng.randrange(len(data) + 1)
    data[at : at + len(edge)] = edge


def _repeat(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    piece = data[start : start + rng.choice((1, 16, 512))]
    data[start:start] = piece * rng.choice((1, 2, 50))


def _remove(data: bytearray, others: list[bytes], rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    del data[start : start + rng.choice((1, 4, 128))]


CHANGES: tuple[Callable[[bytearray, list[bytes], random.Random], None], ...] = (
    *(_flip, _truncate, _splice, _edit_header),
    *(_edit_anywhere, _repeat, _remove),
)
