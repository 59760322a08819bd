"""Thai and Latin text with right shaping (vowels and tone marks in place), through Pillow's raqm layout.

Fonts are the openly licensed ones in `fonts/` (licences beside them); a role names the fonts that may fill it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

FONTS = Path(__file__).parent / "fonts"

THAI_BOLD = (
    "Sarabun_700Bold",
    "Niramit_700Bold",
    "Trirong_700Bold",
    "Taviraj_700Bold",
    "Maitree_700Bold",
    "BaiJamjuree_700Bold",
    "IBMPlexSansThaiLooped_700Bold",
    "Prompt_700Bold",
    "NotoSansThaiLooped_700Bold",
    "Pridi_500Medium",
)
THAI = (
    "Sarabun_400Regular",
    "Niramit_400Regular",
    "Trirong_400Regular",
    "BaiJamjuree_400Regular",
    "IBMPlexSansThaiLooped_400Regular",
    "Prompt_400Regular",
    "NotoSansThaiLooped_400Regular",
    "Kanit_400Regular",
)
LATIN_BOLD = (
    "Arimo_700Bold",
    "Tinos_700Bold",
    "Cousine_700Bold",
    "ChakraPetch_700Bold",
    "RobotoSlab_700Bold",
    *THAI_BOLD[:4],
)
LATIN = ("Arimo_400Regular", "Tinos_400Regular", "RobotoCondensed_400Regular", "RobotoSlab_400Regular", *THAI[:4])
DIGITS = ("Arimo_700Bold", "Arimo_400Regular", "Sarabun_700Bold", "Niramit_700Bold", "Tinos_700Bold", "Cousine_700Bold")
HAND = ("Charm_400Regular", "Mali_400Regular")
FIGURES = tuple(sorted(f"digits/{path.stem}" for path in (FONTS / "digits").glob("*.ttf")))
"""Digits alone, in as many shapes as there are kinds of type: a network that had seen some twenty took a 3 with a flat
top for a 5."""
"""Roles: Arimo, Tinos, Cousine, RobotoCondensed and RobotoSlab hold Latin only; all others hold Thai and Latin."""


@lru_cache(maxsize=512)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels. Raises RuntimeError without raqm: unshaped Thai would train the wrong thing."""
    if not features.check("raqm"):
        raise RuntimeError("Pillow has no raqm here: install libfribidi0 (apt-get install libfribidi0)")
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size, layout_engine=ImageFont.Layout.RAQM)


def text_width(text: str, name: str, size: int, tracking: float = 0.0) -> float:
    """Advance width in pixels."""
    return font(name, size).getlength(text) + tracking * max(0, len(text) - 1)


def draw_text(
    canvas: ImageDraw.ImageDraw,
    xy: tuple[float, float],
    text: str,
    name: str,
    size: int,
    fill: tuple[int, int, int] | int,
    *,
    tracking: float = 0.0,
    anchor: str = "ls",
) -> float:
    """Draw `text` with its baseline start at `xy` (Pillow's `anchor`); returns the width drawn, in pixels.

    `tracking` (pixels between characters) is for digits and Latin only: Thai marks must stay on their consonants.
    """
    if not tracking:
        canvas.text(xy, text, font=font(name, size), fill=fill, anchor=anchor)
        return font(name, size).getlength(text)
    x = xy[0]
    for char in text:
        canvas.text((x, xy[1]), char, font=font(name, size), fill=fill, anchor=anchor)
        x += font(name, size).getlength(char) + tracking
    return x - xy[0] - tracking


if __name__ == "__main__":
    sheet = Image.new("RGB", (1300, 40 * 24), "white")
    pen = ImageDraw.Draw(sheet)
    for row, role in enumerate([*THAI_BOLD, *THAI, *HAND, *LATIN_BOLD[:4]]):
        line = f"{role} บัตรประจำตัวประชาชน ที่อยู่ น้ำ ปู่ ญี่ปุ่น ผู้ซื้อ กำแพง 1 2345 67890"
        draw_text(pen, (10, 40 * row + 30), line, role, 26, (0, 0, 60))
    sheet.save("/tmp/fonts.png")
