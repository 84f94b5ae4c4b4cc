"""Photographs out of GCompris' containers, as an audit would see them: canonical, at most 512 pixels a side."""

from __future__ import annotations

from shisaku.core.sample import Part, Sample
from shisaku.store.images import read_image
from shisaku.store.limits import Limits


def photos() -> list[Sample]:
    """Return 192 photographs of animals, tools, monuments and power plants; a few tools and fish stand on white."""
    from shisaku_stamps.fetch import fetch
    from shisaku_stamps.lists import backgrounds
    from shisaku_stamps.lists import photos as listed
    from shisaku_stamps.pictures import take

    made = []
    for taken in take(fetch(), [*listed(), *backgrounds()]):
        decoded = read_image(taken.path, Limits())
        facts = {f"image_{name}": value for name, value in decoded.facts.items()}
        label = taken.picture.label or taken.picture.kind
        name = taken.picture.file.removesuffix(".webp")
        part = Part("image", decoded.data, str(taken.path))
        made.append(Sample(name, {"image": part}, {"class": label} if label else {}, facts=facts))
    return sorted(made, key=lambda one: one.id)
