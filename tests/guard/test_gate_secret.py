from __future__ import annotations

import logging
from pathlib import Path

import pytest
from gate_material import back_end, call, gate_in
from server import Plan, serving

from shisaku.errors import MachineError
from shisaku.guard.reply import Refusal

SECRET = "sk-planted-0123456789"


def test_a_planted_key_is_in_no_file_message_log_or_repr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PLANTED_KEY", SECRET)
    told: list[str] = []
    with serving(Plan()) as server:
        good = back_end(server.url, key_env="PLANTED_KEY", timeout=0.2, attempts=2)
        nobody = back_end("http://127.0.0.1:9/v1", name="nobody", key_env="PLANTED_KEY", attempts=1)
        with gate_in(tmp_path, good, nobody) as gate:
            faults = ["400", "401", "429", "500", "hang", "reset", "cut", "half_json", "302", ""]
            calls = [call(n, faults=[fault] * 3) for n, fault in enumerate(faults)]
            outcomes = gate.send([*calls, call(99, model="nobody")])
            told += [repr(gate), repr(vars(gate)), repr(good)]
        assert server.counts()["headers"][-1]["Authorization"] == f"Bearer {SECRET}"
    told += [repr(one) for one in outcomes]
    told += [str(one.reason) for one in outcomes if isinstance(one, Refusal)]
    captured = capfd.readouterr()
    told += [caplog.text, captured.out, captured.err]
    assert sum(isinstance(one, Refusal) for one in outcomes) == 10
    assert not any(SECRET in text for text in told)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("value", ["", "two\nlines", "ключ"])
def test_a_key_that_is_none_is_named_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PLANTED_KEY", value)
    with gate_in(tmp_path, back_end("http://127.0.0.1:9", key_env="PLANTED_KEY")) as gate:
        with pytest.raises(MachineError, match="PLANTED_KEY") as caught:
            gate.send([call(1)])
        assert not value or value not in str(caught.value)
