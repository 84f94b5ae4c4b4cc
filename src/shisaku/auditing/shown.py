"""Which samples the page of an audit shows: the worst of every detector, whole groups together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shisaku.auditing.found import Found, Issue

SINGLE, GROUPS, MEMBERS, EXAMPLES = 12, 6, 4, 4


def groups_of(issues: Sequence[Issue]) -> list[tuple[str, list[Issue]]]:
    """Return (group, its issues) in the order of the worst of each; an issue without a group is one of its own."""
    found: dict[str, list[Issue]] = {}
    for issue in issues:
        found.setdefault(issue.group or f"\0{issue.sample}", []).append(issue)
    return [("" if name.startswith("\0") else name, some) for name, some in found.items()]


def shown_of(issues: Sequence[Issue]) -> list[tuple[str, list[Issue]]]:
    """Return what of a detector is shown: so many single issues, or so many groups with some members each."""
    groups = groups_of(issues)
    if any(name for name, _ in groups):
        return [(name, some[:MEMBERS]) for name, some in groups[:GROUPS]]
    return groups[:SINGLE]


def ids_to_show(found: Found) -> list[str]:
    """Return the ids of all that is shown, detectors taking turns, so that a budget cuts each alike."""
    turns = [_ids(shown_of(some)) for some in found.issues.values() if some]
    turns += [iter(row["samples"][:EXAMPLES]) for row in found.findings if row["weight"] != "note"]
    order: dict[str, None] = {}
    while turns:
        for turn in list(turns):
            name = next(turn, None)
            if name is None:
                turns.remove(turn)
            else:
                order[name] = None
    return list(order)


def _ids(groups: Sequence[tuple[str, list[Issue]]]) -> Iterator[str]:
    for group, some in groups:
        if group:
            yield group
        yield from (issue.sample for issue in some)
