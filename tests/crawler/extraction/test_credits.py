"""Credits, split off their captions."""

import pytest

from crawler.extraction.captions.credits import split_credit

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
    (
        "The minister speaks. REUTERS/Jane Doe Purchase Licensing Rights , opens new tab",
        "The minister speaks.",
        "REUTERS/Jane Doe",
    ),
    ("The minister speaks. Jane Doe/KXYZ hide caption", "The minister speaks.", "Jane Doe/KXYZ"),
    ("The minister speaks. Credit... Jane Doe for The Example", "The minister speaks.", "Jane Doe for The Example"),
    (
        "The minister speaks in Doha [File: Jane Doe/Al Example]",
        "The minister speaks in Doha",
        "File: Jane Doe/Al Example",
    ),
    ("The minister speaks. - Jane Doe/Staff Photographer", "The minister speaks.", "Jane Doe/Staff Photographer"),
    (
        "A ministra fala na capital - Jane Doe - 3.mai.24/Folhapress",
        "A ministra fala na capital",
        "Jane Doe - 3.mai.24/Folhapress",
    ),
    ("The minister speaks. — AFP", "The minister speaks.", "AFP"),
    ("The minister speaks. Photographer: Jane Doe/Bloomberg", "The minister speaks.", "Jane Doe/Bloomberg"),
    ("The minister speaks. Courtesy Jane Doe", "The minister speaks.", "Jane Doe"),
    ("The minister speaks. Pool photo by Jane Doe", "The minister speaks.", "Jane Doe"),
    ("The minister speaks. (Jane Doe/Pool Photo via AP)", "The minister speaks.", "Jane Doe/Pool Photo via AP"),
    (
        "The minister speaks in the capital. Jane Doe | Getty Images",
        "The minister speaks in the capital.",
        "Jane Doe | Getty Images",
    ),
    (
        "La ministre parle à Paris, le 3 mai 2024. JANE DOE / AFP",
        "La ministre parle à Paris, le 3 mai 2024.",
        "JANE DOE / AFP",
    ),
    ("La ministra habla. JANE DOE (EFE)", "La ministra habla.", "JANE DOE (EFE)"),
    ("The president sits beside Sen. Jane Doe (Reuters)", "The president sits beside Sen. Jane Doe", "Reuters"),
    ("La ministre parle. Photo AFP/Jane Doe", "La ministre parle.", "AFP/Jane Doe"),
    ("Minister przemawia. Źródło: PAP", "Minister przemawia.", "PAP"),
    ("Ministr hovoří. Zdroj: ČTK", "Ministr hovoří.", "ČTK"),
    ("Ministar govori. Izvor: Hina", "Ministar govori.", "Hina"),
    ("A miniszter beszél. Fotó: MTI/Jane Doe", "A miniszter beszél.", "MTI/Jane Doe"),
    ("Menteri berbicara. (Jane Doe/detikcom)", "Menteri berbicara.", "Jane Doe/detikcom"),
    ("Bộ trưởng phát biểu. Ảnh: TTXVN", "Bộ trưởng phát biểu.", "TTXVN"),
    (
        "Министр выступает в столице. Иван Иванов / РИА Новости",
        "Министр выступает в столице.",
        "Иван Иванов / РИА Новости",
    ),
    ("الوزير يتحدث. تصوير: محمد", "الوزير يتحدث.", "محمد"),
    ("मंत्री बोलते हैं। फोटो: पीटीआई", "मंत्री बोलते हैं।", "पीटीआई"),
    ("首相官邸に入る首相（写真：ロイター/アフロ）", "首相官邸に入る首相", "ロイター/アフロ"),
    ("部长在北京讲话。（新华社记者张三摄）", "部长在北京讲话。", "新华社记者张三摄"),
    ("장관이 연설하고 있다 (사진=홍길동 기자)", "장관이 연설하고 있다", "홍길동"),
    ("The minister speaks. (File Photo)", "The minister speaks. (File Photo)", None),
    ("The trains stop in the north - Leeds/Bradford", "The trains stop in the north - Leeds/Bradford", None),
    ("The firm will buy paintings, prints and more", "The firm will buy paintings, prints and more", None),
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
