from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from dicom_material import report, save_dicom, study

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, MachineError
from shisaku.store.codecs import decode_image
from shisaku.store.decoded import Decoded
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.job import Job
from shisaku.store.layout import layout_of
from shisaku.store.limits import Limits
from shisaku.store.readers.dicom import DicomReader
from shisaku.store.sandbox import Sandbox

RAMP = np.arange(64, dtype=np.int16).reshape(8, 8) * 16


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits(seconds=10, max_side=64, pixels=1_000_000), workers=1) as made:
        yield made


def image(box: Sandbox, path: Path) -> tuple[np.ndarray, dict[str, str]]:
    outcome = box.decode(Job("image", path))
    assert isinstance(outcome, Decoded), outcome
    return decode_image(Part("image", outcome.data)), dict(outcome.facts)


def reason(box: Sandbox, path: Path, task: str = "image") -> str:
    outcome = box.decode(Job(task, path))
    assert isinstance(outcome, Failure), outcome
    return str(outcome.reason)


def samples_of(found: Ingested) -> dict[str, Sample]:
    return {sample.id: sample for sample in found.dataset}


def test_grey_values_go_from_least_to_greatest_without_a_window(box: Sandbox, tmp_path: Path) -> None:
    found, facts = image(box, save_dicom(tmp_path / "a.dcm", RAMP))
    assert found.shape == (8, 8, 3)
    assert (found[0, 0, 0], found[-1, -1, 0]) == (0, 255)
    assert np.array_equal(found[..., 0], np.rint(RAMP / RAMP.max() * 255))
    assert (facts["size"], facts["window"]) == ("8x8", "least to greatest")


def test_the_first_window_counts_after_slope_and_intercept(box: Sandbox, tmp_path: Path) -> None:
    path = save_dicom(
        tmp_path / "ct.dcm",
        RAMP,
        RescaleSlope="2",
        RescaleIntercept="-1000",
        WindowCenter=["40", "900"],
        WindowWidth=["401", "2"],
    )
    found, facts = image(box, path)
    hounsfield = RAMP.astype(float) * 2 - 1000
    wanted = np.rint(np.clip((hounsfield - 39.5) / 400 + 0.5, 0, 1) * 255)  # PS3.3 C.11.2.1.2.1
    assert np.abs(found[..., 0] - wanted).max() <= 1
    assert facts["window"] == "40/401"


def test_windows_of_other_functions_and_without_sense(box: Sandbox, tmp_path: Path) -> None:
    window = {"WindowCenter": "504", "WindowWidth": "200"}
    sigmoid, _ = image(box, save_dicom(tmp_path / "s.dcm", RAMP, **window, VOILUTFunction="SIGMOID"))
    assert np.abs(sigmoid[..., 0] - np.rint(255 / (1 + np.exp(-4 * (RAMP - 504.0) / 200)))).max() <= 1
    exact, _ = image(box, save_dicom(tmp_path / "e.dcm", RAMP, **window, VOILUTFunction="LINEAR_EXACT"))
    assert np.abs(exact[..., 0] - np.rint(np.clip((RAMP - 504.0) / 200 + 0.5, 0, 1) * 255)).max() <= 1
    _, facts = image(box, save_dicom(tmp_path / "z.dcm", RAMP, WindowCenter="1", WindowWidth="0"))
    assert facts["window"] == "least to greatest"


def test_monochrome1_is_inverted_and_padding_does_not_stretch_the_grey(box: Sandbox, tmp_path: Path) -> None:
    found, facts = image(box, save_dicom(tmp_path / "a.dcm", RAMP, PhotometricInterpretation="MONOCHROME1"))
    assert (found[0, 0, 0], found[-1, -1, 0], facts["inverted"]) == (255, 0, "yes")
    padded = RAMP.copy()
    padded[0] = -2000
    found, _ = image(box, save_dicom(tmp_path / "b.dcm", padded, PixelPaddingValue=-2000))
    assert found[0, 0, 0] == 0
    assert found[1, 0, 0] == 0
    assert found[4, 0, 0] > 100


def test_colour_many_frames_and_compressed_pixels(box: Sandbox, tmp_path: Path) -> None:
    rgb = np.random.default_rng(1).integers(0, 255, (8, 8, 3)).astype(np.uint8)
    assert np.array_equal(image(box, save_dicom(tmp_path / "rgb.dcm", rgb))[0], rgb)
    frames = np.stack([np.full((8, 8), 9, np.int16), RAMP])
    found, facts = image(box, save_dicom(tmp_path / "many.dcm", frames, WindowCenter="9", WindowWidth="2"))
    assert facts["frame"] == "first of 2"
    assert len(np.unique(found)) == 1
    wide = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    for name in ("RLELossless", "JPEG2000Lossless"):
        found, _ = image(box, save_dicom(tmp_path / f"{name}.dcm", wide, compressed=name))
        assert np.array_equal(found[..., 0], np.rint(wide / wide.max() * 255))


