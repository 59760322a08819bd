"""Screens and web pages: phone bars, chat bubbles, gallery frames, bezels. Flat pictures with a slot for another."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.training.samples import Rgb
from models.training.scenes.supply import Frame, Rng


@dataclass(frozen=True, slots=True)
class Screen:
    """A drawn screen; `slots` are pixel boxes (x, y, width, height) for pictures, top to bottom."""

    image: Rgb
    slots: tuple[tuple[int, int, int, int], ...]


def _bar(image: Rgb, rng: Rng, top: int, height: int, ink: tuple[int, int, int]) -> None:
    """A line of small things as in status and title bars: bits of text and round buttons."""
    width = image.shape[1]
    x = int(width * 0.04)
    while x < width * 0.94:
        span = int(rng.uniform(0.04, 0.25) * width)
        if rng.random() < 0.5:
            y = top + height // 2
            thick = max(1, height // 9)
            for start in range(x, min(x + span, width - 4), thick * 4):
                cv2.line(
                    image, (start, y), (start + thick * 3, y - int(rng.integers(0, thick + 1))), ink, thick, cv2.LINE_AA
                )
        elif rng.random() < 0.6:
            cv2.circle(
                image,
                (x + height // 4, top + height // 2),
                max(2, height // 4),
                ink,
                1 + int(rng.integers(0, 2)),
                cv2.LINE_AA,
            )
        x += span + width // 16


def _ground(rng: Rng, frame: Frame) -> tuple[Rgb, tuple[int, int, int]]:
    dark = rng.random() < 0.4
    tone = rng.integers(0, 45, 3) if dark else rng.integers(215, 256, 3)
    if rng.random() < 0.5:
        tone[:] = tone[0]
    image = np.empty((*frame, 3), np.uint8)
    image[:] = tone
    ink = int(rng.integers(180, 250)) if dark else int(rng.integers(20, 120))
    return image, (ink, ink, ink)


def gallery(rng: Rng, frame: Frame) -> Screen:
    """One picture across the screen between two bars."""
    image, ink = _ground(rng, frame)
    height, width = frame
    top, bottom = int(height * rng.uniform(0.04, 0.16)), int(height * rng.uniform(0.04, 0.16))
    _bar(image, rng, 0, top, ink)
    _bar(image, rng, height - bottom, bottom, ink)
    return Screen(image, ((0, top, width, height - top - bottom),))


def chat(rng: Rng, frame: Frame) -> Screen:
    """Bubbles of words, one or two of them pictures."""
    image, ink = _ground(rng, frame)
    height, width = frame
    top = int(height * 0.08)
    _bar(image, rng, 0, top, ink)
    slots: list[tuple[int, int, int, int]] = []
    y, place = top + height // 40, int(rng.integers(0, 3))
    bubble = tuple(int(v) for v in rng.integers(120, 250, 3))
    for line in range(8):
        mine = rng.random() < 0.5
        if line == place:
            wide = int(width * rng.uniform(0.55, 0.85))
            tall = min(int(wide * rng.uniform(0.6, 1.2)), height - y - height // 20)
        else:
            wide, tall = int(width * rng.uniform(0.2, 0.65)), int(height * rng.uniform(0.045, 0.1))
        if y + tall > height - 4 or tall < 8:
            break
        x = width - wide - width // 30 if mine else width // 9
        if line == place:
            slots.append((x, y, wide, tall))
        else:
            cv2.rectangle(image, (x, y), (x + wide, y + tall), bubble if mine else (236, 236, 238), -1)
            _bar(image[y : y + tall, x : x + wide], rng, 0, tall, (60, 60, 70))
        y += tall + height // 50
    return Screen(image, tuple(slots))


def form(rng: Rng, frame: Frame) -> Screen:
    """An app's or a web page's form: labels, fields, a button, and a preview of the upload."""
    image, ink = _ground(rng, frame)
    height, width = frame
    _bar(image, rng, 0, height // 12, ink)
    accent = tuple(int(v) for v in rng.integers(0, 255, 3))
    wide = int(width * rng.uniform(0.4, 0.92))
    tall = int(min(wide * rng.uniform(0.55, 0.9), height * 0.6))
    x, y = (width - wide) // 2, int(rng.uniform(0.12, 0.35) * height)
    cv2.rectangle(image, (x - 3, y - 3), (x + wide + 3, y + tall + 3), accent, 2)
    for top in range(y + tall + height // 20, height - height // 8, height // 11):
        cv2.rectangle(image, (x, top), (x + wide, top + height // 16), ink, 1)
        _bar(image[top : top + height // 16, x : x + wide], rng, 0, height // 16, ink)
    cv2.rectangle(image, (x, height - height // 10), (x + wide, height - height // 28), accent, -1)
    return Screen(image, ((x, y, wide, tall),))


def any_screen(rng: Rng, frame: Frame) -> Screen:
    """One of the three; always with at least one slot."""
    screen = (gallery, chat, form)[int(rng.choice(3, p=[0.45, 0.3, 0.25]))](rng, frame)
    return screen if screen.slots else gallery(rng, frame)
