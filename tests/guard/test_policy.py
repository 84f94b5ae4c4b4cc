"""What may leave: nothing that nobody granted, and every denial says what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guard_material import ANON, AWAY, FINDERS, GRANTED, HERE, NUMBER, OUTSIDE, PICTURE, call, nothing, part
from hypothesis import given
from hypothesis import strategies as st

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import LEVELS, MADE_ONLY, ON_PREM, RAW, Policy
from shisaku.errors import DataError
from shisaku.guard.call import Attachment, Call
from shisaku.guard.permission import RULES, denied, judge, rulings
from shisaku.message import say

WORDS = st.sampled_from(["painter", "other", "image", "caption", "signed", "faces", "image:faces", "judge", "unknown"])
GRANTS = st.lists(WORDS, max_size=4).map(tuple)
POLICIES = st.builds(
    Policy,
    level=st.integers(ON_PREM, RAW),
    models=GRANTS,
    fields=GRANTS,
    purposes=GRANTS,
    redacted=GRANTS,
    consents=GRANTS,
)
PARTS = st.builds(
    part,
    field=st.sampled_from(["image", "other"]),
    licence=st.sampled_from(["CC-BY-4.0", "own", "unknown", "mystery", "MIMIC-CXR"]),
    consent=st.sampled_from(["signed", "unknown", "", "other"]),
    depth=st.integers(0, 2),
    redactions=st.sampled_from([(), ("faces",)]),
)
CALLS = st.builds(
    lambda parts, purpose, prompt: call(*parts, prompt=prompt, purpose=purpose) if parts else _empty(prompt, purpose),
    st.lists(PARTS, max_size=3),
    st.sampled_from(["caption", "judge"]),
    st.sampled_from(["Say what you see.", "Ring 090-1234-5678"]),
)


def _empty(prompt: str, purpose: str) -> Call:
    return Call("painter", "images", purpose, "s", "k", (), body={"prompt": prompt})


def ask(what: Call, policy: Policy, back_end: BackEnd = AWAY, finders: object = FINDERS) -> str:
    host = OUTSIDE if back_end is AWAY else None
    return str(denied(what, back_end, policy, finders, host) or "")  # type: ignore[arg-type]


def test_what_is_granted_in_every_dimension_leaves() -> None:
    assert ask(call(), GRANTED) == ""
    assert ask(call(), ANON) == ""
    assert ask(call(part(depth=1)), replace(GRANTED, level=MADE_ONLY)) == ""
    assert set(judge(call(), AWAY, ANON, FINDERS, OUTSIDE).asked) == set(RULES)


def test_by_default_nothing_leaves() -> None:
    assert "lets nothing leave the premises" in ask(call(), Policy())
    assert ask(call(part(depth=1)), Policy())
    assert ask(_empty("a frog", "caption"), Policy())


@pytest.mark.parametrize(
    ("policy", "what", "named"),
    [
        (replace(ANON, models=()), call(), ["painter", "policy.models"]),
        (replace(ANON, fields=("caption",)), call(), ["image", "s1", "policy.fields"]),
        (replace(ANON, purposes=("judge",)), call(), ["caption", "policy.purposes"]),
        (replace(ANON, consents=()), call(), ["signed", "s1", "policy.consents"]),
        (replace(ANON, consents=("unknown", "")), call(part(consent="unknown")), ["s1", "consent"]),
        (replace(ANON, redacted=()), call(), ["image", "s1", "policy.redacted"]),
        (replace(ANON, redacted=("faces", "plates")), call(), ["image", "s1", "plates"]),
        (replace(ANON, redacted=("caption:faces",)), call(), ["image", "s1", "policy.redacted"]),
        (ANON, call(part(redactions=())), ["image", "s1", "faces"]),
        (ANON, call(part(licence="unknown")), ["s1", "image", "licence"]),
        (ANON, call(part(licence="CC-BY-NC-4.0 (guessed)")), ["s1", "licence"]),
        (replace(ANON, level=MADE_ONLY), call(), ["image", "s1", "anonymised"]),
        (ANON, call(part(field="voice", kind="audio")), ["voice", "s1", "policy.fields"]),
        (replace(ANON, fields=("voice",)), call(part(field="voice", kind="audio")), ["voice", "s1", "audio"]),
        (ANON, call(model="other"), ["other", "painter"]),
        (ANON, call(prompt="Call 090-1234-5678 about it"), ["prompt", "captions", "090-1234-5678"]),
        (ANON, call(path="//evil.example.com/x"), ["path"]),
        (ANON, call(path="../../x"), ["path"]),
    ],
)
def test_a_denial_says_which_rule_and_of_what(policy: Policy, what: Call, named: list[str]) -> None:
    said = ask(what, policy)
    assert all(word in said for word in named), said


def test_a_finder_looks_at_exactly_the_bytes_that_leave() -> None:
    seen: list[bytes] = []

    def look(data: bytes) -> list[str]:
        seen.append(data)
        return ["a face"] if data == b"face" else []

    finders = {**FINDERS, "image": look}
    assert ask(call(), ANON, finders=finders) == ""
    assert seen == [PICTURE]
    said = ask(call(part(data=b"face")), ANON, finders=finders)
    assert "a face" in said
    assert "s1" in said


def test_a_finder_that_cannot_read_the_bytes_does_not_call_them_clean() -> None:
    def blind(data: bytes) -> list[str]:
        raise DataError(say("no picture"))

    assert ask(call(), ANON, finders={**FINDERS, "image": blind})
    assert ask(call(), ANON, finders={"image": nothing})
    assert ask(call(), ANON, finders={"text": nothing})
    assert ask(call(), GRANTED, finders={}) == ""


@pytest.mark.parametrize(
    "where",
    [
        {"body": {"messages": [{"content": "see 03-1234-5678"}]}},
        {"body": {"tools": [{"03-1234-5678": {"type": "string"}}]}},
        {"body": None, "form": (Attachment("prompt", b"see 03-1234-5678"),)},
        {"body": None, "form": (Attachment("file", PICTURE, filename="03-1234-5678.png"),)},
        {"path": "users/03-1234-5678"},
    ],
    ids=["value", "name", "form", "file name", "path"],
)
def test_personal_data_in_any_text_of_a_request_is_caught(where: dict[str, object]) -> None:
    what = call(**where)  # type: ignore[arg-type]
    assert "prompt" in ask(what, ANON)


def test_a_prompt_without_a_sample_is_looked_at_too() -> None:
    made_only = replace(ANON, level=MADE_ONLY)
    assert ask(_empty("a frog", "caption"), made_only) == ""
    assert "prompt" in ask(_empty("a frog, 03-1234-5678", "caption"), made_only)


def test_a_file_that_nobody_told_of_does_not_leave() -> None:
    hidden = call()
    for sent in ((), (part(data=PICTURE[:-1]),)):
        assert "files" in ask(replace(hidden, sent=sent), GRANTED)
    form = call(body=None, form=(Attachment("file", b"RIFF", filename="a.wav"),))
    assert "4 bytes of files" in ask(form, GRANTED)
    told = part(field="image", kind="audio", data=b"RIFF")
    assert ask(replace(form, sent=(told,)), GRANTED) == ""


def test_to_this_machine_everything_goes_at_every_level() -> None:
    for level in range(len(LEVELS)):
        assert ask(call(part(licence="unknown")), Policy(level), HERE) == ""
    assert ask(call(), Policy(), replace(HERE, url="http://localhost:8000/v1")) == ""
    assert ask(call(), Policy(), replace(HERE, url="http://[::1]:8000/v1")) == ""
    assert ask(call(), Policy(), replace(HERE, url="http://0.0.0.0:8000/v1"))


def test_outside_is_reached_encrypted_or_not_at_all() -> None:
    plain = replace(AWAY, url="http://api.example.com/v1")
    said = str(denied(call(), plain, GRANTED, FINDERS, replace(OUTSIDE, encrypted=False)))
    assert "https" in said


@given(CALLS, POLICIES)
def test_a_higher_level_asks_for_no_more(what: Call, policy: Policy) -> None:
    allowed = [not ask(what, replace(policy, level=level)) for level in range(len(LEVELS))]
    assert allowed == sorted(allowed)


@given(CALLS, POLICIES, st.sampled_from(["models", "fields", "purposes", "redacted", "consents"]))
def test_without_a_grant_nothing_real_leaves(what: Call, policy: Policy, dimension: str) -> None:
    real = replace(what, sent=(*what.sent, part()), body={**(call().body or {}), "more": dict(what.body or {})})
    policy = replace(policy, level=min(policy.level, 2), **{dimension: ()})
    assert ask(real, policy)


@given(CALLS, POLICIES)
def test_every_denial_says_what_and_is_the_last_ruling(what: Call, policy: Policy) -> None:
    judgement = judge(what, AWAY, policy, FINDERS, OUTSIDE)
    first = next((one for one in rulings(what, AWAY, policy, FINDERS, OUTSIDE) if one.denied is not None), None)
    assert judgement.denied == (first.denied if first else None)
    if first is not None and first.denied is not None:
        said = str(first.denied)
        assert len(said) > 30
        assert "{" not in said
        assert first.sample in said
        assert first.field in said
        assert judgement.asked[-1] == first.rule


def test_the_rule_that_denied_stands_last_also_for_the_second_part() -> None:
    judgement = judge(call(part(), part(field="mask", sample="s2")), AWAY, ANON, FINDERS, OUTSIDE)
    assert judgement.asked[-1] == "field"
    assert "s2" in str(judgement.denied)


@given(CALLS, POLICIES)
def test_what_leaves_outside_keeps_the_law(what: Call, policy: Policy) -> None:
    if ask(what, policy):
        return
    assert policy.level > ON_PREM
    assert what.model in policy.models
    assert what.purpose in policy.purposes
    for one in what.sent:
        assert one.field in policy.fields
        assert one.licence in ("CC-BY-4.0", "own")
        if one.depth == 0:
            assert policy.level >= 2
            assert one.consent in policy.consents
            assert one.consent not in ("", "unknown")
            assert policy.level == RAW or set(one.redactions) >= {"faces"}
    if policy.level < RAW:
        assert not NUMBER.search(str(what.body).encode())
