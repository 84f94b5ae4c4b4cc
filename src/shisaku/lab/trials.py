"""All trials of a study, serially or on processes; the numbers are the same."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import parent_process
from typing import Any, TypeVar

from shisaku.core.progress import Progress, silent
from shisaku.core.study_spec import StudySpec
from shisaku.errors import MachineError
from shisaku.lab.bench import Bench
from shisaku.lab.comparator import agree
from shisaku.lab.items import StudyData
from shisaku.lab.trial import Trial, run_trial
from shisaku.learn.one_thread import one_thread
from shisaku.message import say

Result = TypeVar("Result")
OnDone = Callable[[int, Trial], None]


def all_trials(spec: StudySpec) -> tuple[tuple[int, int], ...]:
    """Return (split, shots) of every trial; its position is its number."""
    return tuple((split, shots) for shots in spec.shots for split in range(spec.splits))


def run_trials(
    spec: StudySpec,
    data: StudyData,
    *,
    workers: int = 1,
    progress: Progress = silent,
    done: Mapping[int, Trial] | None = None,
    on_done: OnDone | None = None,
) -> tuple[Trial, ...]:
    """Run every trial that is not in `done`, in order of number; each new one is handed to `on_done`.

    With more than one worker, spawned processes do it (a script needs ``if __name__ == "__main__"``), one
    thread each.
    """
    wanted = all_trials(spec)
    found = dict(done or {})
    missing = [number for number in range(len(wanted)) if number not in found]
    what = str(say("study {study}", study=spec.name))
    progress(what, len(found), len(wanted))
    jobs = [wanted[number] for number in missing]
    for place, trial in spread(_lay, (spec, data), _one, jobs, workers):
        found[missing[place]] = trial
        if on_done is not None:
            on_done(missing[place], trial)
        progress(what, len(found), len(wanted))
    return agree([found[number] for number in range(len(wanted))])


def _lay(ground: tuple[StudySpec, StudyData]) -> Bench:
    return Bench.lay(*ground)


def _one(bench: Bench, job: tuple[int, int]) -> Trial:
    return run_trial(bench, *job)


Ground = TypeVar("Ground")
Laid = TypeVar("Laid")
Job = TypeVar("Job")


def spread(
    lay: Callable[[Ground], Laid],
    ground: Ground,
    work: Callable[[Laid, Job], Result],
    jobs: Sequence[Job],
    workers: int,
) -> Iterator[tuple[int, Result]]:
    """Yield (position, ``work(lay(ground), job)``) as jobs finish; `lay` runs once per process.

    `lay` and `work` are module-level functions, for they travel to other processes. Raises MachineError if a
    process dies.
    """
    if workers <= 1 or len(jobs) <= 1:
        laid = lay(ground)
        with one_thread():
            for place, job in enumerate(jobs):
                yield place, work(laid, job)
        return
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    processes = min(workers, len(jobs))
    start: Callable[..., None] = _start
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=start, initargs=(lay, ground))
    try:
        waiting: dict[Future[Result], int] = {}
        places = iter(range(len(jobs)))
        # A few jobs ahead only: a stop then waits for trials, not for the whole study.
        for place in places:
            waiting[pool.submit(_work, work, jobs[place])] = place
            if len(waiting) < 2 * processes:
                continue
            yield from _finished(waiting)
        while waiting:
            yield from _finished(waiting)
    except BrokenProcessPool as error:
        raise MachineError(
            say("A worker process died: {cause}", cause=str(error)),
            where="study",
            next=say("Free some memory and run again: finished trials are kept; one worker needs the least"),
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _finished(waiting: dict[Future[Result], int]) -> Iterator[tuple[int, Result]]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield waiting.pop(future), future.result()


_LAID: list[object] = []


def _start(lay: Callable[[object], object], ground: object) -> None:
    # Ctrl-C reaches the whole group; the parent answers it, and a worker has nothing to add.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _LAID[:] = [lay(ground)]


def _end_with_parent() -> None:
    """End this worker when its parent is gone, however it went: a killed parent tells nobody."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(work: Callable[[Any, Job], Result], job: Job) -> Result:
    with one_thread():
        return work(_LAID[0], job)
