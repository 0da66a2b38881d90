import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract._coins import keccak256
from clew.extract.base import batch_of_texts
from clew.extract.wallet import PLUGIN


def values(text: str, region: str = "") -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(payload: bytes) -> str:
    """Base58Check of a payload, written the other way round than the code under test reads it."""
    raw = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, out = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        out = _BASE58[digit] + out
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + out


def monero(payload: bytes) -> str:
    raw, out = payload + keccak256(payload)[:4], ""
    for at in range(0, len(raw), 8):
        block = raw[at : at + 8]
        number, symbols = int.from_bytes(block, "big"), {8: 11, 5: 7, 4: 6}[len(block)]
        digits = ""
        for _ in range(symbols):
            number, digit = divmod(number, 58)
            digits = _BASE58[digit] + digits
        out += digits
    return out


def test_keccak_is_the_one_before_sha3() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert len({keccak256(bytes(n)) for n in range(130, 280)}) == 150  # around the block of 136 bytes


@settings(deadline=None)  # the first call compiles
@given(
    st.binary(min_size=20, max_size=20),
    st.sampled_from([(0, "btc"), (5, "btc"), (0x30, "ltc"), (0x32, "ltc"), (0x41, "tron")]),
)
def test_base58_addresses(payload: bytes, kind: tuple[int, str]) -> None:
    address = base58(bytes([kind[0]]) + payload)
    assert values(f"pay {address}.") == [f"{kind[1]}:{address}"]
    assert values(f"{kind[1]}:{address}") == [f"{kind[1]}:{address}"]
    wrong = address[:-1] + ("a" if address[-1] != "a" else "b")
    assert values(wrong) == []


@settings(deadline=None)  # the first call compiles
@given(st.binary(min_size=64, max_size=64), st.sampled_from([18, 42]))
def test_monero_addresses(keys: bytes, network: int) -> None:
    address = monero(bytes([network]) + keys)
    assert len(address) == 95
    assert values(f"({address})") == [f"xmr:{address}"]
    assert values(address[:-1] + ("1" if address[-1] != "1" else "2")) == []


def test_monero_integrated_addresses_and_other_networks() -> None:
    assert values(monero(bytes([19]) + bytes(72)))[0].startswith("xmr:")
    assert values(monero(bytes([53]) + bytes(64))) == []  # the test network


@pytest.mark.parametrize(
    ("address", "chain"),
    [  # the test vectors of BIP 173 and BIP 350
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "btc"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "btc"),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "ltc"),
    ],
)
def test_segwit(address: str, chain: str) -> None:
    assert values(address) == values(address.upper()) == [f"{chain}:{address}"]
    assert values(address[:20] + address[20].upper() + address[21:]) == [f"{chain}:{address}"] * address[20].isdigit()
    assert values(address[:-1] + ("q" if address[-1] != "q" else "p")) == []
    assert values(address[0] + "\u200b" + address[1:]) == [f"{chain}:{address}"]


def test_the_wrong_bech32_checksum_for_the_version() -> None:
    assert values("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd") == []


@pytest.mark.parametrize(  # EIP-55
    "address",
    [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_evm(address: str) -> None:
    assert values(address) == values(address.lower()) == [f"evm:{address.lower()}"]
    assert values(address.swapcase().replace("0X", "0x")) == []
    assert values(address + "0") == values(address[:-1]) == []


@pytest.mark.parametrize("part", ["a", "1", "0x", "bc1q ", "z" * 26 + " ", "z" * 95 + " "])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times
