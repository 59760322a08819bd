"""Paper, and the machines that copy it: photocopiers, fax machines, flatbeds. RGB uint8 in and out, nothing moves."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from models.training.samples import Mask, Rgb
from models.training.scenes.camera import add_noise
from models.training.scenes.place import Points
from models.training.scenes.supply import Frame, Rng


def sheet(rng: Rng, frame: Frame) -> Rgb:
    """A white page, never quite white."""
    tone = 255 - np.abs(rng.normal(0, 6)) - np.abs(rng.normal(0, 4, 3))
    page = np.empty((*frame, 3), np.uint8)
    page[:] = np.clip(tone, 215, 255).astype(np.uint8)
    return add_noise(rng, page, rng.uniform(0, 2.0)) if rng.random() < 0.5 else page


def _toner_curve(rng: Rng) -> Mask:
    """(256,) table: copiers push light tones to white and dark ones to black; some posterise, some stay flat."""
    level = np.arange(256) / 255
    steep = rng.uniform(3, 14)
    middle = rng.uniform(0.3, 0.7)
    curve = 1 / (1 + np.exp(-steep * (level - middle)))
    curve = (curve - curve.min()) / (curve.max() - curve.min())
    mix = rng.choice([0.35, 0.7, 1.0])
    floor = rng.uniform(0, 0.2)
    return np.asarray(255 * (floor + (1 - floor) * (mix * curve + (1 - mix) * level)), np.uint8)


def _bitonal(rng: Rng, grey: Mask) -> Mask:
    """Black and white only: by one threshold, by a local one, by a halftone screen, or by error diffusion."""
    kind = rng.random()
    if kind < 0.16:
        return _screened(rng, grey)
    if kind < 0.22:
        dots = Image.fromarray(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG)
        return np.asarray(dots, np.uint8) * np.uint8(255)
    if kind < 0.42:
        return np.asarray(cv2.threshold(grey, rng.uniform(80, 170), 255, cv2.THRESH_BINARY)[1], np.uint8)
    if kind < 0.64:
        block = 2 * int(rng.integers(4, 18)) + 1
        mean = cv2.ADAPTIVE_THRESH_MEAN_C
        return np.asarray(
            cv2.adaptiveThreshold(grey, 255, mean, cv2.THRESH_BINARY, block, rng.uniform(8, 22)), np.uint8
        )
    if kind < 0.82:
        screen = np.array([[8, 3, 6, 9], [5, 0, 1, 10], [12, 7, 2, 13], [14, 11, 4, 15]], np.float32)
    else:
        screen = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    cell = (screen * 13 + 24).astype(np.uint8)
    height, width = grey.shape
    tiled = np.tile(cell, (height // 4 + 1, width // 4 + 1))[:height, :width]
    return np.asarray(cv2.compare(grey, tiled, cv2.CMP_GT), np.uint8)


def _screened(rng: Rng, grey: Mask) -> Mask:
    """Dots, or lines, that grow together in the dark: a laser printer's screen, of any pitch and angle."""
    height, width = grey.shape
    pitch, angle = rng.uniform(2.6, 7.0), rng.uniform(0, np.pi / 2)
    across, down = np.cos(angle) * 2 * np.pi / pitch, np.sin(angle) * 2 * np.pi / pitch
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    wave = np.cos(across * x + down * y)
    if rng.random() < 0.75:
        wave = (wave + np.cos(across * y - down * x)) / 2
    limit = 128 + rng.uniform(70, 120) * wave
    hard = rng.uniform(1.5, 8.0)  # toner bleeds: the rims of the dots are soft
    return np.asarray(np.clip((grey - limit) * hard + 128, 0, 255), np.uint8)


def _dirt(rng: Rng, grey: Mask) -> None:
    """Toner specks, drum streaks, the dark rim of an open lid; in place."""
    height, width = grey.shape
    for _ in range(int(rng.gamma(1.2, 12))):
        spot = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(grey, spot, int(rng.choice([0, 0, 1, 1, 2])), int(rng.integers(0, 120)), -1)
    for _ in range(int(rng.choice([0, 0, 1, 2, 4]))):
        x, thick = int(rng.integers(0, width)), int(rng.integers(1, 4))
        part = grey[:, x : x + thick]
        part[:] = cv2.addWeighted(part, 1, part, 0, float(rng.uniform(-70, 30)))
    if rng.random() < 0.3:
        depth = int(rng.uniform(0.01, 0.05) * width)
        side = int(rng.integers(0, 4))
        rim = (grey[:depth], grey[-depth:], grey[:, :depth], grey[:, -depth:])[side]
        rim[:] = int(rng.integers(0, 110))


def copied(rng: Rng, image: Rgb, *, bitonal: float = 0.2) -> Rgb:
    """A black-and-white photocopy; with probability `bitonal` one of pure black and white."""
    weights = rng.dirichlet([2, 4, 2]) if rng.random() < 0.5 else np.array([0.3, 0.6, 0.1])
    grey = cv2.transform(image, weights[None].astype(np.float32))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.4, 0.4, 0.2]))):
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.1) * max(image.shape) / 900)
    grey = np.asarray(cv2.LUT(grey, _toner_curve(rng)), np.uint8)
    if rng.random() < 0.5:
        grain = np.zeros((*grey.shape, 3), np.uint8) + 128
        grain = add_noise(rng, grain, rng.uniform(3, 26))[..., 0]
        grey = np.asarray(cv2.addWeighted(grey, 1, grain, 1, -128), np.uint8)
    if rng.random() < bitonal:
        grey = _bitonal(rng, grey)
    _dirt(rng, grey)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def faxed(rng: Rng, image: Rgb) -> Rgb:
    """1 bit at a fax's resolution, sometimes with lost lines."""
    height, width = image.shape[:2]
    fine = rng.uniform(0.55, 1.0)
    rows = max(8, round(height * fine * rng.choice([0.5, 1.0])))
    small = cv2.resize(
        cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (round(width * fine), rows), interpolation=cv2.INTER_AREA
    )
    bits = _bitonal(rng, np.asarray(cv2.convertScaleAbs(small, alpha=rng.uniform(0.9, 1.3)), np.uint8))
    for _ in range(int(rng.choice([0, 0, 1, 3]))):
        y = int(rng.integers(0, rows))
        bits[y : y + int(rng.integers(1, 4))] = int(rng.choice([0, 255]))
    large = cv2.resize(bits, (width, height), interpolation=int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR])))
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2RGB), np.uint8)


def edge_shadow(rng: Rng, page: Rgb, quad: Points) -> None:
    """The grey line that a copier's lamp leaves beside a card's edge, in place."""
    thickness = max(1, round(page.shape[1] / 500))
    level = int(rng.integers(60, 210))
    first = int(rng.integers(0, 4))
    for side in range(first, first + int(rng.integers(1, 5))):
        ends = quad[[side % 4, (side + 1) % 4]]
        cv2.line(
            page,
            ends[0].astype(int).tolist(),
            ends[1].astype(int).tolist(),
            (level, level, level),
            thickness,
            cv2.LINE_AA,
        )


def folded(rng: Rng, page: Rgb) -> Rgb:
    """Creases: a fold's two planes catch the light differently."""
    height, width = page.shape[:2]
    small = np.full((48, 48, 3), 128, np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        at, step = int(rng.integers(8, 40)), int(rng.integers(2, 14))
        half = small[at:] if rng.random() < 0.5 else small[:, at:]
        half[:] = cv2.subtract(half, np.full_like(half, step))
    return np.asarray(cv2.multiply(page, cv2.resize(small, (width, height)), scale=1 / 128), np.uint8)
