"""A4 pages with cards on them: copied, printed, signed; and what a scanner or a phone makes of a page."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import Rgb
from models.training.shifted import copies
from models.training.shifted.backgrounds import clouds
from models.training.shifted.deck import Deck, pick
from models.training.shifted.optics import Camera, photographed, sharpened
from models.training.shifted.take import Laid, Points, Print, Take, corners, from_corners, lay, moved, over, warp

Rng = np.random.Generator
A4_MM: Final = (210.0, 297.0)


def paper(rng: Rng, deck: Deck, mm: float, *, white: float = 0.85) -> Rgb:
    """An empty page, `mm` pixels to a millimetre; now and then there is text in its lower part."""
    width, height = round(A4_MM[0] * mm), round(A4_MM[1] * mm)
    sheet = np.full((height, width, 3), rng.uniform(240, 255), np.uint8)
    if rng.random() > white:
        top = int(height * rng.uniform(0.62, 0.75))
        text = pick(rng, deck.pages)
        text = cv2.resize(text, (width, height), interpolation=cv2.INTER_AREA)
        sheet[top:] = np.minimum(text[: height - top], sheet[top:])
    return sheet


def places(rng: Rng, cards: list[Print], mm: float) -> list[Points]:
    """Where on the page they lie: under one another, as people put them on the glass; quads in pixels."""
    larger = rng.uniform(1.15, 1.6) if rng.random() < 0.3 else 1.0
    larger = min(larger, 190 / max(card.size_mm[0] for card in cards))
    high = sum(card.size_mm[1] * larger for card in cards) + 12 * (len(cards) - 1)
    if high > 270:
        larger, high = larger * 270 / high, 270.0
    y = rng.uniform(8, max(9.0, (297 - high) * (0.5 if rng.random() < 0.7 else 0.95)))
    middle, quads = A4_MM[0] / 2 + rng.normal(0, 16), []
    for card in cards:
        wide, tall = card.size_mm[0] * larger, card.size_mm[1] * larger
        centre = np.array([np.clip(middle + rng.normal(0, 3), wide / 2 + 3, 207 - wide / 2), y + tall / 2])
        turn = np.radians(rng.normal(0, 1.4))
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        quads.append(((corners(wide, tall) - (wide / 2, tall / 2)) @ spin.T + centre) * mm)
        y += tall + rng.uniform(4, 12)
    return quads


def copied_page(rng: Rng, deck: Deck, cards: list[Print], mm: float, *, signed: bool) -> Take:
    """A black-and-white copy of the cards on A4, with pen on it where it is `signed`."""
    take = Take(paper(rng, deck, mm))
    quads = places(rng, cards, mm)
    state = int(rng.integers(2**63))  # all cards of a page went through one machine
    for card, quad in zip(cards, quads, strict=True):
        face = card.level(float(np.linalg.norm(quad[1] - quad[0])))
        lay(take, card, quad, copies.photocopied(np.random.default_rng(state), face))
    if rng.random() < 0.6:
        take.image = copies.worn_drum(rng, take.image)
    if signed:
        copies.certified(rng, take.image, quads[int(rng.integers(len(quads)))], mm)
    return take


def colour_page(rng: Rng, deck: Deck, cards: list[Print], mm: float) -> Take:
    """The cards themselves on the glass under white paper, or printed in colour."""
    take = Take(paper(rng, deck, mm))
    printed = rng.random() < 0.4
    for card, quad in zip(cards, places(rng, cards, mm), strict=True):
        face = card.level(float(np.linalg.norm(quad[1] - quad[0])))
        if not printed:
            edge_shadow(rng, take, quad, mm)
        lay(take, card, quad, copies.inkjet(rng, face) if printed else face)
    return take


def edge_shadow(rng: Rng, take: Take, quad: Points, mm: float) -> None:
    """The dark seam along a card's edges, where a scanner's lamp does not reach."""
    away = rng.uniform(-0.6, 0.6, 2) * mm
    shape = ((quad + away) * 16).round().astype(np.int32)
    tone = int(rng.integers(120, 205))
    cv2.polylines(take.image, [shape[:, None]], True, (tone,) * 3, max(1, round(0.5 * mm)), cv2.LINE_AA, 4)


def trimmed(rng: Rng, take: Take) -> None:
    """Cut to about where the cards are, as people do before they send a page."""
    points = np.vstack([each.quad for each in take.laid])
    low, high = points.min(0), points.max(0)
    reach = float((high - low).max())
    low = np.maximum(0, low - reach * rng.uniform(0.03, 0.45, 2)).astype(int)
    high = np.minimum(take.size, high + reach * rng.uniform(0.03, 0.6, 2)).astype(int)
    take.crop(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def scanned(rng: Rng, take: Take) -> None:
    """A flatbed or a sheet feeder: a little askew, its lamp and lid, its contrast."""
    width, height = take.size
    turn = np.radians(rng.normal(0, 0.9))
    slide = rng.normal(0, 0.006, 2) * width
    matrix = np.array([[np.cos(turn), -np.sin(turn), slide[0]], [np.sin(turn), np.cos(turn), slide[1]], [0, 0, 1]])
    lid = int(rng.choice([255, 250, 236, 60]))
    alpha = np.full((height, width, 1), 255, np.uint8)
    ground: Rgb = np.full_like(take.image, lid)
    over(ground, warp(np.dstack([take.image, alpha]), matrix, (width, height), border=cv2.BORDER_CONSTANT))
    take.image = ground
    for each in take.laid:
        each.quad = moved(each.quad, matrix)
    digitised(rng, take)


def digitised(rng: Rng, take: Take) -> None:
    """A scanner's optics and electronics; one in four saves grey."""
    image = take.image
    if rng.random() < 0.5:
        image = np.asarray(cv2.GaussianBlur(image, (3, 3), rng.uniform(0.3, 0.8)), np.uint8)
    if rng.random() < 0.5:
        image = sharpened(image, rng.uniform(0.2, 0.9), 0.8)
    levels = np.arange(256) / 255
    white = rng.uniform(0.93, 1.04)
    tables = [(levels / white * rng.uniform(0.98, 1.02)).clip(0, 1) ** rng.uniform(0.85, 1.2) for _ in range(3)]
    image = cv2.LUT(image, np.stack([(table * 255).astype(np.uint8) for table in tables], 1)[None])
    if rng.random() < 0.25:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    take.image = np.asarray(image, np.uint8)


