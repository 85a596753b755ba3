"""Pictures of the wire.

Small PNG landscapes, each drawn from its own name, so that a page is not full of broken images and nothing binary
lies in the repository. Format: PNG specification (ISO/IEC 15948), colour type 2.
"""

import colorsys
import struct
import zlib
from functools import lru_cache
from hashlib import sha256
from math import sin

WIDTH, HEIGHT = 640, 360
_SCALE = 2  # drawn at half the size, each point two wide and high


@lru_cache(maxsize=64)
def draw_picture(name: str) -> bytes:
    """A PNG of 640 by 360 points, the same for the same name."""
    seed = sha256(name.encode()).digest()
    tone, sun, low, high = (value / 255 for value in seed[:4])
    hue = 0.52 + 0.1 * tone if seed[5] % 3 else 0.03 + 0.06 * tone  # by day, or at dusk
    columns, lines = WIDTH // _SCALE, HEIGHT // _SCALE
    hills = [
        (0.45 + 0.25 * depth + 0.08 * low * sin(x / (18 + 28 * high) + depth * 7) + 0.03 * sin(x / 10 + seed[4]))
        * lines
        for depth in range(2)
        for x in range(columns)
    ]
    land = 0.05 + 0.4 * high
    near, far = _colour(land, 0.45, 0.25), _colour(land, 0.3, 0.48)
    light = _colour(0.13, 0.25, 1.0)
    centre_x, centre_y, radius = columns * (0.15 + 0.7 * sun), lines * 0.28, lines * 0.11
    rows = bytearray()
    for y in range(lines):
        sky = _colour(hue, 0.45 - 0.3 * y / lines, 0.75 + 0.2 * y / lines)
        line = bytearray()
        for x in range(columns):
            if y > hills[columns + x]:
                point = near
            elif y > hills[x]:
                point = far
            elif (x - centre_x) ** 2 + (y - centre_y) ** 2 < radius**2:
                point = light
            else:
                point = sky
            line += point * _SCALE
        rows += (b"\x00" + bytes(line)) * _SCALE
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _colour(hue: float, saturation: float, value: float) -> bytes:
    return bytes(round(255 * part) for part in colorsys.hsv_to_rgb(hue % 1, saturation, value))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
