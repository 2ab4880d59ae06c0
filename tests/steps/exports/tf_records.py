"""Read TFRecord files with Protocol Buffers' own library, where TensorFlow is not installed.

The test with `tf.data` is among the trainer's.
"""

import struct
from collections.abc import Iterator
from typing import Any

import google_crc32c
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_LISTS = {"bytes_list": "BytesList", "float_list": "FloatList", "int64_list": "Int64List"}
_FIELD = descriptor_pb2.FieldDescriptorProto


def read_examples(content: bytes) -> Iterator[dict[str, list[Any]]]:
    """Yield the features of each example of a file, by name; checksums are checked."""
    example_class = _example_class()
    while content:
        (length,) = struct.unpack_from("<Q", content)
        record = content[12 : 12 + length]
        assert content[8:12] == _masked_crc(content[:8])
        assert content[12 + length : 16 + length] == _masked_crc(record)
        features = example_class.FromString(record).features.feature
        yield {
            name: list(getattr(feature, feature.WhichOneof("kind")).value)
            for name, feature in features.items()
        }
        content = content[16 + length :]


def _masked_crc(content: bytes) -> bytes:
    crc = google_crc32c.value(content)
    return struct.pack("<I", ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF)


def _example_class() -> Any:
    """Make the class of `tensorflow.Example` from its schema (example.proto, feature.proto)."""
    file = descriptor_pb2.FileDescriptorProto(
        name="example.proto", package="tensorflow", syntax="proto3"
    )
    kinds = {"BytesList": _FIELD.TYPE_BYTES, "FloatList": _FIELD.TYPE_FLOAT}
    for name, kind in {**kinds, "Int64List": _FIELD.TYPE_INT64}.items():
        _add(file.message_type.add(name=name), "value", 1, kind, is_repeated=True)
    feature = file.message_type.add(name="Feature")
    feature.oneof_decl.add(name="kind")
    for number, (name, list_name) in enumerate(_LISTS.items(), start=1):
        _add(feature, name, number, f".tensorflow.{list_name}").oneof_index = 0
    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    _add(entry, "key", 1, _FIELD.TYPE_STRING)
    _add(entry, "value", 2, ".tensorflow.Feature")
    _add(features, "feature", 1, ".tensorflow.Features.FeatureEntry", is_repeated=True)
    _add(file.message_type.add(name="Example"), "features", 1, ".tensorflow.Features")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.Example"))


def _add(message: Any, name: str, number: int, kind: Any, *, is_repeated: bool = False) -> Any:
    label = _FIELD.LABEL_REPEATED if is_repeated else _FIELD.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, label=label)
    if isinstance(kind, str):
        field.type, field.type_name = _FIELD.TYPE_MESSAGE, kind
    else:
        field.type = kind
    return field
