"""The account of GPU hours, on a clock of the test's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shisaku.core.budget import Budget
from shisaku.errors import RecipeError
from shisaku.guard.device_time import HOUR, DeviceTime
from shisaku.registry.load import parse_recipe


@dataclass
class Device:
    """A device that works off what it was given when somebody waits for it."""

    now: float = 0.0
    given: float = 0.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def finish(self) -> None:
        self.now += self.given
        self.given = 0.0
        self.waits.append(self.now)


def work(meter: DeviceTime, device: Device, seconds: float, answers: int = 1) -> bool:
    if meter.refused(answers):
        return False
    with meter.counted(answers, device.finish):
        device.given += seconds
    return True


def test_what_the_device_was_given_is_waited_for_and_counted() -> None:
    device = Device(given=100.0)  # somebody else's, before
    meter = DeviceTime(Budget(gpu_hours=1.0), clock=device.clock)
    assert work(meter, device, 90.0)
    assert meter.hours == pytest.approx(90 / HOUR)
    assert device.waits == [100.0, 190.0]


@pytest.mark.parametrize(("limit", "done"), [(0.0, 0), (25.0, 2), (30.0, 3), (100.0, 10), (1e9, 12)])
def test_it_stops_before_the_limit_and_uses_it(limit: float, done: int) -> None:
    device = Device()
    meter = DeviceTime(Budget(gpu_hours=limit / HOUR), clock=device.clock)
    assert sum(work(meter, device, 10.0) for _ in range(12)) == done
    assert meter.hours <= limit / HOUR * (1 + 1e-9)
    if done < 12:
        assert "GPU hours is reached" in str(meter.refused(1))


def test_many_answers_are_expected_to_take_the_mean_of_those_before() -> None:
    device = Device()
    meter = DeviceTime(Budget(gpu_hours=100 / HOUR), clock=device.clock)
    assert work(meter, device, 40.0, answers=4)
    assert meter.refused(7) is not None
    assert meter.refused(6) is None


def test_time_of_what_failed_counts() -> None:
    device = Device()
    meter = DeviceTime(Budget(gpu_hours=1.0), clock=device.clock)

    def spoil() -> None:
        with meter.counted(1, device.finish):
            device.given += 5.0
            raise ValueError("spoilt")

    with pytest.raises(ValueError, match="spoilt"):
        spoil()
    assert meter.hours == pytest.approx(5 / HOUR)


def test_without_a_limit_it_is_counted_all_the_same() -> None:
    device = Device()
    meter = DeviceTime(Budget(), clock=device.clock)
    assert all(work(meter, device, 1e6) for _ in range(3))
    assert meter.hours == pytest.approx(3e6 / HOUR)


def test_the_account_goes_on_after_a_kill(tmp_path: Path) -> None:
    device, budget = Device(), Budget(gpu_hours=30 / HOUR)
    killed = DeviceTime(budget, tmp_path / "guard" / "device.json", device.clock)
    assert work(killed, device, 10.0)
    assert work(killed, device, 10.0)
    resumed = DeviceTime(budget, tmp_path / "guard" / "device.json", device.clock)
    assert resumed.hours == pytest.approx(20 / HOUR)
    assert (work(resumed, device, 10.0), work(resumed, device, 10.0)) == (True, False)


def test_a_limit_that_nothing_holds_is_refused() -> None:
    head = "schema: 1\nname: x\ndata: {reader: folder, with: {path: .}}\n"
    with pytest.raises(RecipeError, match=r"line 4: budget\.reviewer_minutes: It is not enforced yet"):
        parse_recipe(head + "budget: {reviewer_minutes: 30}\n")
    assert parse_recipe(head + "budget: {gpu_hours: 2}\n").budget == Budget(gpu_hours=2)
