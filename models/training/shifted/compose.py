"""The kinds of pictures that lie in stores: each a function of a random generator and a deck of cards.

Whatever a card can be in, a neighbour can be in, too: `deal` hands out either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from models.training.samples import Rgb, Scene
from models.training.shifted import copies, hands, optics, papers
from models.training.shifted.deck import Deck, pick
from models.training.shifted.optics import Camera
from models.training.shifted.take import Points, Print, Take, box_of, corners, lay, share_inside

Rng = np.random.Generator
Deal = Callable[[str], Print]
"""A card of the side asked for (`front`, `back`, `pink`), or, in negatives, any neighbour."""
Maker = Callable[[Rng, Deck, Deal], Take]
LONG_SIDES: Final = (640, 2400)
SHAPES: Final = (3 / 4, 3 / 4, 3 / 4, 9 / 16, 2 / 3, 1.0)


def long_side(rng: Rng, low: int = LONG_SIDES[0], high: int = LONG_SIDES[1]) -> int:
    """Pixels; each ratio is as likely as any other."""
    return round(float(np.exp(rng.uniform(np.log(low), np.log(high)))))


def frame(rng: Rng, longest: int, *, upright: float = 0.5) -> tuple[int, int]:
    """Width and height of a photograph."""
    short = round(longest * pick(rng, list(SHAPES)))
    return (short, longest) if rng.random() < upright else (longest, short)


# --- photographs ------------------------------------------------------------------------------------------------


def front_photo(rng: Rng, deck: Deck, deal: Deal) -> Take:
    return photo(rng, deck, deal("front"), frame(rng, long_side(rng)))


def chat(rng: Rng, deck: Deck, deal: Deal) -> Take:
    """A photograph that one or two apps made small, or a photograph of a screen with a card on it."""
    size = frame(rng, long_side(rng, 900, 1700))
    take = photo(rng, deck, deal("front"), size)
    if rng.random() < 0.12:
        take.image = optics.moire(rng, take.image)
    for _ in range(int(rng.choice([1, 1, 2]))):
        optics.shrunk(rng, take, min(max(take.size), long_side(rng, 640, 1280)))
        take.image = optics.jpeg(take.image, int(rng.integers(42, 82)))
    return take


def photo(rng: Rng, deck: Deck, card: Print, size: tuple[int, int]) -> Take:
    """A card on a table or in a hand, through a phone."""
    camera, quad = aimed(rng, card, size, rng.uniform(0.38, 0.93))
    if deck.photos and rng.random() < 0.25:
        take = Take(backdrop(rng, deck, size))
    else:
        take = Take(papers.table(rng, pick(rng, deck.surfaces), camera, size))
    wide = float(np.linalg.norm(quad[1] - quad[0]))
    skin = hands.complexion(rng)
    edge, share, held = int(rng.choice([1, 2, 2, 3])), rng.uniform(0.2, 0.85), rng.random() < 0.28
    if held:
        hands.behind(rng, take, quad, edge, share, skin)
    papers.drop_shadow(rng, take, quad, wide * 0.02)
    lay(take, card, quad, face_of(rng, card, wide))
    if rng.random() < 0.08:
        sleeve(rng, take, quad)
    if held:
        hands.thumb(rng, take, quad, edge, share, skin)
    optics.photographed(rng, take, card_px=wide)
    return take


def aimed(rng: Rng, card: Print, size: tuple[int, int], fill: float) -> tuple[Camera, Points]:
    """A camera for the card, and its corners in pixels; `fill`: the share of the frame it fills, about.

    One card in nine may be cut off a little by the frame.
    """
    wide_mm, tall_mm = card.size_mm
    shape = corners(wide_mm, tall_mm) - (wide_mm / 2, tall_mm / 2)
    whole = 0.999 if rng.random() < 0.89 else 0.8
    roll = rng.normal(0, 6) if rng.random() < 0.85 else rng.uniform(-50, 50)
    for attempt in range(10):
        wide = min(size[0], size[1] * wide_mm / tall_mm) * fill * 0.93**attempt
        camera = Camera.over(rng, size, wide_mm, wide, min(40.0, abs(rng.normal(0, 14))), roll)
        spot = (0.5 + rng.normal(0, 0.09, 2)) * size
        camera = camera.moved_to(float(spot[0]), float(spot[1]))
        quad = camera.see(shape)
        if share_inside(quad, size) >= whole:
            break
    return camera, quad


def face_of(rng: Rng, card: Print, wide: float) -> Rgb:
    """What the card looks like in the light: as drawn, or with its hologram flaring; old ones are duller."""
    face = card.level(wide)
    if rng.random() < 0.3:
        face = optics.hologram(rng, face)
    if rng.random() < 0.2:
        dull = rng.uniform(0.05, 0.25)
        rgb = cv2.addWeighted(face[..., :3], 1 - dull, np.full_like(face[..., :3], 150), dull, 0)
        face = np.dstack([np.minimum(rgb, face[..., 3:]), face[..., 3]])
    return face


def backdrop(rng: Rng, deck: Deck, size: tuple[int, int], blur: float | None = None) -> Rgb:
    """A held-out photograph or a surface fills the frame, out of focus by `blur` thousandths of its long side."""
    image = pick(rng, deck.photos if deck.photos and rng.random() < 0.8 else deck.surfaces)
    small = _filling(image, (max(8, size[0] // 2), max(8, size[1] // 2)))
    reach = rng.uniform(0.5, 9) if blur is None else blur
    soft = cv2.GaussianBlur(small, (0, 0), max(0.4, reach / 1000 * max(size) / 2))
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _filling(image: Rgb, size: tuple[int, int]) -> Rgb:
    """The middle of the picture, as large as `size`."""
    scale = max(size[0] / image.shape[1], size[1] / image.shape[0])
    width, height = size[0] / scale, size[1] / scale
    x, y = int((image.shape[1] - width) / 2), int((image.shape[0] - height) / 2)
    part = np.ascontiguousarray(image[y : y + max(1, int(height)), x : x + max(1, int(width))])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=method), np.uint8)


def sleeve(rng: Rng, take: Take, quad: Points) -> None:
    """A clear plastic pocket around the card: a veil, and a bright welded edge."""
    middle = quad.mean(0)
    outer = middle + (quad - middle) * rng.uniform(1.04, 1.12)
    x0, y0, x1, y1 = box_of(outer, take.size)
    part = take.image[y0:y1, x0:x1]
    veil = part.copy()
    shape = ((outer - (x0, y0)) * 16).round().astype(np.int32)
    cv2.fillConvexPoly(veil, shape, (225, 228, 230), cv2.LINE_AA, 4)
    cv2.polylines(part, [shape[:, None]], True, (240, 240, 240), 2, cv2.LINE_AA, 4)
    share = rng.uniform(0.06, 0.2)
    part[:] = cv2.addWeighted(part, 1 - share, veil, share, 0)


def selfie(rng: Rng, deck: Deck, deal: Deal) -> Take:
    """Somebody holds the card beside the face; the card is 0.15–0.4 of the picture wide."""
    size = frame(rng, long_side(rng, 720, LONG_SIDES[1]), upright=0.8)
    take = Take(person(rng, deck, size))
    card = deal("front")
    wide_mm, tall_mm = card.size_mm
    shape = corners(wide_mm, tall_mm) - (wide_mm / 2, tall_mm / 2)
    wide = size[0] * rng.uniform(0.17, 0.4)
    side = rng.choice([-1, 1])
    for _ in range(10):
        camera = Camera.over(rng, size, wide_mm, wide, abs(rng.normal(0, 13)), rng.normal(0, 9))
        spot = (size[0] * (0.5 + side * rng.uniform(0.15, 0.3)), size[1] * rng.uniform(0.58, 0.85))
        quad = camera.moved_to(*spot).see(shape)
        if share_inside(quad, size) > 0.999:
            break
    skin, edge, share = hands.complexion(rng), int(rng.choice([2, 2, 2 - side])), rng.uniform(0.3, 0.7)
    hands.behind(rng, take, quad, edge, share, skin)
    lay(take, card, quad, face_of(rng, card, wide))
    hands.thumb(rng, take, quad, edge, share, skin)
    optics.photographed(rng, take, card_px=wide, glare=0.05)
    return take


def person(rng: Rng, deck: Deck, size: tuple[int, int]) -> Rgb:
    """A head that fills much of the frame, photographed or drawn, before a room."""
    picture = pick(rng, deck.faces) if deck.faces and rng.random() < 0.6 else deck.portraits(rng)
    if rng.random() < 0.4:
        grown = _filling(picture, size)
        return optics.sharpened(grown, 0.6, max(1.0, max(size) / 500))
    room = backdrop(rng, deck, size, blur=rng.uniform(6, 22))
    high = int(size[1] * rng.uniform(0.6, 0.9))
    bust = _filling(picture, (min(size[0], int(high * 300 / 380)), high))
    x = int((size[0] - bust.shape[1]) * rng.uniform(0.25, 0.75))
    y = size[1] - high
    share = _outline(bust.shape[1], high)
    part = room[y:, x : x + bust.shape[1]]
    part[:] = (part * (1 - share) + bust * share).astype(np.uint8)
    return room


def _outline(width: int, height: int) -> optics.Floats:
    """(height, width, 1) 0–1: about where a head and its shoulders are on a portrait; its edge is soft."""
    small = np.zeros((76, 60), np.uint8)
    cv2.ellipse(small, (30, 30), (18, 24), 0, 0, 360, 255, -1)
    cv2.ellipse(small, (30, 80), (31, 30), 0, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(small, (0, 0), 1.2)
    grown = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown[..., None] / 255.0, np.float32)


# --- scans and pages --------------------------------------------------------------------------------------------


def scan(rng: Rng, deck: Deck, deal: Deal) -> Take:
    return card_scan(rng, deal("front"))


def card_scan(rng: Rng, card: Print) -> Take:
    """A flatbed scan of one card: cut to its edges, or with some of the lid around it."""
    wide_mm, tall_mm = card.size_mm
    tight = rng.random() < 0.4
    around = rng.uniform(-0.6, 1.5, 4) if tight else rng.uniform(3, 45, 4)
    mm = long_side(rng) / max(wide_mm + around[0] + around[2], tall_mm + around[1] + around[3])
    width, height = round((wide_mm + around[0] + around[2]) * mm), round((tall_mm + around[1] + around[3]) * mm)
    lid = int(pick(rng, [255, 252, 246, 235, 205, 40]))
    take = Take(np.full((height, width, 3), lid, np.uint8))
    turn = np.radians(rng.normal(0, 0.3 if tight else 2.5))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([around[0] + wide_mm / 2, around[1] + tall_mm / 2])
    quad = ((corners(wide_mm, tall_mm) - (wide_mm / 2, tall_mm / 2)) @ spin.T + middle) * mm
    papers.edge_shadow(rng, take, quad, mm)
    face = card.level(wide_mm * mm)
    if rng.random() < 0.2:
        face = copies.photocopied(rng, face)
    lay(take, card, quad, face)
    papers.digitised(rng, take)
    take.image = optics.noised(rng, take.image, 9000, 0.002)
    return take


def a4_page(rng: Rng, deck: Deck, deal: Deal) -> Take:
    """One or two cards on a white page, in colour or as a copy, scanned."""
    mm = long_side(rng, 1000, LONG_SIDES[1]) / papers.A4_MM[1]
    cards = [deal("front"), *([deal("back")] if rng.random() < 0.5 else [])]
    if rng.random() < 0.3:
        take = papers.copied_page(rng, deck, cards, mm, signed=False)
    else:
        take = papers.colour_page(rng, deck, cards, mm)
    papers.scanned(rng, take)
    if rng.random() < 0.2:
        papers.trimmed(rng, take)
    return take


def certified_copy(rng: Rng, deck: Deck, deal: Deal) -> Take:
    cards = [deal("front"), *([deal("back")] if rng.random() < 0.35 else [])]
    return certified_of(rng, deck, cards)


def certified_of(rng: Rng, deck: Deck, cards: list[Print]) -> Take:
    """A signed copy; scanned, photographed, or faxed."""
    longest = long_side(rng, 1000, LONG_SIDES[1])
    mm = min(longest, 1900) / papers.A4_MM[1]
    take = papers.copied_page(rng, deck, cards, mm, signed=True)
    way = rng.random()
    if way < 0.35:
        if rng.random() < 0.4:
            papers.trimmed(rng, take)
        size = frame(rng, longest, upright=0.85 if take.size[1] > take.size[0] else 0.15)
        papers.photographed_page(rng, deck, take, mm, size)
    else:
        papers.scanned(rng, take)
        if way > 0.9:
            take.image = copies.faxed(rng, take.image)
        if rng.random() < 0.4:
            papers.trimmed(rng, take)
    return take


def back(rng: Rng, deck: Deck, deal: Deal) -> Take:
    return any_way(rng, deck, deal("back"))


def pink(rng: Rng, deck: Deck, deal: Deal) -> Take:
    return any_way(rng, deck, deal("pink"))


def any_way(rng: Rng, deck: Deck, card: Print) -> Take:
    """A photograph, a scan, or a signed copy of one card."""
    way = rng.random()
    if way < 0.5:
        return photo(rng, deck, card, frame(rng, long_side(rng)))
    return card_scan(rng, card) if way < 0.8 else certified_of(rng, deck, [card])


# --- nothing on it ----------------------------------------------------------------------------------------------


def bare(rng: Rng, deck: Deck) -> Take:
    """No card: a photograph, a receipt, a table, a page, a screen."""
    way = rng.random()
    if deck.photos and way < 0.3:
        image = pick(rng, deck.photos)
        scale = long_side(rng, 640, 1600) / max(image.shape[:2])
        take = Take(_filling(image, (round(image.shape[1] * scale), round(image.shape[0] * scale))))
        take.image = optics.lit(rng, take.image, glare=0.02)
        return take
    if way < 0.5:
        return _sheet_alone(rng, deck, pick(rng, deck.receipts) if deck.receipts else pick(rng, deck.pages))
    if way < 0.62:
        size = frame(rng, long_side(rng))
        camera = Camera.over(rng, size, 200, size[0], abs(rng.normal(0, 14)), rng.uniform(-40, 40))
        take = Take(papers.table(rng, pick(rng, deck.surfaces), camera, size))
        if rng.random() < 0.4:
            _hand_alone(rng, take)
        optics.photographed(rng, take, card_px=0.4 * size[0])
        return take
    if way < 0.82:
        return _sheet_alone(rng, deck, pick(rng, deck.pages))
    if way < 0.9:
        take = Take(person(rng, deck, frame(rng, long_side(rng), upright=0.8)))
        optics.photographed(rng, take, card_px=0.3 * take.size[0])
        return take
    image = pick(rng, deck.screens)
    return Take(_filling(image, (round(image.shape[1] * rng.uniform(0.9, 1.1)), image.shape[0])))


def _sheet_alone(rng: Rng, deck: Deck, sheet: Rgb) -> Take:
    """A page or a receipt, scanned or photographed."""
    longest = long_side(rng, 800, LONG_SIDES[1])
    scale = min(longest, 1700) / max(sheet.shape[:2])
    take = Take(_filling(sheet, (round(sheet.shape[1] * scale), round(sheet.shape[0] * scale))))
    if rng.random() < 0.25:
        copies.certified(rng, take.image, corners(*take.size) * 0.5 + np.array(take.size) * 0.1, take.size[1] / 297)
    if rng.random() < 0.5:
        papers.scanned(rng, take)
    else:
        papers.photographed_page(rng, deck, take, take.size[1] / 297, frame(rng, longest, upright=0.8))
    return take


def _hand_alone(rng: Rng, take: Take) -> None:
    width, height = take.size
    quad = corners(width * 0.5, height * 0.3) + np.array([width * 0.25, height * 0.35])
    skin = hands.complexion(rng)
    hands.behind(rng, take, quad, int(rng.integers(1, 4)), rng.uniform(0.3, 0.7), skin)


# --- all together -----------------------------------------------------------------------------------------------

KINDS: Final[dict[str, Maker]] = {
    "front_photo": front_photo,
    "scan": scan,
    "certified_copy": certified_copy,
    "chat": chat,
    "selfie": selfie,
    "a4_page": a4_page,
    "back": back,
    "pink": pink,
}
TURNS: Final = {"photo": (0.64, 0.14, 0.08, 0.14), "selfie": (0.86, 0.05, 0.04, 0.05)}
"""Shares of pictures turned by 0, 1, 2, 3 quarters, as phones and feeders leave them."""


def positive(rng: Rng, deck: Deck, kind: str) -> Scene:
    """A picture of a kind of `KINDS` with one or two ID cards on it."""
    take = KINDS[kind](rng, deck, lambda side: deck.card(rng, side))
    return finished(rng, take, kind)


def neighbour(rng: Rng, deck: Deck) -> Scene:
    """The same with some other card in the ID card's place."""
    kind = pick(rng, [name for name in KINDS if name not in ("back", "pink")])
    take = KINDS[kind](rng, deck, lambda side: deck.card(rng, "other"))
    return finished(rng, take, f"neighbour_{kind}")


def nothing(rng: Rng, deck: Deck) -> Scene:
    return finished(rng, bare(rng, deck), "bare")


def finished(rng: Rng, take: Take, kind: str) -> Scene:
    """Turned, and for one in three compressed once more; then labelled."""
    take.turn(int(rng.choice(4, p=TURNS["selfie" if kind.endswith("selfie") else "photo"])))
    if max(take.size) > LONG_SIDES[1]:
        optics.shrunk(rng, take, LONG_SIDES[1])
    if rng.random() < 0.33:
        take.image = optics.jpeg(take.image, int(rng.integers(50, 90)), int(rng.choice([0, 2, 2])))
    return take.scene(kind)
