"""What apps and people put over a picture of a card: watermarks, black bars, mosaics, dates, camera guides, sleeves."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from models.training.samples import Mask, Rgb
from models.training.scenes.pen import PURPOSES
from models.training.scenes.place import Points, blend, box_quad, edges, homography, through, turned
from models.training.scenes.supply import Rng
from models.training.text import LATIN_BOLD, THAI, THAI_BOLD, draw_text, text_width

MARKS = 80
MARK_SIZE = (480, 300)
"""Width and height of a card-shaped sheet of watermark text."""


@lru_cache(maxsize=MARKS)
def _mark(index: int) -> Mask:
    """(300, 480) uint8: typed words once across, or in rows, as watermark apps print them."""
    rng = np.random.default_rng((17, index))
    purpose = str(rng.choice(PURPOSES))
    texts = (
        f"ใช้สำหรับ{purpose}เท่านั้น",
        f"ใช้เพื่อ{purpose}เท่านั้น",
        "สำเนาถูกต้อง",
        "For verification only",
        "SPECIMEN",
        "ตัวอย่าง",
        "SAMPLE",
    )
    text, name = str(rng.choice(texts)), str(rng.choice([*THAI, *THAI_BOLD]))
    size = int(rng.integers(16, 46))
    rows = 1 if rng.random() < 0.5 else int(rng.integers(3, 7))
    canvas = Image.new("RGB", (720, 560))
    pen = ImageDraw.Draw(canvas)
    span = text_width(text, name, size) + 30
    for row in range(rows):
        y = 280 + (row - (rows - 1) / 2) * size * 2.2
        for column in range(1 if rows == 1 else int(720 // span) + 1):
            x = 360 - span / 2 if rows == 1 else column * span - (row % 2) * span / 2
            draw_text(pen, (x, y), text, name, size, (255, 255, 255))
    sheet = np.asarray(canvas)[..., 0]
    matrix = cv2.getRotationMatrix2D((360, 280), rng.choice([0, 25, 32, 40]) * rng.choice([1, 1, 1, -1]), 1)
    matrix[:, 2] += (MARK_SIZE[0] / 2 - 360, MARK_SIZE[1] / 2 - 280)
    return np.asarray(cv2.warpAffine(sheet, matrix, MARK_SIZE), np.uint8)


def watermark(rng: Rng, image: Rgb, quad: Points) -> None:
    """Typed words across the card, opaque or faint, in place."""
    mask = _mark(int(rng.integers(0, MARKS)))
    matrix = homography(MARK_SIZE, quad)
    cover = cv2.warpPerspective(mask, matrix, (image.shape[1], image.shape[0]))
    colours = ((220, 20, 30), (30, 40, 160), (20, 20, 20), (128, 128, 128), (250, 250, 250))
    ink = np.empty_like(image)
    ink[:] = np.array(colours[int(rng.integers(0, len(colours)))], np.uint8)
    blend(image, ink, np.asarray(cv2.convertScaleAbs(cover, alpha=rng.uniform(0.25, 1.0)), np.uint8))


def redact(rng: Rng, image: Rgb, quad: Points) -> None:
    """A bar, a mosaic, a blur or a sticker over one field or two of the card, in place."""
    local = homography((1, 1), quad)
    for _ in range(int(rng.integers(1, 4))):
        box = box_quad(rng.uniform(0.05, 0.6), rng.uniform(0.1, 0.85), rng.uniform(0.12, 0.4), rng.uniform(0.05, 0.12))
        corners = through(box, local)
        kind = rng.random()
        if kind < 0.6:
            colour = rng.choice([0, 0, 255, 128]) if kind < 0.45 else rng.integers(0, 255)
            cv2.fillConvexPoly(image, corners.astype(np.int32), [int(colour)] * 3, cv2.LINE_AA)
            continue
        low = np.maximum(corners.min(axis=0).astype(int), 0)
        high = corners.max(axis=0).astype(int)
        part = image[low[1] : high[1], low[0] : high[0]]
        if min(part.shape[:2]) < 4:
            continue
        cells = (max(1, part.shape[1] // 9), max(1, part.shape[0] // 9))
        way = cv2.INTER_NEAREST if kind < 0.8 else cv2.INTER_CUBIC
        coarse = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
        part[:] = cv2.resize(coarse, (part.shape[1], part.shape[0]), interpolation=way)


def date_stamp(rng: Rng, image: Rgb) -> None:
    """What a camera prints into a corner: date and time, in place."""
    height, width = image.shape[:2]
    year, month, day, hour, minute = (
        int(rng.integers(*span)) for span in ((2012, 2026), (1, 13), (1, 29), (0, 24), (0, 60))
    )
    text = f"{year}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}"
    size = max(9, int(width * rng.uniform(0.025, 0.05)))
    name = str(rng.choice(LATIN_BOLD[:3]))
    strip = Image.new("RGB", (int(text_width(text, name, size)) + 4, size * 2))
    draw_text(ImageDraw.Draw(strip), (2, size * 1.4), text, name, size, (255, 255, 255))
    mask = np.asarray(strip)[..., 0]
    x = max(0, width - mask.shape[1] - size) if rng.random() < 0.6 else size
    part = image[height - size * 2 :, x : x + mask.shape[1]]
    ink = np.empty_like(part)
    ink[:] = np.array([(255, 150, 30), (250, 250, 250), (255, 230, 60)][int(rng.integers(0, 3))], np.uint8)
    blend(part, ink, np.ascontiguousarray(mask[-part.shape[0] :, : part.shape[1]]))


def camera_guide(rng: Rng, image: Rgb, quad: Points) -> None:
    """The frame that an identity app shows around the card, all outside it dimmed, in place."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    pad = (high - low) * rng.uniform(0.0, 0.08, 2)
    x0, y0 = np.maximum(low - pad, 0).astype(int).tolist()
    x1, y1 = (high + pad).astype(int).tolist()
    inside = image[y0:y1, x0:x1].copy()
    cv2.convertScaleAbs(image, dst=image, alpha=rng.uniform(0.2, 0.7))
    image[y0:y1, x0:x1] = inside
    colour = [(255, 255, 255), (60, 220, 90), (250, 200, 40)][int(rng.integers(0, 3))]
    cv2.rectangle(image, (x0, y0), (x1, y1), colour, max(1, image.shape[1] // 200), cv2.LINE_AA)


def sleeve(rng: Rng, image: Rgb, quad: Points) -> None:
    """A clear plastic cover around the card: a milky veil and bright welded edges, in place."""
    centre = quad.mean(axis=0)
    outer = centre + (turned(quad, rng.normal(0, 0.6)) - centre) * float(rng.uniform(1.04, 1.14))
    corners = outer.astype(np.int32)
    veil = image.copy()
    cv2.fillConvexPoly(veil, corners, [int(rng.integers(170, 250))] * 3, cv2.LINE_AA)
    share = rng.uniform(0.08, 0.3)
    cv2.addWeighted(veil, share, image, 1 - share, 0, dst=image)
    bright = [int(rng.integers(150, 255))] * 3
    cv2.polylines(image, [corners], True, bright, max(1, round(min(edges(quad)) / 120)), cv2.LINE_AA)


def app_enhanced(rng: Rng, image: Rgb) -> Rgb:
    """What scanner apps make of a photograph: the light evened out, whites pushed, sometimes grey."""
    small = cv2.resize(image, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    around = cv2.GaussianBlur(cv2.dilate(small, np.ones((3, 3), np.uint8)), (0, 0), max(2.0, max(small.shape[:2]) / 8))
    base = cv2.resize(around, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    even = cv2.divide(image, base, scale=rng.uniform(200, 260))
    share = rng.uniform(0.5, 1.0)
    mixed = cv2.addWeighted(even, share, image, 1 - share, 0)
    return np.asarray(cv2.convertScaleAbs(mixed, alpha=rng.uniform(1.0, 1.35), beta=rng.uniform(-30, 5)), np.uint8)