def photographed_page(rng: Rng, deck: Deck, take: Take, mm: float, size: tuple[int, int]) -> None:
    """A phone over the page on a table. `mm`: the page's pixels to a millimetre; `size` of the photograph."""
    ground = pick(rng, deck.surfaces)
    width, height = take.size
    crease(rng, take)
    for attempt in range(12):
        fill = rng.uniform(0.8, 1.2) if attempt < 8 else 0.75
        wide = min(size[0], size[1] * width / height) * fill
        camera = Camera.over(rng, size, width / mm, wide, abs(rng.normal(0, 11)), rng.normal(0, 5))
        shift = rng.normal(0, 0.06, 2) * size if attempt < 8 else np.zeros(2)
        camera = camera.moved_to(size[0] / 2 + shift[0], size[1] / 2 + shift[1])
        page = camera.see((corners(width, height) - (width / 2, height / 2)) / mm)
        matrix = from_corners(corners(width, height), page)
        quads = [moved(each.quad, matrix) for each in take.laid]
        points = np.vstack([*quads, page[:1]]) if not quads else np.vstack(quads)
        if points.min() > 2 and (points < np.array(size) - 2).all():
            break
    new = Take(table(rng, ground, camera, size))
    drop_shadow(rng, new, page, 0.01 * max(size))
    sheet = np.dstack([take.image, np.full((height, width, 1), 255, np.uint8)])
    over(new.image, warp(sheet, matrix, size, border=cv2.BORDER_CONSTANT))
    laid = [Laid(each.card, quad, each.covered) for each, quad in zip(take.laid, quads, strict=True)]
    take.image, take.laid = new.image, laid
    photographed(rng, take, card_px=0.41 * wide, shade=0.45, glare=0.04)


def crease(rng: Rng, take: Take) -> None:
    """Folds and waves of paper, as light and shade."""
    if rng.random() < 0.35:
        return
    soft = clouds(rng, 96, 2.0, 2) * rng.uniform(0.005, 0.02) + 1
    for _ in range(int(rng.integers(0, 3))):
        at, sharp = int(rng.integers(16, 80)), rng.uniform(0.02, 0.07)
        lines = soft if rng.random() < 0.6 else soft.T
        lines[at:] *= 1 - sharp
        lines[at - 1] *= 1 + sharp
    grown = cv2.resize(soft.astype(np.float32), take.size, interpolation=cv2.INTER_LINEAR)
    take.image = np.asarray(cv2.multiply(take.image, cv2.merge([grown] * 3), dtype=cv2.CV_8U), np.uint8)


def table(rng: Rng, ground: Rgb, camera: Camera, size: tuple[int, int]) -> Rgb:
    """A surface as the camera sees it lie there; where the picture ends, it is mirrored."""
    frame = np.linalg.inv(camera.plane) @ np.vstack([corners(*size).T, np.ones(4)])
    seen = (frame[:2] / frame[2]).T
    reach = float(np.ptp(seen, axis=0).max()) * rng.uniform(0.8, 1.6)
    side = ground.shape[0]
    spin = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else rng.integers(4) * np.pi / 2
    scale = reach / side
    cos, sin = np.cos(spin) * scale, np.sin(spin) * scale
    middle = seen.mean(0) - np.array([[cos, -sin], [sin, cos]]) @ (side / 2, side / 2)
    lie = np.array([[cos, -sin, middle[0]], [sin, cos, middle[1]], [0, 0, 1]])
    picture = warp(ground, camera.plane @ lie, size)
    return np.asarray(cv2.convertScaleAbs(picture, alpha=rng.uniform(0.75, 1.2)), np.uint8)


def drop_shadow(rng: Rng, take: Take, quad: Points, reach: float) -> None:
    """The shadow that a thin thing throws on what it lies on; `reach` in pixels."""
    away = rng.uniform(0, 2 * np.pi)
    shift = np.array([np.cos(away), np.sin(away)]) * reach * rng.uniform(0.2, 1.0)
    step = max(1, round(reach / 3))
    small: NDArray[np.uint8] = np.zeros((take.size[1] // step + 1, take.size[0] // step + 1), np.uint8)
    cv2.fillConvexPoly(small, ((quad + shift) / step).round().astype(np.int32), int(rng.uniform(50, 170)))
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), rng.uniform(0.8, 3.0)), np.uint8)
    left = cv2.resize(255 - small, take.size, interpolation=cv2.INTER_LINEAR)
    take.image = np.asarray(cv2.multiply(take.image, cv2.merge([left] * 3), scale=1 / 255), np.uint8)
