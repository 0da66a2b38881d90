"""The automaton of numbering plans says what libphonenumber says."""

import numpy as np
import phonenumbers
from phonenumbers import PhoneNumberFormat, format_number, is_valid_number

from clew.extract import _phone_plan_build as compiler
from clew.extract._phone_plan import MOBILE, international, national, plan
from clew.extract.base import pack_region

FICTION = ("447700900", "441632960", "33", "353")


def digits(text: str) -> np.ndarray:
    return np.array([int(c) for c in text], np.uint8)


def samples(seed: int = 5) -> list[str]:
    """Digits after "+": examples of every region, and random changes of them."""
    rng = np.random.default_rng(seed)
    found = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            text = format_number(example, PhoneNumberFormat.E164)[1:]
            found.append(text)
            for _ in range(8):
                changed = list(text)
                for at in rng.integers(1, len(text), 3):
                    changed[at] = str(rng.integers(10))
                found.append("".join(changed)[: len(text) - int(rng.integers(2))])
    return found


def test_agrees_with_the_library_on_international_numbers() -> None:
    tables, wrong = plan(), []
    cases = samples()
    for text in cases:
        kinds, number = international(tables, digits(text), 0, len(text))
        try:
            parsed = phonenumbers.parse("+" + text)
        except phonenumbers.NumberParseException:
            assert not kinds, text
            continue
        canonical = format_number(parsed, PhoneNumberFormat.E164)
        valid = is_valid_number(parsed)
        if valid and (not kinds or f"+{number}" != canonical):
            wrong.append(text)
        # ours may take a superfluous 0 after the code, and numbers kept for fiction
        if kinds and not valid and str(number) == text and not text.startswith(FICTION):
            wrong.append(text)
    assert len(cases) > 3000
    assert len(wrong) <= len(cases) // 1000, wrong[:20]


def test_national_forms() -> None:
    tables = plan()
    for region, text, number in (("NL", "0612345678", 31612345678), ("DE", "015112345678", 4915112345678),
                                 ("ES", "612345678", 34612345678), ("HU", "06201234567", 36201234567),
                                 ("RU", "89123456789", 79123456789), ("US", "12025550123", 12025550123),
                                 ("IT", "3123456789", 393123456789)):  # fmt: skip
        kinds, got, form = national(tables, int(tables.index[pack_region(region)]), digits(text), 0, len(text))
        assert kinds and got == number and form, (region, text, got)
    kinds, _, _ = national(tables, int(tables.index[pack_region("NL")]), digits("0612345678"), 0, 10)
    assert kinds & MOBILE


def test_the_data_file_is_what_the_compiler_makes() -> None:
    made = compiler.build()
    assert str(made["version"]) == phonenumbers.__version__
    with np.load(compiler.__file__.replace("_phone_plan_build.py", "data/phone_plan.npz")) as kept:
        if str(kept["version"]) == phonenumbers.__version__:
            assert set(kept.files) == set(made)
            assert all(np.array_equal(kept[k], made[k]) for k in made)
