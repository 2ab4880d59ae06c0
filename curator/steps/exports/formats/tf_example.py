"""Encode a `tf.train.Example` and a record of a TFRecord file, without TensorFlow.

An `Example` is a message of Protocol Buffers, here of fields that carry a length:

    Example    { Features features = 1; }
    Features   { map<string, Feature> feature = 1; }     an entry: key = 1, value = 2
    Feature    { oneof: BytesList 1, FloatList 2, Int64List 3 }
    …List      { repeated … value = 1; }                 numbers packed into one field

A record is the length of its content (uint64), a checksum of the length, the content and a
checksum of it, all little-endian.
"""

import struct
from collections.abc import Mapping, Sequence

import google_crc32c

_LENGTH_DELIMITED = 2


def example(features: Mapping[str, bytes]) -> bytes:
    """Encode an example of features by name, in the order of their names.

    Args:
        features: Values as `bytes_feature`, `float_feature` and `int_feature` give them.
    """
    entries = (
        _field(1, _field(1, name.encode("utf-8")) + _field(2, features[name]))
        for name in sorted(features)
    )
    return _field(1, b"".join(entries))


def bytes_feature(value: bytes) -> bytes:
    """Encode a feature of one string of bytes."""
    return _field(1, _field(1, value))


def float_feature(values: Sequence[float]) -> bytes:
    """Encode a feature of 32-bit floats."""
    return _field(2, _field(1, struct.pack(f"<{len(values)}f", *values)))


def int_feature(value: int) -> bytes:
    """Encode a feature of one number that is not negative."""
    return _field(3, _field(1, _varint(value)))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | _LENGTH_DELIMITED]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Encode a number in groups of 7 bits, the lowest first; the last has no eighth bit set.

    Example:
        >>> _varint(300).hex()
        'ac02'
    """
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def record(content: bytes) -> bytes:
    """Frame the content of one record."""
    length = struct.pack("<Q", len(content))
    return length + _masked_crc(length) + content + _masked_crc(content)


def _masked_crc(content: bytes) -> bytes:
    """Check a content by CRC-32C, turned and shifted as the format has it."""
    crc = google_crc32c.value(content)
    turned = (crc >> 15 | crc << 17) & 0xFFFFFFFF
    return struct.pack("<I", (turned + 0xA282EAD8) & 0xFFFFFFFF)
