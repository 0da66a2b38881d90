"""Account numbers of invented banks, by country: valid in form and checks, at bank codes that are not given out."""

from __future__ import annotations

from clew.simulate.hashing import mix_one
from clew.simulate.places import CODES

_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
# Four letters that begin with a Q are the code of no bank here.
_LETTERS = ("QVEL", "QMOR", "QTAN", "QLUX", "QRIV", "QSOL")
BANKS = ("Velbank", "Morkas", "Tanbank", "Luxmor", "Rivbank", "Solkas")


def bank_of(country: int, key: int) -> int:
    """Which of the six banks of a country holds an account."""
    return mix_one(11, "bank", country, key) % len(BANKS)


def bic(country: int, bank: int) -> str:
    """The BIC of an invented bank."""
    return f"{_LETTERS[bank]}{CODES[country]}22"


def _spanish(digits: str) -> str:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)

    def check(part: str) -> str:
        rest = 11 - sum(int(d) * w for d, w in zip(part, weights, strict=True)) % 11
        return str({10: 1, 11: 0}.get(rest, rest))

    bank, account = digits[:8], digits[8:18]
    return bank + check("00" + bank) + check(account) + account


def _italian(digits: str) -> str:
    total = sum(_ODD[int(d)] if at % 2 == 0 else int(d) for at, d in enumerate(digits))
    return chr(ord("A") + total % 26) + digits


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * weights[at % len(weights)] for at, d in enumerate(digits))


def _polish(digits: str) -> str:
    return digits[:7] + str(-_weighted(digits[:7], (3, 9, 7, 1)) % 10) + digits[7:23]


def _hungarian(digits: str) -> str:
    weights = (9, 7, 3, 1)
    return (
        digits[:7]
        + str(-_weighted(digits[:7], weights) % 10)
        + digits[7:22]
        + str(-_weighted(digits[7:22], weights) % 10)
    )


def _czech(digits: str) -> str:
    """Bank, prefix 000000, and ten digits whose weighted sum is a multiple of 11."""
    body = digits[4:13]
    while (check := -_weighted(body, (6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11) == 10:
        body = f"{(int(body) + 1) % 10**9:09d}"
    return f"{digits[:4]}000000{body}{check}"


def _french(digits: str) -> str:
    key = 97 - (89 * int(digits[:5]) + 15 * int(digits[5:10]) + 3 * int(digits[10:21])) % 97
    return f"{digits[:21]}{key:02d}"


def _national(code: str, bank: int, digits: str) -> str:
    """What follows the check digits, of 24 digits that begin as the number of the bank."""
    if code in ("NL", "RO", "BG", "GB", "IE"):
        sizes = {"NL": 10, "RO": 16, "BG": 14, "GB": 14, "IE": 14}
        return _LETTERS[bank] + digits[3 : 3 + sizes[code]]
    if code == "BE":
        return f"{digits[:10]}{int(digits[:10]) % 97 or 97:02d}"
    if code == "PT":
        return f"{digits[:19]}{98 - int(digits[:19]) * 100 % 97:02d}"
    special = {
        "FR": _french, "ES": _spanish, "IT": _italian, "PL": _polish, "HU": _hungarian, "CZ": _czech
    }  # fmt: skip
    if code in special:
        sizes = {"IT": 22}
        return special[code](digits[: sizes.get(code, 24)])
    return digits[: {"DE": 18, "AT": 16, "CH": 17, "GR": 23, "AE": 19}[code]]


def account(seed: int, country: int, key: int) -> str:
    """The number of the ``key``-th account of a country: an IBAN, or digits where there are none."""
    code, bank = CODES[country], bank_of(country, key)
    bits = mix_one(seed, "bban", country, key)
    digits = f"00{bank + 1}{bits % 10**12:012d}{(bits >> 24) % 10**9:09d}"
    if code == "US":
        return digits[3:14]
    if code == "RU":
        return f"40817810{digits[3:15]}"
    national = _national(code, bank, digits)
    numeric = "".join(str(int(letter, 36)) for letter in national + code) + "00"
    return f"{code}{98 - int(numeric) % 97:02d}{national}"
