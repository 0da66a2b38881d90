"""Transactions of chains as explorers give them in JSON: UTXO chains (many inputs, many outputs) and account chains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, DecimalException, localcontext
from typing import Any

from clew.ingest.base import Reject
from clew.ingest.chats_json import list_of, object_of, text_of
from clew.ingest.money_rows import Ids, Payments, Value

_NO_COINS = "a transaction that moves no coins"
_MAX_PARTS = 100_000  # inputs or outputs of one transaction
_RAN = ("SUCCESS", "DEFAULT")  # what Tron says of a transaction that did what it says
_COINS = {
    "0x": ("ETH", "ethereum"), "T": ("TRX", "tron"), "bc1": ("BTC", "bitcoin"), "1": ("BTC", "bitcoin"),
    "3": ("BTC", "bitcoin"), "ltc1": ("LTC", "litecoin"), "L": ("LTC", "litecoin"), "D": ("DOGE", "dogecoin"),
}  # fmt: skip

Object = dict[str, Any]


def units(value: object, decimals: int) -> Value:
    """Whole units (satoshi, wei, sun) as coins, exactly; None for what is no whole number."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not text.isascii() or not text.isdigit() or len(text) > 60 or not 0 <= decimals <= 40:
        return None
    if not decimals:
        return text.lstrip("0") or "0"
    digits = text.zfill(decimals + 1)
    return f"{digits[:-decimals].lstrip('0') or '0'}.{digits[-decimals:]}".rstrip("0").rstrip(".")


def coin_of(address: Value) -> tuple[Value, Value]:
    """(coin, chain) by how an address begins."""
    found = max((start for start in _COINS if (address or "").startswith(start)), key=len, default=None)
    return _COINS[found] if found is not None else (None, None)