def test_a_damaged_or_lying_file_costs_itself_only(box: Sandbox, tmp_path: Path) -> None:
    good = save_dicom(tmp_path / "a.dcm", RAMP).read_bytes()
    (tmp_path / "cut.dcm").write_bytes(good[:-40])
    assert reason(box, tmp_path / "cut.dcm")
    (tmp_path / "head.dcm").write_bytes(good[:140])
    assert reason(box, tmp_path / "head.dcm")
    assert "not a DICOM file" in reason(box, save_text(tmp_path / "text.dcm"), "dicom")
    big = save_dicom(tmp_path / "big.dcm", RAMP, Rows=60000, Columns=60000)
    assert "60000 x 60000" in reason(box, big)
    assert "no image" in reason(box, report(tmp_path / "sr.dcm", "1.2.3"))
    assert image(box, tmp_path / "a.dcm")[0].shape == (8, 8, 3)


def save_text(path: Path) -> Path:
    path.write_text("a text that is longer than the preamble of DICOM files " * 9)
    return path


def test_a_folder_comes_in_with_patients_reports_and_no_names(tmp_path: Path) -> None:
    root = study(tmp_path / "data")
    found = ingest(DicomReader(str(root), label="view", lang="en"), tmp_path / "cache")
    held = samples_of(found)
    assert {name: sample.group for name, sample in held.items()} == {
        "p1/s1/a.dcm": "P-1",
        "p1/s1/b": "P-1",
        "p1/s2/c.dcm": "P-1",
        "p2/d.dcm": "P-2",
        "p3/e.dcm": "P-3",
        "p4/f.dcm": "9.4",  # without a patient, the study
    }
    reports = {name: sample.parts["report"].text for name, sample in held.items() if "report" in sample.parts}
    assert reports == {
        "p1/s1/a.dcm": "The report of a.",
        "p1/s1/b": "The report of folder s1.",
        "p1/s2/c.dcm": "The report of study 9.2.",
        "p2/d.dcm": "Findings\n  Finding: No pneumothorax.\n  Diameter: 12 millimeter",
    }
    assert {sample.parts["report"].lang for sample in held.values() if "report" in sample.parts} == {"en"}
    sample = held["p2/d.dcm"]
    assert sample.labels == {"view": "PA"}
    expected = {"study": "9.3", "modality": "DX", "study_date": "20240131", "view": "PA", "body_part": "CHEST"}
    assert {name: sample.facts[name] for name in expected} == expected
    assert {"sex", "age", "manufacturer", "series"} <= set(sample.facts)
    said = str([(s.facts, s.labels, s.group, [p.data for p in s.parts.values()]) for s in held.values()])
    for secret in ("Yamada", "19700101", "1-2-3 Ginza", "General Hospital"):
        assert secret not in said
    assert {drop.sample for drop in found.drops} == {"p5/plan.dcm", "p5/text.dcm", "p5/alone.txt", "p5/sr.dcm"}
    assert len(list(DicomReader(str(root)).records())) == len(held) + len(found.drops)
    assert any("1 files that are not DICOM" in str(note) for note in found.notes)


def test_the_layout_is_recognised_by_the_preamble(tmp_path: Path) -> None:
    layout = layout_of(study(tmp_path / "data"))
    assert layout.door == "dicom"
    assert isinstance(layout.reader, DicomReader)
    assert DicomReader.recognise(tmp_path / "nowhere") is None


def test_records_are_the_same_both_times(tmp_path: Path) -> None:
    reader = DicomReader(str(study(tmp_path / "data")))
    assert list(reader.records()) == list(reader.records())


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MachineError, match=r"shisaku\[dicom\]"):
        list(DicomReader(str(tmp_path)).records())


def test_a_label_that_is_no_fact_is_an_error() -> None:
    with pytest.raises(DataError, match="PatientName"):
        DicomReader("x", label="PatientName")


def test_files_of_other_makers_come_in(tmp_path: Path) -> None:
    """Scanners' files, as pydicom brings them along for its own tests."""
    from pydicom.data import DATA_ROOT

    wanted = (
        "CT_small.dcm",
        "MR_small.dcm",
        "MR_small_RLE.dcm",
        "JPEG2000.dcm",
        "SC_rgb_rle_32bit.dcm",
        "SC_rgb_rle.dcm",
    )
    (tmp_path / "data").mkdir()
    for name in (*wanted, "test-SR.dcm", "rtplan.dcm", "MR_truncated.dcm"):
        source = Path(DATA_ROOT) / "test_files" / name
        if source.is_file():
            (tmp_path / "data" / name).write_bytes(source.read_bytes())
    found = ingest(DicomReader(str(tmp_path / "data")), tmp_path / "cache")
    held = samples_of(found)
    assert {"CT_small.dcm", "MR_small.dcm"} <= set(held) <= set(wanted)
    assert set(held) | {drop.sample for drop in found.drops} == {path.name for path in (tmp_path / "data").iterdir()}
    assert held["CT_small.dcm"].facts["modality"] == "CT"
    assert held["CT_small.dcm"].group
    assert decode_image(held["MR_small.dcm"].parts["image"]).std() > 10
    deep, eight = (decode_image(held[name].parts["image"]) for name in ("SC_rgb_rle_32bit.dcm", "SC_rgb_rle.dcm"))
    assert np.abs(deep.astype(int) - eight).max() <= 1
    assert held["SC_rgb_rle_32bit.dcm"].facts["image_bits"] == "32 to 8"
