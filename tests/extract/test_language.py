"""Languages: told from one sentence, and not guessed from less."""

import numpy as np
import pyarrow as pa
import pytest

from clew.extract.base import FIELDS, batch_of_texts, text_batch
from clew.extract.language import PLUGIN

SENTENCES = {
    "en": "I will be here until the weekend, please call me before you come",
    "nl": "Ik ben er tot het weekend, bel me even voordat je langskomt",
    "de": "Ich bin bis zum Wochenende hier, bitte ruf mich vorher an",
    "fr": "Je suis là jusqu'au week-end, appelez-moi avant de venir",
    "es": "Estaré aquí hasta el fin de semana, llámame antes de venir",
    "it": "Sono qui fino al fine settimana, chiamami prima di venire",
    "pt": "Estou aqui até ao fim de semana, liga-me antes de vires",
    "ro": "Sunt aici până la sfârșitul săptămânii, sună-mă înainte să vii",
    "pl": "Jestem tu do weekendu, zadzwoń do mnie zanim przyjdziesz",
    "hu": "Hétvégéig itt vagyok, kérlek hívj fel mielőtt jössz",
    "cs": "Jsem tady do víkendu, zavolej mi prosím, než přijdeš",
    "sk": "Som tu do víkendu, prosím zavolaj mi skôr ako prídeš",
    "hr": "Ovdje sam do vikenda, molim te nazovi me prije nego što dođeš",
    "sl": "Tukaj sem do konca tedna, prosim pokliči me, preden prideš",
    "lt": "Būsiu čia iki savaitgalio, paskambink man prieš ateidamas",
    "lv": "Es būšu šeit līdz nedēļas nogalei, lūdzu, piezvani pirms nāc",
    "et": "Olen siin nädalavahetuseni, palun helista mulle enne tulekut",
    "fi": "Olen täällä viikonloppuun asti, soita minulle ennen kuin tulet",
    "sv": "Jag är här till helgen, ring mig gärna innan du kommer",
    "da": "Jeg er her indtil weekenden, ring venligst til mig før du kommer",
    "tr": "Hafta sonuna kadar buradayım, gelmeden önce beni ara lütfen",
    "sq": "Do të jem këtu deri në fundjavë, ju lutem më telefononi para se të vini",
    "id": "Saya di sini sampai akhir pekan, tolong hubungi saya sebelum datang",
    "vi": "Tôi ở đây đến cuối tuần, vui lòng gọi cho tôi trước khi đến",
    "ca": "Seré aquí fins al cap de setmana, truca'm abans de venir si us plau",
    "ru": "Я здесь до выходных, пожалуйста, позвоните мне перед приездом",
    "uk": "Я тут до вихідних, будь ласка, зателефонуйте мені перед приїздом",
    "bg": "Тук съм до края на седмицата, моля, обади ми се преди да дойдеш",
    "sr": "Овде сам до викенда, молим те позови ме пре него што дођеш",
    "el": "Είμαι εδώ μέχρι το σαββατοκύριακο, πάρε με τηλέφωνο",
    "ar": "أنا هنا حتى نهاية الأسبوع، من فضلك اتصل بي قبل أن تأتي",
    "fa": "من تا آخر هفته اینجا هستم، لطفا قبل از آمدن با من تماس بگیرید",
    "he": "אני כאן עד סוף השבוע, בבקשה תתקשר אלי לפני שאתה בא",
    "hi": "मैं सप्ताहांत तक यहाँ हूँ, कृपया आने से पहले मुझे फ़ोन करें",
    "th": "ฉันอยู่ที่นี่ถึงสุดสัปดาห์ กรุณาโทรหาฉันก่อนมา",
    "zh": "我周末之前都在这里，来之前请给我打电话",
    "ja": "週末までここにいます。来る前に電話してください",
    "ko": "주말까지 여기 있어요. 오기 전에 전화해 주세요",
    "ka": "აქ ვარ შაბათ-კვირამდე, გთხოვთ დამირეკოთ",
}


def language(text: str) -> str | None:
    rows = PLUGIN.find(batch_of_texts([text])).to_pylist()
    return rows[0]["value"] if rows else None


@pytest.mark.parametrize("code", SENTENCES)
def test_one_sentence_is_enough(code: str) -> None:
    assert language(SENTENCES[code]) == code


def test_without_accents_and_in_capitals() -> None:
    assert language("SUNT AICI PANA LA SFARSITUL SAPTAMANII, SUNA-MA INAINTE SA VII") == "ro"
    assert language("Jestem tu do weekendu, zadzwon do mnie zanim przyjdziesz") == "pl"


@pytest.mark.parametrize("text", ["", "Anna", "+31 6 1234 5678", "xqzj kwpv", "https://example.com/en", "🔥 24"])
def test_no_guess_from_too_little(text: str) -> None:
    assert language(text) is None


def test_tags_and_addresses_do_not_count() -> None:
    html = "<div class='the and with for'>Bel me even voordat je langskomt</div> www.this-and-that.com the@with.com"
    assert language(html) == "nl"


def test_title_speaks_where_the_body_is_silent() -> None:
    columns = {f: pa.array([None], pa.string()) for f in FIELDS}
    columns["title"] = pa.array([SENTENCES["nl"]])
    columns["body"] = pa.array(["0612345678"])
    columns["rid"] = pa.array([7], pa.uint64())
    (row,) = PLUGIN.find(text_batch(pa.RecordBatch.from_pydict(columns), np.zeros(1, np.uint16))).to_pylist()
    assert (row["value"], row["field"], row["start"]) == ("nl", "title", 0)
    assert SENTENCES["nl"].startswith(row["raw"])


def test_many_texts_as_one_by_one() -> None:
    texts = [*SENTENCES.values(), "", "Anna"]
    rows = PLUGIN.find(batch_of_texts(texts)).to_pylist()
    assert [m["value"] for m in sorted(rows, key=lambda m: m["rid"])] == list(SENTENCES)
