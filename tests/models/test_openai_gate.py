"""The back end through the real door: nothing is paid twice, and all that leaves is in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from openai_server import Answering, Asked, Double, Given, chat_answer, serving

from shisaku.core.back_end import BackEnd
from shisaku.core.budget import Budget
from shisaku.core.policy import Policy
from shisaku.core.sample import Part, Sample
from shisaku.guard.gate import gate_of
from shisaku.guard.ledger import ledger_of
from shisaku.guard.verify import records
from shisaku.models.ask import Ask
from shisaku.models.openai import generator
from shisaku.models.openai.exchange import Exchange
from shisaku.store.codecs import encode_image

IMAGE = Part("image", encode_image(np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)))
ASKS = [
    Ask(
        Sample(f"s{n}", {"image": IMAGE}, licence="CC-BY-4.0"), ("image",), f"What is it, {n}?", op="op1", purpose="see"
    )
    for n in range(20)
]


@contextmanager
def captioning(run: Path, answering: Answering, **settings: int) -> Iterator[tuple[Exchange, Double]]:
    with serving(answering) as double:
        back_end = BackEnd("m", "openai", model=f"tiny-{run}", url=double.url, **settings)
        with gate_of(run, Policy(), {"m": back_end}, Budget()) as gate:
            yield generator("captioner", back_end, gate), double


@pytest.fixture(autouse=True)
def _own_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))


def _echo(asked: Asked) -> Given:
    return chat_answer(asked.body["messages"][0]["content"][0]["text"])


def _texts(model: Exchange, asks: list[Ask]) -> list[str]:
    answers = model.answer(asks)
    return [one.text if isinstance(one, Part) else f"! {one.reason}" for one in answers]


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    with captioning(tmp_path, _echo) as (model, double):
        assert _texts(model, ASKS) == [ask.prompt for ask in ASKS]
        assert _texts(model, ASKS[::-1]) == [ask.prompt for ask in ASKS[::-1]]
        assert len(double.asked) == len(ASKS)


def test_the_ledger_names_the_picture_by_its_hash(tmp_path: Path) -> None:
    with captioning(tmp_path, _echo) as (model, _):
        model.answer(ASKS[:1])
    sent = {part["field"]: part["sha256"] for row in records(ledger_of(tmp_path)) for part in row.get("sent", ())}
    assert sent["image"] == hashlib.sha256(IMAGE.data).hexdigest()
    assert set(sent) == {"image", "prompt"}


def test_one_failing_call_leaves_the_others_alone(tmp_path: Path) -> None:
    def answering(asked: Asked) -> Given:
        return Given(b"{}", 404) if "7?" in str(asked.body["messages"][0]["content"][0]) else _echo(asked)

    with captioning(tmp_path, answering) as (model, _):
        texts = _texts(model, ASKS)
    assert [text.startswith("!") for text in texts] == [n in (7, 17) for n in range(20)]
    assert model.told == {"answered": 18, "failed": 2, "refused: rejected": 2}
