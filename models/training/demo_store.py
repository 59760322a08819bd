"""`make demo-store`: draws `tests/data/demo-store`, a small store such as a shop might keep, with its `truth.tsv`.

Everything in it is drawn (no photograph of anyone, nothing from the data folder), every identity made up. The same
seed gives the same bytes. The last files are damaged, empty or of other kinds on purpose.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.pool import Pool
from models.training.samples import Scene
from models.training.scenes.compose import compose_as
from models.training.stock import Plan, build_pool

SEED = 2018
PLAN = Plan(fronts=24, backs=10, pinks=8, neighbours=40, pages=16, surfaces=16, busts=8)


@dataclass(frozen=True, slots=True)
class Wish:
    """One picture of the store: a way of getting there, the sides that must be on it (none: a neighbour), a format."""

    name: str
    kind: str
    sides: tuple[str, ...]
    size: int = 1000
    suffix: str = ".jpg"


WISHES = (
    Wish("2016/04/order-1001-card", "flatbed", ("front",)),
    Wish("2016/04/order-1002-id", "flatbed", ("front",), suffix=".png", size=700),
    Wish("2016/07/IMG_0412", "phone_photo", ("front",), size=1280),
    Wish("2016/07/IMG_0413", "phone_photo", ("back",)),
    Wish("2016/09/scan0001", "page_scan", ("front",), size=1400),
    Wish("2016/09/scan0002", "true_copy", ("front",), size=1400),
    Wish("2016/09/scan0003", "true_copy", ("front",), size=1400, suffix=".tif"),
    Wish("2016/11/both-sides", "a4_two_cards", ("front", "back"), size=1400),
    Wish("2017/01/selfie", "selfie", ("front",), size=1280),
    Wish("2017/01/line_oa_chat_170114", "chat", ("front",), size=1100),
    Wish("2017/02/IMG_2231", "phone_photo", ("front",), size=1280),
    Wish("2017/02/IMG_2232", "phone_photo", ("front",), suffix=".webp"),
    Wish("2017/03/back", "flatbed", ("back",), size=800),
    Wish("2017/03/back-2", "flatbed", ("back",), size=420, suffix=".bmp"),
    Wish("2017/05/pink-card", "flatbed", ("pink",)),
    Wish("2017/05/pink-photo", "phone_photo", ("pink",)),
    Wish("2017/08/mockup", "web_mockup", ("front",)),
    Wish("2017/08/screen", "screenshot", ("front",), size=1100),
    Wish("2016/04/licence", "flatbed", ()),
    Wish("2016/05/card-scan", "flatbed", ()),
    Wish("2016/07/IMG_0420", "phone_photo", ()),
    Wish("2016/07/IMG_0421", "phone_photo", (), suffix=".webp"),
    Wish("2016/09/scan0004", "page_scan", (), size=1400),
    Wish("2016/09/scan0005", "true_copy", (), size=1400),
    Wish("2017/01/badge", "phone_photo", ()),
    Wish("2017/02/bank", "flatbed", (), suffix=".png", size=700),
    Wish("2017/06/house", "on_document", (), size=1400),
    Wish("2017/06/profile", "bare_selfie", ()),
    Wish("2017/06/profile-2", "bare_selfie", (), suffix=".gif", size=480),
    Wish("products/0001", "everyday", (), size=900),
    Wish("products/0002", "everyday", ()),
    Wish("products/0003", "everyday", (), size=640),
    Wish("products/0004", "everyday", (), suffix=".png", size=400),
)


def scenes(pool: Pool) -> Iterator[tuple[Wish, Scene]]:
    """A scene for every wish: the first, by seed, that shows exactly its sides, whole and large enough to be read."""
    for number, wish in enumerate(WISHES):
        for attempt in range(2000):
            rng = np.random.default_rng((SEED, number, attempt))
            scene = compose_as(rng, pool, wish.kind, wish.size, positive=bool(wish.sides))
            if _fits(wish, scene):
                yield wish, scene
                break
        else:
            raise SystemExit(f"no scene came out for {wish.name}: change its wish")


def _fits(wish: Wish, scene: Scene) -> bool:
    whole = all(card.visible > 0.97 and _width(card.quad) > 0.22 * wish.size for card in scene.cards)
    legible = all(card.digit_height > 11 or card.side == "back" for card in scene.cards)
    return sorted(card.side for card in scene.cards) == sorted(wish.sides) and whole and legible


def _width(quad: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def encoded(picture: NDArray[np.uint8], suffix: str) -> bytes:
    """The RGB picture in the format of `suffix`."""
    options = {".jpg": [cv2.IMWRITE_JPEG_QUALITY, 82], ".webp": [cv2.IMWRITE_WEBP_QUALITY, 75]}.get(suffix, [])
    if suffix == ".png":
        # Noise makes PNG large; a demonstration store travels with every clone.
        picture = np.asarray(cv2.medianBlur(picture, 3), np.uint8) // 8 * 8
    done, data = cv2.imencode(suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise SystemExit(f"OpenCV cannot write {suffix} here")
    return data.tobytes()


def write(store: Path, pool: Pool) -> None:
    """The whole store; what is there already is overwritten."""
    rows = []
    for wish, scene in scenes(pool):
        data = encoded(scene.image, wish.suffix)
        expect = "id_card" if wish.sides else "clear"
        label = "+".join(wish.sides) if wish.sides else "+".join(scene.neighbours) or scene.kind
        rows.append((_put(store, wish.name + wish.suffix, data), expect, label))
    whole = (store / "2016/07/IMG_0412.jpg").read_bytes()
    cards = (store / "2016/09/scan0001.jpg").read_bytes()
    rows += [
        (_put(store, "readme.txt", "รูปสินค้าและเอกสารลูกค้า 2016-2018\n".encode()), "clear", "not_a_document"),
        (_put(store, "2017/09/upload-broken.jpg", whole[: len(whole) // 8]), "unanalysed", "truncated"),
        (_put(store, "2017/09/empty.jpg", b""), "unanalysed", "empty"),
        (_put(store, "2017/09/noise.png", b"\x89PNG\r\n\x1a\n" + cards[:4000]), "unanalysed", "truncated"),
        (_put(store, "2017/09/contract.pdf", one_page_pdf(cards)), "id_card", "front"),
    ]
    with (store / "truth.tsv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(("file", "expect", "label", "source"))
        writer.writerows((*row, "models/training/demo_store.py") for row in sorted(rows))


def one_page_pdf(jpeg: bytes) -> bytes:
    """A PDF of one page that shows a scanned picture, as scanners write it."""
    height, width = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)).shape[:2]
    picture = f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8"
    paint = f"q {width} 0 0 {height} 0 0 cm /I Do Q".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 5 0 R"
        "/Resources<</XObject<</I 4 0 R>>>>>>".encode(),
        f"{picture}/Filter/DCTDecode/Length {len(jpeg)}>>stream\n".encode() + jpeg + b"\nendstream",
        f"<</Length {len(paint)}>>stream\n".encode() + paint + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + tail.encode()


def _put(store: Path, name: str, data: bytes) -> str:
    path = store / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, help="the folder to write, e.g. tests/data/demo-store")
    store = parser.parse_args().store
    with tempfile.TemporaryDirectory() as folder:
        build_pool(Path(folder), SEED, PLAN, workers=1)
        write(store, Pool.load(Path(folder)))


if __name__ == "__main__":
    main()
