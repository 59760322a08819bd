"""Identity cards of the countries around Thailand: the nearest look-alikes. All holders and numbers are made up.

Real numbering schemes are broken on purpose (a month 13, a province 00), so that no number can be a person's.
"""

from __future__ import annotations

from models.training.neighbours.layout import Plan

_VALID = (("Date of issue", "{issued}"), ("Date of expiry", "{expires}"))

ASEAN_PLANS = (
    Plan(
        "id_indonesia",
        ("PROVINSI JAWA SAMPEL", "KABUPATEN CONTOH"),
        (
            ("NIK", ": 00##############"),
            ("Nama", ": {upper}"),
            ("Tempat/Tgl Lahir", ": {city}, {born_dots}"),
            ("Jenis Kelamin", ": LAKI-LAKI"),
            ("Alamat", ": {address}"),
            ("Agama", ": -"),
            ("Pekerjaan", ": KARYAWAN SWASTA"),
            ("Berlaku Hingga", ": SEUMUR HIDUP"),
        ),
        hues=("sky", "sky", "blue"),
        band=0.0,
        chip=0.1,
        portrait_left=0.1,
    ),
    Plan(
        "id_malaysia",
        ("KAD PENGENALAN MALAYSIA", "IDENTITY CARD"),
        (("", "##13##-##-####"), ("", "{upper}"), ("", "{address}"), ("", "WARGANEGARA"), ("", "LELAKI")),
        hues=("sky", "blue", "teal"),
        chip=0.9,
        flag=0.7,
        portrait_left=0.15,
    ),
    Plan(
        "id_vietnam",
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CĂN CƯỚC CÔNG DÂN"),
        (
            ("Số / No.", "099#########"),
            ("Họ và tên / Full name", "{upper}"),
            ("Ngày sinh / Date of birth", "{born_dots}"),
            ("Giới tính / Sex", "Nam"),
            ("Quê quán", "Ha Noi"),
            ("Nơi thường trú", "{address}"),
        ),
        hues=("teal", "green", "sky", "orange"),
        chip=0.4,
        seal="star",
        portrait_left=0.95,
        band=0.1,
    ),
    Plan(
        "id_singapore",
        ("REPUBLIC OF SINGAPORE", "IDENTITY CARD NO.  X0000###X"),
        (
            ("Name", "{upper}"),
            ("Race", "SAMPLE"),
            ("Date of birth", "{born_dots}"),
            ("Sex", "{sex}"),
            ("Country of birth", "UTOPIA"),
        ),
        hues=("pink", "red", "sky"),
        barcode=0.5,
        chip=0.0,
        portrait_left=0.9,
    ),
    Plan(
        "id_laos",
        ("LAO PEOPLE'S DEMOCRATIC REPUBLIC", "IDENTITY CARD"),
        (
            ("No.", "00-########"),
            ("Name", "{first} {last}"),
            ("Date of birth", "{born_dots}"),
            ("Village", "{city}"),
            *_VALID,
        ),
        hues=("sky", "pink", "yellow"),
        portrait_left=0.8,
    ),
    Plan(
        "id_cambodia",
        ("KINGDOM OF CAMBODIA", "NATION  RELIGION  KING"),
        (
            ("ID", "000######"),
            ("Name", "{upper}"),
            ("Born", "{born_dots}"),
            ("Sex", "{sex}"),
            ("Address", "{address}"),
            *_VALID,
        ),
        hues=("sky", "pink", "green"),
        mrz=0.8,
        country="KHM",
        portrait_left=0.9,
    ),
    Plan(
        "id_philippines",
        ("REPUBLIKA NG PILIPINAS", "PHILIPPINE IDENTIFICATION CARD"),
        (
            ("", "0000-####-####-####"),
            ("Apelyido/Last Name", "{last}"),
            ("Mga Pangalan/Given Names", "{first}"),
            ("Petsa/Date of Birth", "{born}"),
            ("Tirahan/Address", "{address}"),
        ),
        hues=("sky", "blue", "violet", "yellow"),
        flag=0.5,
        portrait_left=0.8,
    ),
    Plan(
        "id_myanmar",
        ("REPUBLIC OF THE UNION OF MYANMAR", "NATIONAL REGISTRATION CARD"),
        (
            ("No.", "00/@@@@@@(N)######"),
            ("Name", "{first} {last}"),
            ("Date of birth", "{born_dots}"),
            ("Blood type", "@"),
            *_VALID,
        ),
        hues=("pink", "green", "sky"),
        portrait_left=0.3,
        chip=0.2,
    ),
    Plan(
        "id_brunei",
        ("NEGARA SAMPEL DARUSSALAM", "KAD PENGENALAN"),
        (("No. KP", "00-######"), ("Nama", "{upper}"), ("Tarikh lahir", "{born_dots}"), ("Jantina", "{sex}"), *_VALID),
        hues=("yellow", "green", "sky"),
        portrait_left=0.3,
        chip=0.8,
    ),
)
