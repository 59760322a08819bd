"""Recipes whose picture comes from paper: flatbed scans, certified true copies, faxes, pages with cards on them."""

from __future__ import annotations

import cv2
import numpy as np

from models.training.samples import DrawnCard
from models.training.scenes import camera, paper, pen
from models.training.scenes.canvas import Canvas
from models.training.scenes.photos import ground, marked
from models.training.scenes.place import Points, box_quad, edges, seen, settle, turned
from models.training.scenes.supply import Deal, Frame, Rng

ROOT2 = 2**0.5
CARD_ON_A4 = 85.6 / 210
"""Width of a card in widths of an upright A4 page."""


def tight_scan(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """The card is the picture: cropped exactly, or with a rim, rounded corners on white, black or their own colour."""
    return _tight(rng, deal.take(rng), frame)


def _tight(rng: Rng, card: DrawnCard, frame: Frame) -> Canvas:
    height, width = card.image.shape[:2]
    scale = max(frame) / max(height, width)
    margin = 0.0 if rng.random() < 0.4 else float(rng.uniform(0.0, 0.06))
    inner = (round(height * scale * (1 - 2 * margin)), round(width * scale * (1 - 2 * margin)))
    pad = round(width * scale * margin)
    # Mock cards are drawn on slides, 16:9 or 4:3, as often as in the card's own shape.
    ratio = float(np.clip(np.exp(rng.choice([0, 0, 1]) * rng.normal(0, 0.12)), 0.78, 1.25))
    shape = (max(16, round(inner[0] * ratio)) + 2 * pad, inner[1] + 2 * pad)
    rim = rng.random()
    fill = np.clip(rng.normal(252, 5, 3), 0, 255) if rim < 0.65 else rng.uniform(0, 40, 3)
    fill = card.image[2, width // 2] if rim > 0.9 else fill
    canvas = Canvas(np.full((*shape, 3), fill.astype(np.uint8), np.uint8))
    quad = box_quad(pad, pad, shape[1] - 2 * pad, shape[0] - 2 * pad)
    if margin and rng.random() < 0.4:
        quad = turned(quad, rng.normal(0, 1.5))
    if rng.random() < 0.5:  # square corners: cropped inside the rounding, or drawn so
        card = DrawnCard(card.image, np.full_like(card.alpha, 255), card.side, card.kind, card.digits, card.number_box)
    canvas.lay(card, quad)
    canvas.image = camera.scanned(rng, canvas.image)
    marked(rng, canvas, quad)
    return canvas


def stacked(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """Front and back in one picture, one above the other or side by side, with or without a gap."""
    first = _tight(rng, deal.take(rng, "front"), frame)
    second = _tight(rng, deal.take(rng, "back" if rng.random() < 0.8 else None), frame)
    second.resize((round(second.frame[0] * first.frame[1] / second.frame[1]), first.frame[1]))
    gap = int(rng.choice([0, 0, first.frame[0] // 12]))
    above = rng.random() < 0.7
    if not above:
        second.resize((first.frame[0], round(second.frame[1] * first.frame[0] / second.frame[0])))
    x, y = (0, first.frame[0] + gap) if above else (first.frame[1] + gap, 0)
    canvas = Canvas(np.full((y + second.frame[0], x + second.frame[1], 3), int(rng.choice([255, 255, 0])), np.uint8))
    canvas.lay_canvas(first, box_quad(0, 0, first.frame[1], first.frame[0]))
    canvas.lay_canvas(second, box_quad(x, y, second.frame[1], second.frame[0]))
    return canvas


def page_scan(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """One to three cards small on a scanned page or on the scanner's bare lid, at any turn."""
    canvas = Canvas(paper.sheet(rng, _a4(rng, max(frame))))
    if rng.random() < 0.12:
        canvas.image[:] = rng.integers(0, 90)
    count = int(rng.choice([1, 2, 3], p=[0.6, 0.33, 0.07]))
    _lay_out(rng, canvas, [deal.take(rng) for _ in range(count)], rng.uniform(0.9, 1.15))
    canvas.image = camera.scanned(rng, canvas.image)
    return canvas


def _a4(rng: Rng, long_side: int, landscape: float = 0.15) -> Frame:
    """Frame of an A4 page, upright for the most part."""
    short = round(long_side / ROOT2)
    return (short, long_side) if rng.random() < landscape else (long_side, short)


def _lay_out(rng: Rng, canvas: Canvas, cards: list[DrawnCard], enlarge: float) -> list[Points]:
    """Lay cards on a flat page, under or beside each other, each a little askew; returns their quads."""
    height, width = canvas.frame
    turn = 0.0 if rng.random() < 0.7 else float(rng.choice([90, 180, 270]))
    upright = turn in (0.0, 180.0)
    wide = min(width * 0.95, min(height, width) * CARD_ON_A4 * enlarge)
    rows = len(cards) if height > width or enlarge > 1.2 else 1
    columns = -(-len(cards) // rows)
    quads = []
    for index, card in enumerate(cards):
        ratio = card.image.shape[0] / card.image.shape[1]
        cell = (width / columns, height / rows)
        fitted = min(wide, *(np.array(cell) * 0.97 / ((1, ratio) if upright else (ratio, 1))))
        span = (fitted, fitted * ratio)
        room = np.maximum(0, np.array(cell) - (span if upright else span[::-1]))
        at = np.array([index % columns, index // columns]) * cell + np.array(cell) / 2
        at = at + room * np.clip(rng.normal(0, 0.2, 2), -0.48, 0.48)
        quad = turned(box_quad(at[0] - span[0] / 2, at[1] - span[1] / 2, *span), turn + rng.normal(0, 1.5))
        canvas.lay(card, quad)
        quads.append(quad)
    return quads


def _retaken(rng: Rng, deal: Deal, page: Canvas, frame: Frame) -> Canvas:
    """The page as it reaches the store: scanned again, cropped round the card, or photographed on a desk."""
    way = rng.random()
    if way < 0.25:
        _skew(rng, page)
        page.image = camera.scanned(rng, page.image)
        return page
    if way < 0.7 and page.placed:
        _crop_round(rng, page)
        page.image = camera.scanned(rng, page.image) if rng.random() < 0.5 else camera.photographed(rng, page.image)
        return page
    canvas = ground(rng, deal, frame)
    aspect = page.frame[1] / page.frame[0]
    shape = seen(aspect, rng.normal(0, 8), min(45, abs(rng.normal(0, 14))), rng.uniform(0, 360), rng.uniform(1.6, 4))
    canvas.lay_canvas(page, settle(rng, shape, frame, rng.uniform(0.75, 1.25), partial=0.2))
    canvas.image = camera.photographed(rng, canvas.image)
    return canvas


def _skew(rng: Rng, page: Canvas) -> None:
    """The sheet a little askew under the lid, which is white, grey or black."""
    if rng.random() < 0.5:
        return
    height, width = page.frame
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 1.5), rng.uniform(0.94, 1.0))
    lid = int(rng.choice([255, 235, 120, 10]))
    page.warp(np.vstack([matrix, [0, 0, 1]]), page.frame, (lid, lid, lid))


def _crop_round(rng: Rng, page: Canvas) -> None:
    """Cut to a card and 3–45 % around it."""
    height, width = page.frame
    quad = page.placed[int(rng.integers(0, len(page.placed)))].quad
    span = max(edges(quad))
    low = quad.min(axis=0) - span * rng.uniform(0.03, 0.45, 2)
    high = quad.max(axis=0) + span * rng.uniform(0.03, 0.45, 2)
    x0, y0 = (int(max(0, v)) for v in low)
    page.crop(x0, y0, int(min(width, high[0])), int(min(height, high[1])))


def true_copy(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A black-and-white photocopy of a card, certified by pen, then scanned, cropped or photographed."""
    page = _photocopy(rng, deal, round(max(frame) * rng.choice([1.0, 1.5])))
    return _retaken(rng, deal, page, frame)


def _photocopy(rng: Rng, deal: Deal, long_side: int) -> Canvas:
    page = Canvas(paper.sheet(rng, _a4(rng, long_side)))
    cards = [deal.take(rng, "front" if rng.random() < 0.85 else None)]
    if rng.random() < 0.3:
        cards.append(deal.take(rng, "back"))
    enlarge = float(rng.choice([1.0, rng.uniform(1.2, 2.3)]))
    quads = _lay_out(rng, page, cards, enlarge)
    for quad in quads:
        if rng.random() < 0.6:
            paper.edge_shadow(rng, page.image, quad)
    signed_before = rng.random() < 0.12
    if signed_before:  # a copy of a copy: the ink comes out as toner
        pen.certify(rng, page.image, quads[0])
    page.image = paper.copied(rng, page.image)
    page.forget_wiped_out()
    if not signed_before and rng.random() < 0.75:
        for quad in quads[: int(rng.integers(1, 3))]:
            pen.certify(rng, page.image, quad)
    if rng.random() < 0.15:
        page.image = paper.folded(rng, page.image)
    return page


def fax(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A copy that went over a telephone line."""
    page = _photocopy(rng, deal, max(frame))
    if page.placed and rng.random() < 0.4:
        _crop_round(rng, page)
    page.image = paper.faxed(rng, page.image)
    return page


def colour_copy(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A colour scan or print of two cards, certified by pen as well."""
    page = Canvas(paper.sheet(rng, _a4(rng, max(frame))))
    cards = [deal.take(rng, "front"), deal.take(rng, "back" if rng.random() < 0.7 else None)]
    quads = _lay_out(rng, page, cards, rng.uniform(0.9, 1.7))
    if rng.random() < 0.5:
        for quad in quads:
            pen.certify(rng, page.image, quad)
    return _retaken(rng, deal, page, frame)


def on_document(rng: Rng, deal: Deal, frame: Frame) -> Canvas:
    """A card lying on, or pasted into, a house registration, a form or another page of text; copied at times."""
    under = deal.supply.page(rng).image
    size = round(max(frame) * rng.choice([1.0, 1.4]))
    page = Canvas(np.array(under))
    page.fit_long_side(size)
    card = deal.take(rng)
    height, width = page.frame
    share = rng.uniform(0.3, 0.62)
    roll = rng.normal(0, 2) if rng.random() < 0.75 else rng.uniform(-180, 180)
    shape = seen(card.image.shape[1] / card.image.shape[0], roll, 0, 0, 10)
    quad = settle(rng, shape, (height, width), share, partial=0.05)
    if rng.random() < 0.5:  # most such pages keep white paper around the copied card
        rim = box_quad(-1, -1, 2, 2) * float(edges(quad)[1] * rng.uniform(0.02, 0.15))
        cv2.fillConvexPoly(page.image, (quad + rim).astype(np.int32), (250, 250, 250))
    canvas_look = rng.random()
    page.lay(card, quad)
    if canvas_look < 0.4:
        page.image = paper.copied(rng, page.image)
        page.forget_wiped_out()
    if rng.random() < 0.35:
        pen.certify(rng, page.image, quad)
    return _retaken(rng, deal, page, frame)
