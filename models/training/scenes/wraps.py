"""Recipes that take another recipe's picture further: through a chat app, onto a screen, down to a thumbnail."""

from __future__ import annotations

import cv2
import numpy as np

from models.training.scenes import camera
from models.training.scenes.canvas import Canvas
from models.training.scenes.papers import tight_scan, true_copy
from models.training.scenes.photos import app_scan, ground, phone_photo, selfie
from models.training.scenes.place import Points, any_roll, box_quad, points, seen, settle, shade
from models.training.scenes.screens import Screen, any_screen
from models.training.scenes.supply import Deal, Frame, Rng


def _picture(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """What people send: photographs, tight scans, copies, selfies."""
    recipes = (phone_photo, tight_scan, true_copy, selfie, app_scan)
    return recipes[int(rng.choice(5, p=[0.38, 0.26, 0.12, 0.08, 0.16]))](rng, deal, frame)


def chat(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """Sent on two or three times: a little smaller each time, and compressed hard."""
    canvas = _picture(rng, deal, frame)
    for _ in range(int(rng.integers(2, 4))):
        canvas.fit_long_side(max(96, round(max(canvas.frame) * rng.uniform(0.7, 1.0))))
        canvas.image = camera.jpeg(canvas.image, int(rng.integers(30, 61)))
    return canvas


def low_res(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A thumbnail that somebody enlarged."""
    canvas = _picture(rng, deal, (frame[0] // 2, frame[1] // 2))
    canvas.fit_long_side(int(rng.integers(120, 301)))
    canvas.image = camera.jpeg(canvas.image, int(rng.integers(40, 90)))
    height, width = canvas.frame
    grow = rng.uniform(1.0, max(1.0, max(frame) / max(height, width)))
    ways = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST)
    canvas.resize((round(height * grow), round(width * grow)), ways[int(rng.choice(3, p=[0.5, 0.4, 0.1]))])
    return canvas


def _show(rng: Rng, screen: Screen, inner: Canvas) -> Canvas:
    """A screen with `inner` in its slot, whole (letterboxed) or cut to fill it."""
    canvas = Canvas(screen.image)
    x, y, width, height = screen.slots[0]
    rows, columns = inner.frame
    if rng.random() < 0.5:
        scale = min(width / columns, height / rows)
        wide, tall = columns * scale, rows * scale
        canvas.lay_canvas(inner, box_quad(x + (width - wide) / 2, y + (height - tall) / 2, wide, tall))
        return canvas
    scale = max(width / columns, height / rows)
    cut_width, cut_height = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - cut_width) // 2, (rows - cut_height) // 2
    inner.crop(left, top, left + cut_width, top + cut_height)
    canvas.lay_canvas(inner, box_quad(x, y, width, height))
    return canvas


def screenshot(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A picture of a card seen in a gallery, a chat or a form."""
    tall = (max(frame), round(max(frame) / rng.uniform(1.6, 2.2)))
    screen = any_screen(rng, tall if rng.random() < 0.75 else frame)
    return _show(rng, screen, _picture(rng, deal, frame))


def screen_photo(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """Another device's screen, photographed."""
    shown = screenshot(rng, deal, frame)
    canvas = ground(rng, deal, frame)
    aspect = shown.frame[1] / shown.frame[0]
    shape = seen(aspect, rng.normal(0, 8), min(40, abs(rng.normal(0, 14))), rng.uniform(0, 360), rng.uniform(2, 5))
    quad = settle(rng, shape, frame, rng.uniform(0.7, 1.5), partial=0.15)
    centre = quad.mean(axis=0)
    bezel = centre + (quad - centre) * np.float32(rng.uniform(1.02, 1.12))
    cv2.fillConvexPoly(canvas.image, bezel.astype(np.int32), rng.integers(5, 60, 3).tolist(), cv2.LINE_AA)
    shown.image = camera.rescreened(rng, shown.image) if rng.random() < 0.8 else shown.image
    canvas.lay_canvas(shown, quad)
    canvas.image = camera.photographed(rng, canvas.image)
    return canvas


def web_mockup(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """Cards as web pages and slides show them: clean, on a plain ground, with drop shadows, one to four of them."""
    canvas = Canvas(_wash(rng, frame))
    count = int(rng.choice([1, 2, 3, 4], p=[0.6, 0.25, 0.1, 0.05]))
    columns = 1 if count == 1 else 2
    rows = -(-count // columns)
    height, width = frame
    roll = 0.0 if rng.random() < 0.6 else (rng.normal(0, 14) if rng.random() < 0.7 else any_roll(rng))
    for index in range(count):
        card = deal.take(rng)
        cell = (height // rows, width // columns)
        tilt = 0.0 if rng.random() < 0.8 else rng.uniform(0, 35)
        shape = seen(card.image.shape[1] / card.image.shape[0], roll, tilt, rng.uniform(0, 360), 4)
        quad: Points = settle(rng, shape, cell, rng.uniform(0.4, 0.95), partial=0)
        quad = (quad + points([index % columns * cell[1], index // columns * cell[0]])).astype(np.float32)
        if rng.random() < 0.6:
            blur = cell[1] * rng.uniform(0.005, 0.03)
            shade(canvas.image, quad, (blur * rng.uniform(0, 1), blur), blur, rng.uniform(0.15, 0.6))
        canvas.lay(card, quad)
    return canvas


def _wash(rng: Rng, frame: Frame) -> np.ndarray:
    """White, one colour, or a gradient of two."""
    ends = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    kind = rng.random()
    if kind < 0.4:
        ends[:] = rng.integers(235, 256)
    elif kind < 0.75:
        ends[:] = ends[0, 0]
    return np.asarray(cv2.resize(ends, frame[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
