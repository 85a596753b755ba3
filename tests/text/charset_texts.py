"""Texts in the charsets that their languages were written in before UTF-8: a headline and a paragraph each."""

import unicodedata
from typing import NamedTuple


class WrittenText(NamedTuple):
    """A headline and a paragraph of one language; `charsets` maps Python codecs to the labels that pages state."""

    name: str
    language: str
    charsets: dict[str, str]
    headline: str
    paragraph: str


TEXTS = [
    WrittenText(
        "de",
        "de",
        {"cp1252": "windows-1252"},
        "Überschwemmung in Köln: Straßen gesperrt",
        "Die Behörden haben am Dienstag mehrere Straßen in der Kölner Innenstadt gesperrt, nachdem der "
        "Rhein über die Ufer getreten war. Die Bürgermeisterin sprach von einer „außergewöhnlichen Lage“ "
        "und bat die Menschen, zu Hause zu bleiben. Für die nächsten Tage wird weiterer Regen erwartet.",
    ),
    WrittenText(
        "one umlaut",
        "de",
        {"cp1252": "windows-1252"},
        "Der Rat tagt am Montag in Bonn – Kritik",
        "Der Rat der Stadt tagt am Montag in Bonn. Es geht um den Haushalt des kommenden Jahres und um "
        "die Frage, wer die Kosten tragen soll. Die Sitzung beginnt um neun Uhr. Danach spricht der "
        "Minister mit der Presse. Er will sich zur Lage der Industrie äußern.",
    ),
    WrittenText(
        "fr",
        "fr",
        {"cp1252": "windows-1252"},
        "Le président annonce une réforme",
        "Le président a annoncé mardi une réforme des retraites qui sera présentée à l’Assemblée "
        "nationale avant l’été. Les syndicats, réunis à Paris, ont déjà appelé à la grève. “Nous "
        "n’accepterons pas ce projet”, a déclaré leur porte-parole.",
    ),
    WrittenText(
        "one accent",
        "fr",
        {"cp1252": "windows-1252"},
        "Paris: un mort dans un café",
        "Un homme est mort lundi dans un incendie dans le centre de Paris. Les pompiers sont sur place "
        "et la police a ouvert une information pour trouver la cause. Le maire a visité le lieu du drame "
        "dans la soirée et a promis son aide aux familles.",
    ),
    WrittenText(
        "one accent in English",
        "en",
        {"cp1252": "windows-1252"},
        "Chef opens café in town",
        "The chef opened her café in the middle of town on Monday and said that she hopes to serve two "
        "hundred guests a day. The mayor was among the first guests. The building had stood empty for "
        "three years after the last owner moved to the coast.",
    ),
    WrittenText(
        "typographic quotes",
        "en",
        {"cp1252": "windows-1252"},
        "Council ‘won’t raise’ taxes",
        "The council won’t raise taxes this year, its leader said on Monday. “We have listened to the "
        "people of this town,” he told reporters – adding that the budget was sound.",
    ),
    WrittenText(
        "es",
        "es",
        {"cp1252": "windows-1252"},
        "El Gobierno español aprobó la reforma",
        "El Gobierno español aprobó este martes la reforma de la ley de educación, que entrará en vigor "
        "el próximo año. La oposición criticó la decisión y pidió más diálogo con los sindicatos. ¿Qué "
        "cambiará para los niños? Según el ministro, habrá más profesores.",
    ),
    WrittenText(
        "pt",
        "pt",
        {"cp1252": "windows-1252"},
        "Inflação sobe e preocupa a população",
        "A inflação subiu em março e preocupa a população, segundo os números divulgados nesta terça- "
        "feira. O ministro afirmou que não haverá mudança nos juros até o fim do ano. A decisão será "
        "anunciada em São Paulo.",
    ),
    WrittenText(
        "sv",
        "sv",
        {"cp1252": "windows-1252"},
        "Regeringen föreslår höjd skatt på bränsle",
        "Regeringen föreslår höjd skatt på bränsle från och med nästa år. Förslaget väckte genast kritik "
        "från oppositionen, som säger att många människor på landsbygden drabbas hårt. Även "
        "åkeriföretagen är oroliga för följderna.",
    ),
    WrittenText(
        "is",
        "is",
        {"cp1252": "windows-1252"},
        "Þingið samþykkti lögin í gærkvöldi",
        "Þingið samþykkti lögin í gærkvöldi eftir langar umræður. Forsætisráðherra sagði að þetta væri "
        "mikilvægt skref fyrir þjóðina og að áhrifin myndu sjást á næsta ári.",
    ),
    WrittenText(
        "pl",
        "pl",
        {"cp1250": "windows-1250", "iso8859_2": "iso-8859-2"},
        "Rząd przyjął ustawę o podwyżkach",
        "Rząd przyjął we wtorek ustawę o podwyżkach dla nauczycieli. Związki zawodowe twierdzą, że "
        "pieniędzy jest za mało, i zapowiadają strajk. Posłowie mają głosować w przyszłym tygodniu, a "
        "ustawa wejdzie w życie na początku września.",
    ),
    WrittenText(
        "cs",
        "cs",
        {"cp1250": "windows-1250", "iso8859_2": "iso-8859-2"},
        "Vláda schválila zvýšení důchodů",
        "Vláda v úterý schválila zvýšení důchodů od příštího roku. Opozice návrh kritizuje a žádá, aby "
        "ministr vysvětlil, odkud peníze přijdou. Hlasování v parlamentu se očekává příští týden.",
    ),
    WrittenText(
        "hu",
        "hu",
        {"cp1250": "windows-1250", "iso8859_2": "iso-8859-2"},
        "A kormány elfogadta a költségvetést",
        "A kormány elfogadta a jövő évi költségvetést, amelyről a parlament a következő héten szavaz. Az "
        "ellenzék szerint a tervezet túl sok terhet ró a kisvállalkozókra, és nem ad elegendő pénzt az "
        "egészségügynek.",
    ),
    WrittenText(
        "ru",
        "ru",
        {"cp1251": "windows-1251", "koi8_r": "koi8-r", "iso8859_5": "iso-8859-5"},
        "Правительство утвердило бюджет",
        "Правительство во вторник утвердило бюджет на следующий год. По словам министра, расходы на "
        "образование вырастут на десять процентов. Депутаты рассмотрят документ в первом чтении на "
        "следующей неделе. Итог объявят позже.",
    ),
    WrittenText(
        "uk",
        "uk",
        {"cp1251": "windows-1251", "koi8_u": "koi8-u"},
        "Уряд затвердив бюджет країни",
        "Уряд у вівторок затвердив бюджет на наступний рік. За словами міністра, видатки на освіту "
        "зростуть на десять відсотків. Депутати розглянуть документ у першому читанні наступного тижня. "
        "Їхнє рішення буде остаточним.",
    ),
    WrittenText(
        "bg",
        "bg",
        {"cp1251": "windows-1251"},
        "Правителството прие бюджета",
        "Правителството прие във вторник бюджета за следващата година. Според министъра разходите за "
        "образование ще нараснат с десет процента. Депутатите ще разгледат документа на първо четене "
        "през следващата седмица.",
    ),
    WrittenText(
        "el",
        "el",
        {"cp1253": "windows-1253", "iso8859_7": "iso-8859-7"},
        "Η κυβέρνηση ενέκρινε τον προϋπολογισμό",
        "Η κυβέρνηση ενέκρινε την Τρίτη τον προϋπολογισμό για το επόμενο έτος. Σύμφωνα με τον υπουργό, "
        "οι δαπάνες για την παιδεία θα αυξηθούν κατά δέκα τοις εκατό. Η Βουλή θα συζητήσει το σχέδιο την "
        "επόμενη εβδομάδα.",
    ),
    WrittenText(
        "tr",
        "tr",
        {"cp1254": "windows-1254"},
        "Hükümet bütçeyi onayladı, işçiler greve gidiyor",
        "Hükümet salı günü gelecek yılın bütçesini onayladı. Bakan, eğitim harcamalarının yüzde on "
        "artacağını söyledi. Sendikalar ise işçilerin ücretlerinin düşük olduğunu belirterek greve "
        "gideceklerini açıkladı. Meclis önümüzdeki hafta görüşecek.",
    ),
    WrittenText(
        "lt",
        "lt",
        {"cp1257": "windows-1257"},
        "Vyriausybė patvirtino kitų metų biudžetą, mokytojai ruošiasi streikui",
        "Vyriausybė antradienį patvirtino kitų metų biudžetą. Anot ministro, išlaidos švietimui išaugs "
        "dešimčia procentų. Seimas dokumentą svarstys kitą savaitę. Opozicija teigia, kad pinigų "
        "mokytojų algoms neužteks.",
    ),
    WrittenText(
        "lv",
        "lv",
        {"cp1257": "windows-1257"},
        "Valdība apstiprināja nākamā gada budžetu",
        "Valdība otrdien apstiprināja nākamā gada budžetu. Pēc ministra teiktā, izdevumi izglītībai "
        "pieaugs par desmit procentiem. Saeima dokumentu skatīs nākamnedēļ. Opozīcija uzskata, ka "
        "skolotāju algām naudas nepietiks.",
    ),
    WrittenText(
        "he",
        "he",
        {"cp1255": "windows-1255"},
        "הממשלה אישרה את התקציב",
        "הממשלה אישרה ביום שלישי את תקציב המדינה לשנה הבאה. לדברי השר, ההוצאה על חינוך תגדל בעשרה "
        "אחוזים. הכנסת תדון בהצעה בשבוע הבא. האופוזיציה טוענת שהכסף לא יספיק למורים.",
    ),
    WrittenText(
        "ar",
        "ar",
        {"cp1256": "windows-1256", "iso8859_6": "iso-8859-6"},
        "الحكومة توافق على الميزانية",
        "وافقت الحكومة يوم الثلاثاء على ميزانية العام المقبل. وقال الوزير إن الإنفاق على التعليم سيرتفع "
        "بنسبة عشرة في المئة. وسيناقش البرلمان المشروع في الأسبوع المقبل. وتقول المعارضة إن المال لن "
        "يكفي للمعلمين.",
    ),
    WrittenText(
        "th",
        "th",
        {"cp874": "windows-874"},
        "รัฐบาลอนุมัติงบประมาณปีหน้า",
        "รัฐบาลอนุมัติงบประมาณปีหน้าเมื่อวันอังคาร รัฐ"
        "มนตรีกล่าวว่าค่าใช้จ่ายด้านการศึกษาจะเพิ่มขึ้"
        "นร้อยละสิบ รัฐสภาจะพิจารณาร่างกฎหมายในสัปดาห์"
        "หน้า ฝ่ายค้านกล่าวว่าเงินจะไม่พอสำหรับครู",
    ),
    WrittenText(
        "vi",
        "vi",
        {"cp1258": "windows-1258"},
        "Chính phủ thông qua ngân sách",
        "Chính phủ hôm thứ ba đã thông qua ngân sách cho năm tới. Theo bộ trưởng, chi tiêu cho giáo dục "
        "sẽ tăng mười phần trăm. Quốc hội sẽ thảo luận dự luật vào tuần tới. Phe đối lập nói rằng tiền "
        "sẽ không đủ cho giáo viên.",
    ),
    WrittenText(
        "ja",
        "ja",
        {"cp932": "shift_jis", "euc_jp": "euc-jp", "iso2022_jp": "iso-2022-jp"},
        "政府が来年度の予算案を決定",
        "政府は火曜日、来年度の予算案を決定した。大臣によると、教育費は一割増える見通しだ。国会は来"
        "週から審議に入る。野党は「教員の給与には足りない」と批判している。東京では抗議の集会も開か"
        "れた。",
    ),
    WrittenText(
        "zh",
        "zh",
        {"gb18030": "gb2312"},
        "政府通过明年预算案",
        "政府星期二通过了明年的预算案。部长表示,教育支出将增加百分之十。议会将于下周审议该草案。反"
        "对党认为,这笔钱不足以支付教师的工资。北京市民对此反应不一。",
    ),
    WrittenText(
        "tw",
        "zh-TW",
        {"big5": "big5"},
        "政府通過明年預算案",
        "政府星期二通過了明年的預算案。部長表示,教育支出將增加百分之十。議會將於下週審議該草案。反"
        "對黨認為,這筆錢不足以支付教師的薪水。台北市民對此反應不一。",
    ),
    WrittenText(
        "ko",
        "ko",
        {"cp949": "euc-kr"},
        "정부, 내년 예산안 확정",
        "정부는 화요일 내년도 예산안을 확정했다. 장관은 교육비가 십 퍼센트 늘어날 것이라"
        "고 밝혔다. 국회는 다음 주부터 심의에 들어간다. 야당은 교사 급여에는 부족하다고"
        " 비판했다. 서울에서는 집회도 열렸다.",
    ),
]
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def written(text: str, codec: str) -> bytes:
    """A text in a charset; windows-1258 has the tones of Vietnamese behind their letters."""
    if codec == "cp1258":
        text = "".join(character if _has(character) else _apart(character) for character in text)
    return text.encode(codec)


def _has(character: str) -> bool:
    try:
        return bool(character.encode("cp1258"))
    except UnicodeEncodeError:
        return False


def _apart(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    letter = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", letter) + "".join(part for part in parts if part in _TONES)
