"""Makes DICOM files with pydicom, headers full of things that must not come in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless, generate_uid

COMPRESSED = {"RLELossless": RLELossless, "JPEG2000Lossless": JPEG2000Lossless}
DX, SR, PLAN = "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.88.11", "1.2.840.10008.5.1.4.1.1.481.5"


def save_dicom(path: Path, pixels: np.ndarray | None, *, compressed: str = "", **header: object) -> Path:
    """Write `pixels` ([h, w], [n, h, w] or RGB [h, w, 3]) under a header; keywords replace parts of it."""
    held = _dataset(str(header.pop("SOPClassUID", DX)))
    if pixels is not None:
        _put(held, pixels)
    for name, value in header.items():
        setattr(held, name, value)
    if compressed:
        held.compress(COMPRESSED[compressed], generate_instance_uid=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    held.save_as(path, enforce_file_format=True)
    return path


def _dataset(kind: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = kind, ExplicitVRLittleEndian
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["shisaku"])
    held = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    held.SOPClassUID, held.SOPInstanceUID = kind, meta.MediaStorageSOPInstanceUID
    held.PatientName, held.PatientID, held.PatientBirthDate = "Yamada^Taro", "P-1", "19700101"
    held.PatientAddress, held.InstitutionName = "1-2-3 Ginza", "General Hospital"
    held.StudyInstanceUID, held.SeriesInstanceUID, held.StudyDate = "9.1", "9.1.1", "20240131"
    held.Modality, held.ViewPosition, held.BodyPartExamined = "DX", "PA", "CHEST"
    held.Manufacturer, held.PatientSex, held.PatientAge = "Maker", "O", "045Y"
    return held


def _put(held: FileDataset, pixels: np.ndarray) -> None:
    colour = pixels.dtype == np.uint8 and pixels.ndim == 3
    held.Rows, held.Columns = pixels.shape[:2] if colour else pixels.shape[-2:]
    held.SamplesPerPixel = 3 if colour else 1
    held.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        held.PlanarConfiguration = 0
    elif pixels.ndim == 3:
        held.NumberOfFrames = str(len(pixels))
    bits = pixels.dtype.itemsize * 8
    held.BitsAllocated, held.BitsStored, held.HighBit = bits, bits, bits - 1
    held.PixelRepresentation = int(pixels.dtype.kind == "i")
    held.PixelData = pixels.tobytes()


def _code(meaning: str) -> Sequence:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99TEST", meaning
    return Sequence([code])


def _item(kind: str, heading: str) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = "CONTAINS", kind, _code(heading)
    return item


def report(path: Path, study_uid: str, **header: object) -> Path:
    """Write a structured report: a finding, a measurement, and a person who must not come in."""
    finding, size, person = _item("TEXT", "Finding"), _item("NUM", "Diameter"), _item("PNAME", "Observer")
    finding.TextValue, person.PersonName = "No pneumothorax.", "Yamada^Hanako"
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = "12", _code("millimeter")
    size.MeasuredValueSequence = Sequence([measured])
    findings = _item("CONTAINER", "Findings")
    findings.ContentSequence = Sequence([finding, person, size])
    content = {"ContentSequence": Sequence([findings]), "ValueType": "CONTAINER"}
    return save_dicom(path, None, SOPClassUID=SR, Modality="SR", StudyInstanceUID=study_uid, **content, **header)


def study(root: Path) -> Path:
    """A folder with every way in which a report can belong to an image, and files that belong to nothing."""
    ramp = np.arange(64, dtype=np.int16).reshape(8, 8)
    save_dicom(root / "p1/s1/a.dcm", ramp)
    save_dicom(root / "p1/s1/b", ramp)  # archives often give no suffix
    save_dicom(root / "p1/s2/c.dcm", ramp, StudyInstanceUID="9.2")
    save_dicom(root / "p2/d.dcm", ramp, StudyInstanceUID="9.3", PatientID="P-2")
    save_dicom(root / "p3/e.dcm", ramp, StudyInstanceUID="9.5", PatientID="P-3")
    save_dicom(root / "p4/f.dcm", ramp, StudyInstanceUID="9.4", PatientID="")
    save_dicom(root / "p5/plan.dcm", None, SOPClassUID=PLAN, Modality="RTPLAN")
    report(root / "p2/report", "9.3")
    report(root / "p5/sr.dcm", "9.99")
    (root / "p5/text.dcm").write_text("not DICOM " * 40)
    (root / "p5/alone.txt").write_text("A report of nobody.")
    (root / "p5/readme.pdf").write_bytes(b"%PDF-1.4")
    (root / "p1/s1/a.txt").write_text("The report of a.")
    (root / "p1/s1.txt").write_text("The report of folder s1.")
    (root / "9.2.txt").write_text("The report of study 9.2.")
    return root
