"""Recipes whose picture comes from a camera: cards on surfaces, in hands, beside faces, on other screens."""

from __future__ import annotations

import cv2
import numpy as np

from models.training.samples import DrawnCard, Rgb
from models.training.scenes import camera, overlays, people
from models.training.scenes.backgrounds import filling
from models.training.scenes.canvas import Canvas
from models.training.scenes.place import (
    Points,
    any_roll,
    blend,
    box_quad,
    covered_share,
    edges,
    points,
    seen,
    settle,
    shade,
)
from models.training.scenes.supply import Deal, Frame, Rng


def ground(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """An empty canvas on a surface of the pool."""
    return Canvas(filling(rng, deal.supply.background(rng), frame))


def tilted_quad(rng: Rng, card: DrawnCard, frame: Frame, share: float, *, roll: float, steep: float = 1.0) -> Points:
    """Where a hand-held camera sees the card: mostly nearly from above, sometimes at a grazing angle."""
    tilt = min(62.0, abs(rng.normal(0, 22))) * steep
    aspect = card.image.shape[1] / card.image.shape[0]
    return settle(rng, seen(aspect, roll, tilt, rng.uniform(0, 360), rng.uniform(1.6, 5)), frame, share)


def lit(rng: Rng, card: DrawnCard, chance: float = 0.45) -> DrawnCard:
    """The card with reflections on its plastic, or as it is."""
    if rng.random() > chance:
        return card
    image = camera.sheen(rng, card.image, rng.uniform(0.4, 1.2))
    return DrawnCard(image, card.alpha, card.side, card.kind, card.digits, card.number_box)


def put_down(rng: Rng, canvas: Canvas, card: DrawnCard, quad: Points) -> None:
    """Lay a real card on a surface: its shadow first, then itself."""
    size = min(edges(quad))
    if rng.random() < 0.75:
        drop = (rng.normal(0, 0.02) * size, rng.normal(0.01, 0.02) * size)
        shade(canvas.image, quad, drop, size * rng.uniform(0.008, 0.05), rng.uniform(0.2, 0.7))
    canvas.lay(lit(rng, card), quad)


def phone_photo(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """One card, or one and its neighbours, on a surface, seen by a phone."""
    canvas = ground(rng, deal, frame)
    card = deal.take(rng)
    roll = any_roll(rng)
    share = rng.uniform(0.15, 0.95) if rng.random() < 0.6 else rng.uniform(0.6, 1.0)
    if deal.company or rng.random() < 0.08:
        share = min(share, 0.55)
    quad = tilted_quad(rng, card, frame, share, roll=roll)
    if deal.company or (share < 0.55 and rng.random() < 0.12):
        _companion(rng, canvas, deal.take(rng), quad, roll)
    colour, side, held = people.skin(rng), people.held_side(rng, quad), rng.random()
    if held < 0.15:
        people.palm(rng, canvas.image, quad, side, colour)
    put_down(rng, canvas, card, quad)
    if held < (0.28 if share > 0.6 else 0.13):  # a finger alone only where its end lies out of the picture
        people.thumb(rng, canvas.image, quad, side, colour)
    if rng.random() < 0.05:
        overlays.sleeve(rng, canvas.image, quad)
    canvas.image = camera.photographed(rng, canvas.image)
    marked(rng, canvas, quad)
    return canvas


def marked(rng: Rng, canvas: Canvas, quad: Points) -> None:
    """What an app adds afterwards, on some pictures: a watermark, bars over fields, a date, a guide."""
    kind = rng.random()
    if kind < 0.05:
        overlays.watermark(rng, canvas.image, quad)
    elif kind < 0.09:
        overlays.redact(rng, canvas.image, quad)
    elif kind < 0.11:
        overlays.date_stamp(rng, canvas.image)
    elif kind < 0.13:
        overlays.camera_guide(rng, canvas.image, quad)


def app_scan(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """What a scanner app keeps: the card nearly fills the picture, cut a little wrong, its light evened out."""
    card = deal.take(rng)
    aspect = card.image.shape[1] / card.image.shape[0]
    long_side = max(frame)
    frame = (round(long_side / aspect), long_side) if aspect > 1 else (long_side, round(long_side * aspect))
    canvas = ground(rng, deal, frame)
    corners = box_quad(0, 0, frame[1], frame[0])
    inset = rng.uniform(-0.02, 0.07)
    jitter = rng.normal(0, 0.02, (4, 2)) * max(frame)
    quad = np.asarray(corners.mean(axis=0) + (corners - corners.mean(axis=0)) * (1 - 2 * inset) + jitter, np.float32)
    put_down(rng, canvas, card, quad)
    canvas.image = camera.photographed(rng, canvas.image)
    if rng.random() < 0.6:
        canvas.image = overlays.app_enhanced(rng, canvas.image)
    marked(rng, canvas, quad)
    return canvas


def _companion(rng: Rng, canvas: Canvas, card: DrawnCard, beside: Points, roll: float) -> None:
    """Another card near by, where it covers little of `beside`; none if no such place is found."""
    for _ in range(6):
        quad = tilted_quad(rng, card, canvas.frame, rng.uniform(0.15, 0.6), roll=roll + rng.normal(0, 10), steep=0.5)
        if max(covered_share(quad, beside), covered_share(beside, quad)) < 0.15:
            put_down(rng, canvas, card, quad)
            return


def selfie(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A face that fills the picture, and a card held beside or below it."""
    if frame[1] > frame[0] and rng.random() < 0.6:
        frame = (frame[1], frame[0])
    canvas = Canvas(_portrait(rng, deal, frame))
    card = deal.take(rng)
    height = frame[0]
    aspect = card.image.shape[1] / card.image.shape[0]
    roll = rng.normal(0, 12) if rng.random() < 0.85 else any_roll(rng)
    shape = seen(aspect, roll, min(50, abs(rng.normal(0, 16))), rng.uniform(0, 360), rng.uniform(2, 6))
    share = rng.uniform(0.15, 0.4) if rng.random() < 0.75 else rng.uniform(0.4, 0.7)
    quad = settle(rng, shape, frame, share, partial=0.05)
    low = rng.uniform(0.62, 0.95) * height - quad[:, 1].mean()
    room = height - quad[:, 1].max() if rng.random() < 0.9 else low
    quad = (quad + points([0, min(low, room)])).astype(np.float32)
    colour = _skin_of(rng, canvas.image)
    side = people.held_side(rng, quad)
    people.palm(rng, canvas.image, quad, side, colour)
    canvas.lay(lit(rng, card), quad)
    people.thumb(rng, canvas.image, quad, side, colour)
    canvas.image = camera.photographed(rng, canvas.image)
    return canvas


def bare_selfie(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A face and nothing in its hands."""
    image = _portrait(rng, deal, frame)
    return Canvas(camera.photographed(rng, image) if rng.random() < 0.7 else image)


def _portrait(rng: Rng, deal: Deal, frame: Frame) -> Rgb:
    """A face filling `frame`; some are smaller, in a room."""
    face = deal.supply.face(rng)
    height, width = frame
    if rng.random() < 0.4:
        room = np.asarray(filling(rng, deal.supply.background(rng), frame), np.uint8)
        return _in_room(rng, np.asarray(cv2.GaussianBlur(room, (0, 0), rng.uniform(0.5, 4)), np.uint8), face)
    scale = max(height / face.shape[0], width / face.shape[1])
    part_height, part_width = int(height / scale), int(width / scale)
    y = int(rng.uniform(0, 0.4) * (face.shape[0] - part_height))
    x = int(rng.uniform(0.2, 0.8) * (face.shape[1] - part_width))
    image = cv2.resize(face[y : y + part_height, x : x + part_width], (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.flip(image, 1) if rng.random() < 0.5 else image, np.uint8)


def _in_room(rng: Rng, room: Rgb, face: Rgb) -> Rgb:
    """A smaller head and shoulders at the room's lower edge, their outline softened."""
    height, width = room.shape[:2]
    scale = rng.uniform(0.6, 0.98) * min(height / face.shape[0], width / face.shape[1])
    small = np.asarray(cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)
    rows, columns = small.shape[:2]
    mask = np.zeros((rows // 4, columns // 4), np.uint8)
    wide, tall = columns / 4, rows / 4
    cv2.ellipse(mask, ((wide / 2, tall * 0.45), (wide * 0.8, tall * 0.85), 0), 255, -1)
    cv2.ellipse(mask, ((wide / 2, tall * 1.05), (wide * 0.97, tall * 0.8), 0), 255, -1)
    soft = cv2.resize(
        cv2.GaussianBlur(mask, (0, 0), max(1.0, wide / 30)), (columns, rows), interpolation=cv2.INTER_LINEAR
    )
    x = int(rng.uniform(0, width - columns))
    blend(room[height - rows :, x : x + columns], small, np.asarray(soft, np.uint8))
    return room


def _skin_of(rng: Rng, portrait: Rgb) -> tuple[int, int, int]:
    """The colour of the face, which is about the middle of the picture; at times another hand's."""
    height, width = portrait.shape[:2]
    middle = portrait[int(height * 0.4) : int(height * 0.55), int(width * 0.42) : int(width * 0.58)]
    red, green, blue = (int(v) for v in np.median(middle, axis=(0, 1)))
    return (red, green, blue) if red > green > blue * 0.9 and rng.random() < 0.85 else people.skin(rng)


def everyday(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A picture of a store with no card at all, as it is; `frame` bounds its long side only."""
    _, picture = deal.supply.everyday(rng)
    canvas = Canvas(np.array(picture))
    canvas.fit_long_side(max(frame))
    if rng.random() < 0.5:
        canvas.image = camera.photographed(rng, canvas.image)
    return canvas