def instant(seconds: object) -> Value:
    """Seconds or milliseconds since 1970, or a time as it is written."""
    text = text_of(seconds)
    if text is None or not text.isdigit():
        return text
    try:
        number = int(text)
        return datetime.fromtimestamp(number / 1_000 if number > 10**11 else number, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def add_transaction(payments: Payments, ids: Ids, line: int, said: Object) -> None:
    """Add what a transaction pays, whichever explorer it is from; a text says why where it is none.

    ``ids`` are those of the file.
    """
    if isinstance(said.get("transaction"), dict):  # Blockchair
        whole = object_of(said["transaction"])
        said = {**whole, "inputs": said.get("inputs"), "outputs": said.get("outputs")}
    inputs = said.get("vin", said.get("inputs"))
    outputs = said.get("vout", said.get("outputs", said.get("out")))
    if isinstance(inputs, list) and isinstance(outputs, list):
        _add_utxo(payments, line, said, inputs, outputs)
    else:
        _add_transfer(payments, ids, line, said)


def _end(part: Object) -> tuple[Value, Value]:
    """(address, value in coins) of an input or output."""
    own = object_of(part.get("prevout") or part.get("prev_out")) or part
    addresses = [text_of(entry) for entry in list_of(own.get("addresses"))]
    address = next(
        (text for key in ("scriptpubkey_address", "addr", "recipient", "address") if (text := text_of(own.get(key)))),
        addresses[0] if addresses else None,
    )
    value = own.get("value")
    if isinstance(value, float):
        return address, _coins(value)
    return address, units(value, 8)


def _coins(value: float) -> Value:
    """Coins that JSON has with a decimal point (as the node's own programs write them), to the satoshi."""
    return f"{value:.8f}".rstrip("0").rstrip(".") if 0 <= value < 10**9 else None


def _add_utxo(payments: Payments, line: int, said: Object, inputs: list[Any], outputs: list[Any]) -> None:
    """One payment for each output. The payer is the address that put most in; all inputs stand in ``extra``."""
    if len(inputs) > _MAX_PARTS or len(outputs) > _MAX_PARTS:
        payments.rejects.append(Reject(line, f"a transaction with more than {_MAX_PARTS:,} inputs or outputs"))
        return
    tx = text_of(said.get("txid") or said.get("hash"))
    given = [_end(object_of(part)) for part in inputs]
    taken = [_end(object_of(part)) for part in outputs]
    if tx is None or any(value is None for _, value in taken):
        payments.rejects.append(Reject(line, "a transaction without an id, or with an output without a value"))
        return
    known = all(value is not None for _, value in given) and any(address for address, _ in given)
    payer = _largest(given)
    coin, chain = coin_of(payer or next((address for address, _ in taken if address), None))
    status = object_of(said.get("status"))
    at = instant(status.get("block_time") or said.get("time") or said.get("block_time") or said.get("timestamp"))
    fee = _coins(fee) if isinstance(fee := said.get("fee"), float) else units(fee, 8)
    if known and (wrong := _unbalanced(given, taken, fee)) is not None:
        payments.rejects.append(Reject(line, f"transaction {tx}: {wrong}"[:300]))
    pending = status.get("confirmed") is False or ("block_id" in said and said["block_id"] == -1)
    sources = {address for address, _ in given if address}
    shown = [{"address": address, "amount": value} for address, value in given if address][:200]
    first = True
    for index, (address, value) in enumerate(taken):
        if value is None or value == "0":
            continue  # a note in the chain, which pays nobody
        change = address in sources
        fields: dict[str, Value] = {
            "payer": payer, "payee": address, "amount": value, "currency": coin or "BTC", "posted_at": at,
            "native_id": f"{tx}/{index}", "platform": chain or "bitcoin",
        }  # fmt: skip
        payments.add(line, fields, {
            "chain": chain or "bitcoin", "tx": tx, "output": str(index), "inputs": shown if first else None,
            "other_payers": sorted(sources - {payer or ""})[:200], "fee": fee if first else None,
            "type": "change" if change else "transfer" if payer else "coinbase",
            "status": "pending" if pending else "booked",
        })  # fmt: skip
        first = False


def _largest(given: list[tuple[Value, Value]]) -> Value:
    """The address whose inputs add up to most; of equal ones the first in the alphabet."""
    sums: dict[str, Decimal] = {}
    for address, value in given:
        if address:
            sums[address] = sums.get(address, Decimal(0)) + Decimal(value or 0)
    return min(sums, key=lambda address: (-sums[address], address), default=None)


def _unbalanced(given: list[tuple[Value, Value]], taken: list[tuple[Value, Value]], fee: Value) -> str | None:
    """What is wrong where inputs are not outputs and fee together."""
    with localcontext(prec=80):
        total = sum((Decimal(value) for _, value in given if value), Decimal(0))
        paid = sum((Decimal(value) for _, value in taken if value), Decimal(0))
        left = total - paid - Decimal(fee or 0)
        if fee is None or left == 0:
            return f"inputs of {total:f} are less than outputs of {paid:f}" if fee is None and total < paid else None
        return f"inputs of {total:f} are not outputs of {paid:f} and the fee of {fee}: {abs(left):f} differ"


def _add_transfer(payments: Payments, ids: Ids, line: int, said: Object) -> None:
    """One transfer of an account chain, as Etherscan, its sisters and Tronscan give it."""
    get, token = said.get, object_of(said.get("tokenInfo") or said.get("token_info"))
    tx = _first_of(said, "hash", "transactionHash", "transaction_id", "txID", "tx", "txid")
    payer = _first_of(said, "from", "from_address", "ownerAddress", "transferFromAddress", "sender")
    payee = _first_of(said, "to", "to_address", "toAddress", "transferToAddress", "recipient", "contractAddress")
    if tx is None or (payer is None and payee is None):
        payments.rejects.append(Reject(line, "no transaction of a chain that is known here"))
        return
    coin, chain = coin_of(payer or payee)
    symbol = text_of(get("tokenSymbol") or token.get("tokenAbbr") or token.get("symbol") or get("symbol"))
    native = {"ETH": 18, "TRX": 6, "BTC": 8}.get(coin or "", 8)
    given = text_of(get("tokenDecimal") or token.get("tokenDecimal") or token.get("decimals"))
    decimals = int(given) if given and given.isdigit() and len(given) < 3 else native
    value = next((get(key) for key in ("value", "quant", "amount_str", "amount") if get(key) is not None), None)
    amount = _coins(value) if isinstance(value, float) else units(value, decimals)
    amount = _written(value) if amount is None else amount
    failed = _failed(said)
    if amount is None or amount == "0" or failed:
        nothing = _NO_COINS if amount == "0" else "a transaction without a value"
        payments.rejects.append(Reject(line, f"a transaction that failed: {tx}"[:200] if failed else nothing, tx))
        return
    fee = _fee(get("gasUsed"), get("gasPrice")) or units(object_of(get("cost")).get("fee"), 6)
    name = symbol if symbol and (token or get("tokenSymbol") or symbol != coin) else None
    fields: dict[str, Value] = {
        "payer": payer, "payee": payee, "amount": amount, "currency": (symbol or coin or "").upper() or None,
        "posted_at": instant(get("timeStamp") or get("timestamp") or get("block_ts") or get("block_timestamp")),
        "native_id": _transfer_id(ids, said, tx, name, (payer, payee, amount)), "platform": chain,
    }  # fmt: skip
    payments.add(line, fields, {
        "chain": chain, "tx": tx, "fee": fee, "type": "transfer", "status": "booked",
        "contract": text_of(get("contractAddress") or get("contract_address")),
        "block": text_of(get("blockNumber") or get("block")), "method": text_of(get("functionName") or get("methodId")),
        "token": text_of(get("tokenName") or token.get("tokenName")),
    })  # fmt: skip


def _transfer_id(ids: Ids, said: Object, tx: str, token: Value, moved: tuple[Value, Value, str]) -> str:
    """A transaction moves its coins once, but contracts that it calls may move tokens and coins many times. Where the
    explorer does not number these, each is known by what it moves: the list of another account, which has only some
    of them, gives those the same ids.
    """
    nth = _first_of(said, "logIndex", "traceId", "event_index")
    if nth is not None or (token is None and "callType" not in said):
        return "/".join(part for part in (tx, token, nth) if part)
    payer, payee, amount = moved
    return ids.of("/".join(part for part in (tx, token) if part), f"{payer or ''}/{payee or ''}", amount, ())


def _failed(said: Object) -> bool:
    """Whether it moved nothing though the chain has it."""
    ran = text_of(said.get("contractRet"))
    wrong = said.get("isError") in ("1", 1) or said.get("txreceipt_status") in ("0", 0)
    return wrong or (ran is not None and ran.upper() not in _RAN)


def _first_of(said: Object, *keys: str) -> Value:
    return next((text for key in keys if (text := text_of(said.get(key)))), None)


def _fee(used: object, price: object) -> Value:
    """Gas used times its price, in coins."""
    one, other = text_of(used), text_of(price)
    if one and other and one.isdigit() and other.isdigit() and len(one) < 20 and len(other) < 25:
        return units(int(one) * int(other), 18)
    return None


def _written(value: object) -> Value:
    """An amount of coins that is written with a decimal point."""
    text = text_of(value)
    if text is None or len(text) > 60:
        return None
    try:
        number = Decimal(text)
    except DecimalException:
        return None
    return f"{number:f}" if number.is_finite() and 0 <= number < 10**20 else None


def pieces_of(document: Object) -> Iterator[Object]:
    """The transactions in a document that is one object: one of them, or Blockchair's by their hash."""
    data = document.get("data")
    if isinstance(data, dict):
        yield from (object_of(found) for found in data.values())
    else:
        yield document
