"""Where an endpoint stands is told by its addresses, and they are looked up once."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import RAW, Policy
from shisaku.errors import MachineError
from shisaku.guard.hosts import host_of, named

OWN = BackEnd("llm", "openai", url="http://llm.corp:8000/v1", premises=True)


def place(url: str, addresses: list[str], premises: bool = True, level: int = RAW) -> str:
    back_end = BackEnd("llm", "openai", url=url, premises=premises)
    return host_of(back_end, Policy(level), lambda name, port: addresses).place


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["10.1.2.3"], "premises"),
        (["172.31.0.1", "192.168.0.1"], "premises"),
        (["169.254.1.1"], "premises"),
        (["fd00::1", "fe80::1%eth0"], "premises"),
        (["::ffff:10.0.0.1"], "premises"),
        (["127.0.0.1", "::1"], "machine"),
        (["::ffff:127.0.0.1"], "machine"),
        (["127.0.0.1", "8.8.8.8"], "outside"),
        (["10.0.0.1", "8.8.8.8"], "outside"),
        (["172.32.0.1"], "outside"),
        (["100.64.0.1"], "outside"),
        (["192.0.2.1"], "outside"),
        (["0.0.0.0"], "outside"),
        (["::"], "outside"),
        (["::ffff:8.8.8.8"], "outside"),
        (["64:ff9b::10.0.0.1"], "outside"),
        (["not an address"], "outside"),
        ([], "outside"),
    ],
)
def test_the_farthest_address_decides(addresses: list[str], expected: str) -> None:
    assert place("http://llm.corp/v1", addresses) == expected


def test_only_what_declares_it_stands_on_the_premises() -> None:
    assert place("https://llm.corp/v1", ["10.1.2.3"], premises=False) == "outside"
    assert place("https://10.1.2.3/v1", [], premises=False) == "outside"
    assert place("https://10.1.2.3/v1", [], premises=True) == "premises"


def test_a_name_is_looked_up_once_and_what_was_found_is_what_counts() -> None:
    answers = iter([["10.0.0.1"], ["8.8.8.8"]])
    host = host_of(OWN, Policy(), lambda name, port: next(answers))
    assert (host.addresses, host.place, host.port) == (("10.0.0.1",), "premises", 8000)
    assert next(answers) == ["8.8.8.8"]


def test_a_name_whose_answer_could_not_matter_is_not_asked_for() -> None:
    def never(name: str, port: int) -> list[str]:
        raise AssertionError(name)

    assert host_of(replace(OWN, premises=False), Policy(), never).place == "outside"
    assert host_of(replace(OWN, url="http://localhost:1/v1"), Policy(RAW), never).addresses == ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com",
        "http://user:secret@example.com",
        "http://localhost\\@evil.com/",
        "http://evil.com\\.localhost/",
        "http://exa mple.com/",
        "http://example.com/\n",
        "http://１２７.0.0.1/",
        "http://example.com:99999/",
        "http://example.com/v1?key=secret",
        "http://example.com/v1#secret",
        "http:///v1",
        "http://[::1",
        "file:///etc/passwd",
    ],
)
def test_a_url_that_two_parsers_could_read_in_two_ways_is_none(url: str) -> None:
    back_end = replace(OWN, url=url)
    assert named(back_end) is None
    with pytest.raises(MachineError) as error:
        host_of(back_end, Policy(RAW), lambda name, port: ["127.0.0.1"])
    assert "secret" not in str(error.value)


def test_a_name_that_is_not_known_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(MachineError, match=r"nowhere\.invalid is not known here: Name or service not known"):
        host_of(replace(OWN, url="https://nowhere.invalid/v1"), Policy(RAW))
