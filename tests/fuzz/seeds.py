"""One small good file of every format that is read, and the folder it lies in where it needs one."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from dicom_material import report, save_dicom
from driving_material import drive
from hostile_files import moving, picture, sixteen_bits, sound, video, with_place

from shisaku.core.sample import Kind

CAPTIONS = [{"id": str(n), "text": f"the text, 文 {n}", "label": "ab"[n % 2]} for n in range(20)]


def media(folder: Path) -> dict[str, tuple[Kind, bytes]]:
    """Return name -> (kind, bytes) of every format that the sandbox decodes."""
    cloud, vector = io.BytesIO(), io.BytesIO()
    np.save(cloud, np.ones((50, 4), np.float32))
    np.save(vector, np.ones(32, np.float32))
    grey = save_dicom(folder / "a.dcm", np.arange(256, dtype=np.int16).reshape(16, 16)).read_bytes()
    packed = save_dicom(folder / "b.dcm", np.zeros((64, 64), np.uint16), compressed="JPEG2000Lossless").read_bytes()
    return {
        "png": ("image", picture("PNG")),
        "deep png": ("image", sixteen_bits("PNG")),
        "jpeg": ("image", with_place("JPEG")),
        "gif": ("image", moving()),
        "tiff": ("image", picture("TIFF", compression="tiff_lzw")),
        "webp": ("image", with_place("WEBP")),
        "dicom": ("image", grey),
        "dicom j2k": ("image", packed),
        "wav": ("audio", sound("WAV")),
        "flac": ("audio", sound("FLAC")),
        "ogg": ("audio", sound("OGG")),
        "mp3": ("audio", sound("MP3")),
        "mp4": ("video", video("a.mp4", folder)),
        "mkv": ("video", video("a.mkv", folder)),
        "points npy": ("points", cloud.getvalue()),
        "vector npy": ("embedding", vector.getvalue()),
    }


def save_csv(folder: Path) -> Path:
    lines = ["id,text,label", *(f'{row["id"]},"{row["text"]}",{row["label"]}' for row in CAPTIONS)]
    return _saved(folder / "a.csv", "\n".join(lines).encode())


def save_jsonl(folder: Path) -> Path:
    return _saved(folder / "a.jsonl", "\n".join(json.dumps(row) for row in CAPTIONS).encode())


def save_parquet(folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(CAPTIONS), target)
    return _saved(folder / "a.parquet", target.getvalue())


def save_tar(folder: Path) -> Path:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for row in CAPTIONS[:4]:
            for suffix, data in (("png", picture()), ("txt", row["text"].encode()), ("json", json.dumps(row).encode())):
                about = tarfile.TarInfo(f"{row['id']}.{suffix}")
                about.size = len(data)
                tar.addfile(about, io.BytesIO(data))
    return _saved(folder / "shard-000000.tar", target.getvalue())


def save_coco(folder: Path) -> Path:
    for n in range(3):
        _saved(folder / "images" / f"{n}.png", picture(seed=n))
    held = {
        "images": [{"id": n, "file_name": f"{n}.png", "width": 32, "height": 24} for n in range(3)],
        "categories": [{"id": 1, "name": "apple"}],
        "annotations": [
            {
                "id": n,
                "image_id": n,
                "category_id": 1,
                "bbox": [1.5, 2, 9, 9],
                "area": 81,
                "iscrowd": 0,
                "segmentation": [[1, 2, 9, 2, 9, 9]],
            }
            for n in range(3)
        ],
    }
    return _saved(folder / "annotations" / "instances.json", json.dumps(held).encode())


def save_voc(folder: Path) -> Path:
    _saved(folder / "JPEGImages" / "a.jpg", picture("JPEG"))
    _saved(folder / "ImageSets" / "Main" / "train.txt", b"a\n")
    return _saved(
        folder / "Annotations" / "a.xml",
        b"<annotation><folder>VOC2012</folder><filename>a.jpg</filename><size><width>32</width><height>24</height>"
        b"<depth>3</depth></size><segmented>0</segmented><object><name>apple</name><pose>Left</pose>"
        b"<truncated>0</truncated><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax>"
        b"<ymax>9</ymax></bndbox></object></annotation>",
    )


def save_drive(folder: Path) -> Path:
    drive(folder, logs=1, each=2)
    return folder / "v1.0-test" / "sample_data.json"


def save_boxes(folder: Path) -> Path:
    drive(folder, logs=1, each=2)
    return folder / "v1.0-test" / "sample_annotation.json"


def scans(folder: Path) -> list[bytes]:
    """Return an image and a structured report in DICOM."""
    image = save_dicom(folder / "a.dcm", np.arange(256, dtype=np.int16).reshape(16, 16))
    return [image.read_bytes(), report(folder / "report.dcm", "9.1").read_bytes()]


def save_chat(folder: Path) -> Path:
    _saved(folder / "images" / "0.png", picture())
    turns = [{"from": "human", "value": "<image>\nWhat is it?"}, {"from": "gpt", "value": "An apple."}]
    held = [{"id": str(n), "image": "images/0.png", "conversations": turns} for n in range(5)]
    return _saved(folder / "a.json", json.dumps(held).encode())


TABLES: dict[str, Callable[[Path], Path]] = {
    "csv": save_csv,
    "jsonl": save_jsonl,
    "parquet": save_parquet,
    "tar": save_tar,
    "coco json": save_coco,
    "voc xml": save_voc,
    "chat json": save_chat,
    "driving json": save_drive,
    "boxes json": save_boxes,
}


def _saved(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
