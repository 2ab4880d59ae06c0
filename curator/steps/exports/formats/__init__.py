"""Take a snapshot to where others can use it, one format a file.

`FORMATS` names the formats; each makes of an `Export` the files that go out.
"""

from curator.steps.exports.exported_file import ExportFormat
from curator.steps.exports.formats.coco import coco_files
from curator.steps.exports.formats.croissant import croissant_files
from curator.steps.exports.formats.csv_table import csv_files
from curator.steps.exports.formats.fer2013_table import fer2013_files
from curator.steps.exports.formats.hugging_face import hugging_face_files
from curator.steps.exports.formats.label_folders import label_folder_files
from curator.steps.exports.formats.npz_arrays import npz_files
from curator.steps.exports.formats.parquet_table import parquet_files
from curator.steps.exports.formats.tf_records import tf_record_files
from curator.steps.exports.formats.web_dataset import web_dataset_files

FORMATS: dict[str, ExportFormat] = {
    "folders": ExportFormat(label_folder_files, "SPLIT/LABEL/FACE.png", carries_soft=False),
    "csv": ExportFormat(csv_files, "labels.csv and the crops it names"),
    "parquet": ExportFormat(parquet_files, "a table a split, with the crops in it"),
    "fer2013": ExportFormat(
        fer2013_files, "fer2013.csv: 48 x 48 grey levels as text", carries_soft=False
    ),
    "npz": ExportFormat(npz_files, "NumPy arrays of each split in one file"),
    "tfrecord": ExportFormat(tf_record_files, "TensorFlow examples in shards"),
    "huggingface": ExportFormat(hugging_face_files, "an image folder that `datasets` opens"),
    "webdataset": ExportFormat(web_dataset_files, "tar shards to stream"),
    "coco": ExportFormat(
        coco_files, "boxes and landmarks on the source images", carries_crops=False
    ),
    "croissant": ExportFormat(croissant_files, "labels.csv and crops with a Croissant description"),
}
