"""Is a credit split off its caption, and nothing but the credit?"""

import pytest

from crawler.parsing.credits import split_credit

CASES = [
    (
        "Troops ride past a shop in Kouma. (AP Photo/Modibo Keïta)",
        "Troops ride past a shop in Kouma.",
        "AP Photo/Modibo Keïta",
    ),
    ("Troops ride past a shop. (Reuters)", "Troops ride past a shop.", "Reuters"),
    ("Troops ride past a shop (AFP/Jo Diop)", "Troops ride past a shop", "AFP/Jo Diop"),
    ("The minister speaks. Photo: Jane Doe", "The minister speaks.", "Jane Doe"),
    ("The minister speaks. Photo by Jane Doe/Getty Images", "The minister speaks.", "Jane Doe/Getty Images"),
    (
        "The minister speaks. (Photo by Jane Doe / AFP via Getty Images)",
        "The minister speaks.",
        "Jane Doe / AFP via Getty Images",
    ),
    ("The minister speaks. Photograph: Jane Doe/The Example", "The minister speaks.", "Jane Doe/The Example"),
    ("The minister speaks. Credit: Jane Doe", "The minister speaks.", "Jane Doe"),
    ("The minister speaks. © Reuters", "The minister speaks.", "Reuters"),
    ("The minister speaks. Getty Images/AFP", "The minister speaks.", "Getty Images/AFP"),
    ("The minister speaks in Paris. AP", "The minister speaks in Paris.", "AP"),
    ("The minister speaks in Paris. REUTERS/Jane Doe", "The minister speaks in Paris.", "REUTERS/Jane Doe"),
    ("The minister speaks (Image: PA)", "The minister speaks", "PA"),
    ("Die Ministerin spricht. Foto: Jane Doe/dpa", "Die Ministerin spricht.", "Jane Doe/dpa"),
    ("Die Ministerin spricht. Foto: Jane Doe (Keystone)", "Die Ministerin spricht.", "Jane Doe (Keystone)"),
    ("Die Ministerin spricht. © dpa", "Die Ministerin spricht.", "dpa"),
    ("Die Ministerin spricht. Bild: SN/APA/Jane Doe", "Die Ministerin spricht.", "SN/APA/Jane Doe"),
    ("La ministra habla. Foto: EFE/Jane Doe", "La ministra habla.", "EFE/Jane Doe"),
    ("La ministra habla / Jane Doe", "La ministra habla", "Jane Doe"),
    ("La ministre parle. Crédit photo : Jane Doe", "La ministre parle.", "Jane Doe"),
    ("Ministern talar. Foto: Jane Doe / TT", "Ministern talar.", "Jane Doe / TT"),
    ("Minister przemawia. Fot. PAP", "Minister przemawia.", "PAP"),
    ("Министр выступает. Фото: ТАСС", "Министр выступает.", "ТАСС"),
    ("移送される容疑者＝13日、東京・霞ケ関で（山田太郎撮影）", "移送される容疑者＝13日、東京・霞ケ関で", "山田太郎"),
    ("国会前の警察官ら＝ＡＰ", "国会前の警察官ら", "ＡＰ"),
    ("대통령이 연설하고 있다. 연합뉴스", "대통령이 연설하고 있다.", "연합뉴스"),
    ("FILE - President Joe Biden speaks on May 1, 2024.", "FILE - President Joe Biden speaks on May 1, 2024.", None),
    (
        "FILE PHOTO: President Joe Biden speaks to workers at a plant in Ohio.",
        "FILE PHOTO: President Joe Biden speaks to workers at a plant in Ohio.",
        None,
    ),
    ("Zelensky (left) may fire Syrsky (right)", "Zelensky (left) may fire Syrsky (right)", None),
    ("Plants can help (stock image)", "Plants can help (stock image)", None),
    ("A man walks past a photo of his wife.", "A man walks past a photo of his wife.", None),
    ("The AP bureau in Kabul was hit.", "The AP bureau in Kabul was hit.", None),
]


@pytest.mark.parametrize(("text", "caption", "credit"), CASES, ids=[text[-40:] for text, _, _ in CASES])
def test_the_credit_is_split_off(text: str, caption: str, credit: str | None) -> None:
    assert split_credit(text) == (caption, credit)
