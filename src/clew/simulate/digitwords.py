"""How people write a single digit in other ways: words of many languages, letters, and other characters of Unicode."""

from __future__ import annotations

WORDS: dict[str, tuple[str, ...]] = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "nl": ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    "it": ("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"),
    "pt": ("zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"),
    "ro": ("zero", "unu", "doi", "trei", "patru", "cinci", "șase", "șapte", "opt", "nouă"),
    "pl": ("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"),
    "hu": ("nulla", "egy", "kettő", "három", "négy", "öt", "hat", "hét", "nyolc", "kilenc"),
    "bg": ("нула", "едно", "две", "три", "четири", "пет", "шест", "седем", "осем", "девет"),
    "ru": ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"),
    "el": ("μηδέν", "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα"),
    "zh": ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九"),
}
# Languages without words here write digits of their own or English words.
PLUS: dict[str, str] = {
    "en": "plus", "nl": "plus", "de": "plus", "fr": "plus", "es": "más", "it": "più", "pt": "mais", "ro": "plus",
    "pl": "plus", "hu": "plusz", "bg": "плюс", "ru": "плюс", "el": "συν",
}  # fmt: skip
# Between the parts of a number that is spread over a sentence: before the first, between, before the last.
SPLITS: dict[str, tuple[str, str, str]] = {
    "en": ("first ", ", then ", " and finally "),
    "nl": ("eerst ", ", daarna ", " en als laatste "),
    "de": ("zuerst ", ", dann ", " und zum Schluss "),
    "fr": ("d'abord ", ", ensuite ", " et pour finir "),
    "es": ("primero ", ", luego ", " y al final "),
    "it": ("prima ", ", poi ", " e alla fine "),
    "pt": ("primeiro ", ", depois ", " e no fim "),
    "ro": ("întâi ", ", apoi ", " și la final "),
    "pl": ("najpierw ", ", potem ", " i na koniec "),
    "hu": ("először ", ", aztán ", " és végül "),
    "bg": ("първо ", ", после ", " и накрая "),
    "ru": ("сначала ", ", потом ", " и в конце "),
}
LETTERS = ("oO", "lI", "zZ", "E", "A", "sS", "G", "T", "B", "g")
# Letters that a reader takes for a digit without thinking; the rarer ones above only stand beside many digits.
COMMON_LETTERS = "0158"

KEYCAPS = tuple(f"{digit}\ufe0f\u20e3" for digit in range(10))
CIRCLED = ("⓪", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨")
DARK_CIRCLED = ("⓿", "❶", "❷", "❸", "❹", "❺", "❻", "❼", "❽", "❾")


def _run(first: int) -> tuple[str, ...]:
    return tuple(chr(first + digit) for digit in range(10))


FULLWIDTH = _run(0xFF10)
BOLD = _run(0x1D7CE)
DOUBLE_STRUCK = _run(0x1D7D8)
SANS = _run(0x1D7E2)
MONOSPACE = _run(0x1D7F6)
ARABIC_INDIC = _run(0x0660)
PERSIAN = _run(0x06F0)
DEVANAGARI = _run(0x0966)
SUPERSCRIPT = ("⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹")
SUBSCRIPT = _run(0x2080)
