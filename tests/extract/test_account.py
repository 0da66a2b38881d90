import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract.account import PLUGIN
from clew.extract.base import batch_of_texts


def values(text: str, region: str = "") -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


@pytest.mark.parametrize(
    "text",
    [
        "NL91ABNA0417164300",
        "nl91 abna 0417 1643 00",
        "IBAN:NL91-ABNA-0417-1643-00.",
        "NL 91 ABNA 0417 1643 00",
        "N\u200bL91 ABNA 0417 1643 00",
        "ＮＬ９１ＡＢＮＡ０４１７１６４３００",
        "x NL91ABNA0417164300, y",
    ],
)
def test_spellings_of_one_account(text: str) -> None:
    assert values(text) == ["iban:NL91ABNA0417164300"]


@pytest.mark.parametrize("text", ["NL91ABNA0417164301", "NL91ABNA041716430", "NL91 ABNA", "XX91ABNA0417164300", "NL91"])
def test_leaves_what_is_no_account(text: str) -> None:
    assert values(text) == []


def test_structure_counts_beside_the_check_digits() -> None:
    body = "1234567890ABNA"  # digits where a Dutch number has the bank's letters
    digits = "".join(str(int(c, 36)) for c in body + "NL00")
    assert values(f"NL{98 - int(digits) % 97:02d}{body}") == []


@settings(deadline=None)  # the first call compiles
@given(st.text(alphabet="0123456789", min_size=18, max_size=18))
def test_right_check_digits_are_found_and_wrong_ones_not(body: str) -> None:
    check = 98 - int(body + "131400") % 97
    number = f"DE{check:02d}{body}"
    assert values(f"to {number} now") == [f"iban:{number}"]
    assert values(f"to DE{(check + 1) % 100:02d}{body} now") == []
    assert values(f"iban:{number}") == [f"iban:{number}"]


@pytest.mark.parametrize("part", ["NL91", "NL91 ", "9", "NL91ABNA0417164300 ", "nl9"])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times
