"""What the names of a study stand for: the arms and the places of use that the recipe named."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.report.graph import Graph
from shisaku.report.numbers import percent
from shisaku.report.record import Row, StudyRecord
from shisaku.report.words import Words, _


def meanings(study: StudyRecord, graph: Graph) -> list[tuple[str, Words]]:
    """Return (name, meaning) of the places, then of the arms that verdicts speak of."""
    places = [(str(d.get("name")), place_of(d)) for d in study.spec.get("domains", []) if isinstance(d, Mapping)]
    judged = {str(v[side]) for v in study.verdicts for side in ("arm", "comparator") if v.get(side)}
    arms = [a for a in study.spec.get("arms", []) if isinstance(a, Mapping) and str(a.get("name")) in judged]
    return places + [(str(a["name"]), _with_maker(a, study.spec, graph)) for a in arms]


def place_of(domain: Row) -> Words:
    """Return where the test items of a domain come from."""
    if domain.get("kind") == "derived":
        return _("held-out real items, changed to look like this place (simulated)")
    if domain.get("kind") == "external":
        return _("real items from another source")
    return _("real items that were held out from training")


def _with_maker(arm: Row, spec: Row, graph: Graph) -> Words:
    maker = graph.maker(str(arm.get("add") or arm.get("rows") or ""))
    idea = idea_of(arm, spec)
    return _("{idea}; made by {op}", idea=idea, op=maker) if maker else idea


def idea_of(arm: Row, spec: Row) -> Words:
    """Return in a few words how an arm of a study trains."""
    idea = _without_made(arm) or _with_made(arm, made_only=spec.get("train") == "made")
    draw = arm.get("draw")
    if isinstance(draw, Mapping):
        drawn = {"by": str(draw.get("by", "")), "n": str(draw.get("n", ""))}
        idea = _("{idea}; only {n} values of “{by}”, drawn anew in every split", idea=idea, **drawn)
    if arm.get("plant"):
        idea = _("{idea}; {share} of it with a wrong label, planted", idea=idea, share=percent(float(arm["plant"])))
    return idea


def _without_made(arm: Row) -> Words | None:
    if arm.get("scores"):
        return _("no training: scores of a ready model")
    if arm.get("choose"):
        return _("the one of these that is best on validation: {arms}", arms=", ".join(map(str, arm["choose"])))
    if arm.get("add") or arm.get("rows"):
        return None
    if int(arm.get("more_real") or 1) > 1:
        return _("{k} times as many real items (reference, no made data)", k=int(arm["more_real"]))
    if arm.get("oversample"):
        return _("real items repeated {k} times more", k=int(arm["oversample"]))
    return _("real items only")


def _with_made(arm: Row, made_only: bool) -> Words:
    if arm.get("shuffle"):
        return _("made data with shuffled labels (placebo)")
    if arm.get("keep"):
        return _("made data that passed a gate")
    if arm.get("random_keep") is not None:
        return _("made data, as many dropped at random (the gate's control)")
    if made_only:
        return _("made data alone")
    return _("real + made data, weight tuned") if len(arm.get("weights") or ()) > 1 else _("real + made data")
