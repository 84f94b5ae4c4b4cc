"""What the names of a study stand for: the arms and the places of use that the recipe named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shisaku.report.graph import Graph
from shisaku.report.numbers import percent
from shisaku.report.record import Row, StudyRecord
from shisaku.report.words import Words, _, same


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
    made_only = spec.get("train") == "made" or bool(arm.get("alone"))
    idea = _without_made(arm) or _with_made(arm, made_only=made_only)
    for more in (*_chosen(arm), *_heeded(arm)):
        idea = _("{idea}; {more}", idea=idea, more=more)
    return idea


def _chosen(arm: Row) -> Iterator[Words]:
    """Yield which part of what there is the arm takes."""
    if arm.get("alone") and (arm.get("shuffle") or arm.get("keep") or arm.get("random_keep") is not None):
        yield _("no real items beside it")
    draw = arm.get("draw")
    if isinstance(draw, Mapping):
        yield _("only {n} values of “{by}”, drawn anew in every split", by=str(draw.get("by")), n=str(draw.get("n")))
    if arm.get("nearest"):
        yield _("the {k} nearest of it for each real item (retrieval)", k=int(arm["nearest"]))
    if arm.get("ratio") is not None:
        yield _("{ratio} of it for each real item", ratio=f"{float(arm['ratio']):g}")
    bought = {
        "labels": _("and as many more as the budget buys labels for"),
        "repairs": _("the most doubtful labels corrected, as many as the budget buys"),
        "made": _("as much of it as the budget buys"),
    }
    if arm.get("buy"):
        yield bought.get(str(arm["buy"]), same(arm["buy"]))
    if arm.get("plant"):
        yield _("{share} of it with a wrong label, planted", share=percent(float(arm["plant"])))


def _heeded(arm: Row) -> Iterator[Words]:
    """Yield how the arm is trained, where that differs from the study's other arms."""
    loss = arm.get("loss")
    loss = loss if isinstance(loss, Mapping) else {}
    confidence = loss.get("confidence")
    if isinstance(confidence, Mapping):
        yield _("each made item weighted by its {metric}", metric=str(confidence.get("metric")))
    if loss.get("soften"):
        yield _("{share} of a made item's label from a model of the real ones (soft labels)",
                share=percent(float(loss["soften"])))  # fmt: skip
    if loss.get("robust"):
        yield _("made items with doubtful labels fade (robust loss, q = {q})", q=f"{float(loss['robust']):g}")
    if loss.get("curriculum"):
        yield _("made items alone for the first {share} of the steps", share=percent(float(loss["curriculum"])))
    if arm.get("views"):
        yield _("sees only {views}", views=", ".join(map(str, arm["views"])))
    learner = arm.get("learner")
    if isinstance(learner, Mapping) and learner:
        yield _("trained by {learner}", learner=str(learner.get("name", "")))


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
