"""Mobile money, cash at borders, receipts, chains: what each gives, exact amounts, and what adds up."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.formats import cash, crypto, mobilemoney, receipts
from clew.ingest.money_chain import add_transaction, instant, units
from clew.ingest.money_rows import Ids, Payments

TX = "ab" * 32


def told(row: dict[str, Any]) -> dict[str, Any]:
    return json.loads(row["extra"])


def read(shelf: Shelf, name: str, text: str) -> tuple[list[dict[str, Any]], list[str]]:
    result = shelf.ingest(shelf.write(name, text), kind=None)
    assert result.new == 0 or {row["kind"] for row in rows(result.records)} == {"payment"}
    return rows(result.records), reasons(result)


def test_mobile_money_names_the_other_side_in_its_text(shelf: Shelf) -> None:
    found, wrong = read(shelf, "statement-254700.csv", mobilemoney.examples()[0].content.decode())
    assert wrong == ["a payment that was not made"]
    got, taken, paid = found
    assert (got["payer"], told(got)["payer_name"], got["amount"]) == ("2547******123", "ANN ANDER", Decimal(500))
    assert (taken["payee"], told(taken)["type"], told(taken)["payee_name"]) == (
        "123456",
        "cash-withdrawal",
        "AGENT ONE",
    )
    assert (paid["payee"], told(paid)["payee_name"], told(paid)["direction"]) == ("888880", "POWER", "debit")
    assert paid["payer"].startswith("owner of statement-254700.csv")


def test_mobile_money_with_both_sides_in_columns(shelf: Shelf) -> None:
    text = (
        "Id,Date,Status,Type,From,From name,To,To name,Amount,Fee,Balance\n"
        "1,2025-07-01 10:00:00,Successful,Transfer,233240000001,Ann,233240000002,Bo,50.00,0.50,100.00\n"
    )
    (row,), _ = read(shelf, "momo.csv", text)
    assert (row["payer"], row["payee"], told(row)["payee_name"]) == ("+233240000001", "+233240000002", "Bo")


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Funds received from 254712345678 - JOHN DOE", "+254712345678"),
        ("Funds received from +254712345678 - JOHN DOE", "+254712345678"),
        ("Funds received from - 0712345678 JOHN DOE", "+254712345678"),
        ("Funds received from 00254112345678 - JOHN DOE", "+254112345678"),
        ("Funds received from 2540712345678 - JOHN DOE", "+254712345678"),
        ("Funds received from 255712345678 - JOHN DOE", "+255712345678"),
        ("Funds received from - 2547******123 JOHN DOE", "2547******123"),
        ("Funds received from 0612345678 - JOHN DOE", "0612345678"),  # not of Kenya
        ("Funds received from 0202345678 - JOHN DOE", "0202345678"),  # a land line
        ("Business Payment from 300600 - A BANK", "300600"),
        ("Merchant Payment to 712345678 - SHOP", "712345678"),
        ("Pay Bill to 254712345678 - POWER Acc. 0712345678", "254712345678"),
        ("Pay Bill to 0712345678 - POWER Acc. 12", "0712345678"),
        ("Customer Withdrawal At Agent Till 0712345678 - AGENT ONE", "0712345678"),
        ("Customer Payment to Small Business to - 0712345678 ANN", "+254712345678"),
        ("Airtime Purchase for 254712345678 - ANN", "+254712345678"),
    ],
)
def test_customers_of_mobile_money_are_telephones(shelf: Shelf, text: str, side: str) -> None:
    into, out = ("500.00", "") if "from" in text else ("", "-500.00")
    (row,), _ = read(
        shelf,
        "m.csv",
        "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
        f"QA1,2025-07-01 10:00:00,{text},Completed,{into},{out},1500.00\n",
    )
    assert row["payer" if into else "payee"] == side


def test_cash_declarations(shelf: Shelf) -> None:
    found, wrong = read(shelf, "d.csv", cash.examples()[0].content.decode())
    assert [(row["payer"], row["payee"], row["amount"], row["place"]) for row in found] == [
        ("A. Ander", None, Decimal(12_500), "Schiphol"), ("B. Bo", None, Decimal(10_000), "Hoek"),
    ]  # fmt: skip
    assert told(found[0])["type"] == "cash-declaration" and found[0]["body"] == "exit; purchase of a car"
    assert len(wrong) == 1


def test_receipts_are_tied_to_their_adverts(shelf: Shelf) -> None:
    found, wrong = read(shelf, "r.csv", receipts.examples()[0].content.decode())
    assert [(row["payer"], row["url"], row["amount"], row["native_id"]) for row in found] == [
        ("tok_1a2b", "https://ads.example/77", Decimal("29.90"), "R1"),
        ("tok_1a2b", "https://ads.example/78", Decimal("29.90"), "R2"),
    ]
    assert (found[0]["body"], told(found[0])["reference"], told(found[0])["label"]) == (
        "Top 7 days; 77",
        "77",
        "advert",
    )
    assert wrong == ["a payment that was not made: declined"]


@pytest.mark.parametrize(
    "header",
    ["id,title,text,price,date,phone,card", "date,amount,title,ad id,card", "ad id,url,date,amount",
     "date,total,product,city", "from,to,date,message,amount", "declarant,place,date", "hash,from,to,date,text"],
)  # fmt: skip
def test_other_tables_are_left_alone(header: str) -> None:
    head = (header + "\n" + ",".join("x" for _ in header.split(",")) + "\n").encode()
    assert [plugin.sniff(head, "x.csv") for plugin in (cash, receipts, crypto, mobilemoney)] == [0.0] * 4


def utxo(**changes: Any) -> dict[str, Any]:
    return {
        "txid": TX, "fee": 1_000, "status": {"confirmed": True, "block_time": 1_751_364_000},
        "vin": [{"prevout": {"scriptpubkey_address": "bc1qa", "value": 70_000}},
                {"prevout": {"scriptpubkey_address": "bc1qb", "value": 30_000}}],
        "vout": [{"scriptpubkey_address": "bc1qc", "value": 60_000}, {"scriptpubkey_address": "bc1qa", "value": 39_000},
                 {"scriptpubkey_type": "op_return", "value": 0}],
    } | changes  # fmt: skip


def test_outputs_are_payments_and_nothing_is_lost(shelf: Shelf) -> None:
    found, wrong = read(shelf, "txs.json", json.dumps([utxo()]))
    assert wrong == []
    assert [(row["payer"], row["payee"], row["amount"], row["currency"], row["native_id"]) for row in found] == [
        ("bc1qa", "bc1qc", Decimal("0.0006"), "BTC", f"{TX}/0"),
        ("bc1qa", "bc1qa", Decimal("0.00039"), "BTC", f"{TX}/1"),
    ]  # fmt: skip
    one, other = told(found[0]), told(found[1])
    assert one["inputs"] == [{"address": "bc1qa", "amount": "0.0007"}, {"address": "bc1qb", "amount": "0.0003"}]
    paid_in = sum(Decimal(part["amount"]) for part in one["inputs"])
    assert paid_in == sum(row["amount"] for row in found) + Decimal(one["fee"])
    assert (one["type"], other["type"], "fee" in other, one["other_payers"]) == ("transfer", "change", False, ["bc1qb"])
    assert found[0]["posted_at"].isoformat() == "2025-07-01T10:00:00+00:00"


def test_a_transaction_that_does_not_add_up_is_told(shelf: Shelf) -> None:
    _, wrong = read(shelf, "txs.json", json.dumps([utxo(fee=900)]))
    assert wrong == [
        f"transaction {TX}: inputs of 0.0010 are not outputs of 0.00099 and the fee of 0.000009: 0.000001 differ"
    ]


@pytest.mark.parametrize("shape", ["list", "one", "lines", "blockchain.com", "blockchair"])
def test_shapes_of_explorers(shelf: Shelf, shape: str) -> None:
    tx, ends = utxo(), [("1A", 70_000), ("1B", 30_000)]
    plain = {"hash": TX, "time": 1_751_364_000, "fee": 1_000}
    out = [("1C", 60_000), ("1A", 39_000)]
    text = {
        "list": json.dumps([tx], indent=1),
        "one": json.dumps(tx),
        "lines": json.dumps(tx) + "\n" + json.dumps(utxo(txid="cd" * 32)) + "\n",
        "blockchain.com": json.dumps({"address": "1A", "txs": [plain | {
            "inputs": [{"prev_out": {"addr": a, "value": v}} for a, v in ends],
            "out": [{"addr": a, "value": v} for a, v in out]}]}),
        "blockchair": json.dumps({"data": {TX: {"transaction": plain | {"time": "2025-07-01 10:00:00"},
            "inputs": [{"recipient": a, "value": v} for a, v in ends],
            "outputs": [{"recipient": a, "value": v} for a, v in out]}}}),
    }[shape]  # fmt: skip
    found, wrong = read(shelf, "t.json", text)
    assert (len(found), wrong) == (4 if shape == "lines" else 2, [])
    assert {str(row["posted_at"])[:16] for row in found} == {"2025-07-01 10:00"}


def test_account_chains(shelf: Shelf) -> None:
    base = {
        "blockNumber": "1",
        "timeStamp": "1751364000",
        "from": "0xA",
        "to": "0xB",
        "gasUsed": "21000",
        "gasPrice": "1000000000",
    }
    listed = [
        base | {"hash": "0x" + TX, "value": "1500000000000000001"},
        base | {"hash": "0x" + "cd" * 32, "value": "2500000", "tokenSymbol": "USDT", "tokenDecimal": "6"},
        base | {"hash": "0x" + "ef" * 32, "value": "1", "isError": "1"},
        base | {"hash": "0x" + "12" * 32, "value": "0"},
    ]  # fmt: skip
    found, wrong = read(shelf, "a.json", json.dumps({"status": "1", "message": "OK", "result": listed}))
    assert [(row["amount"], row["currency"], row["platform"]) for row in found] == [
        (Decimal("1.500000000000000001"), "ETH", "ethereum"), (Decimal("2.5"), "USDT", "ethereum"),
    ]  # fmt: skip
    assert told(found[0])["fee"] == "0.000021"
    assert wrong == ["a transaction that failed: 0x" + "ef" * 32, "a transaction that moves no coins"]


def test_tron_tokens(shelf: Shelf) -> None:
    one = {
        "transaction_id": TX, "block_ts": 1_751_364_000_000, "from_address": "TA", "to_address": "TB",
        "quant": "12345678",
        "tokenInfo": {"tokenAbbr": "USDT", "tokenDecimal": 6},
    }  # fmt: skip
    (row,), _ = read(shelf, "tron.json", json.dumps({"total": 1, "token_transfers": [one]}))
    assert (row["amount"], row["currency"], row["platform"]) == (Decimal("12.345678"), "USDT", "tron")


def transfer(payee: str, value: str, **changes: str) -> dict[str, str]:
    """A transfer of a token as Etherscan lists it, which does not number those of one transaction."""
    return {
        "blockNumber": "1", "timeStamp": "1751364000", "hash": "0x" + TX, "from": "0xa", "to": payee, "value": value,
        "contractAddress": "0xc", "tokenSymbol": "USDT", "tokenDecimal": "6",
    } | changes  # fmt: skip


def test_a_transaction_moves_a_token_to_several(shelf: Shelf) -> None:
    listed = [transfer("0xb", "100000000"), transfer("0xc", "900000000"), transfer("0xc", "900000000")]
    paths = [
        shelf.write(name, json.dumps({"status": "1", "result": result}))
        for name, result in (("of-a.json", listed), ("of-c.json", listed[1:]))
    ]
    result = shelf.ingest(paths[0], kind=None)
    found = rows(result.records)
    assert [row["amount"] for row in found] == [Decimal(100), Decimal(900), Decimal(900)]
    assert [row["native_id"] for row in found] == [
        f"0x{TX}/USDT/0xa/0xb/100", f"0x{TX}/USDT/0xa/0xc/900", f"0x{TX}/USDT/0xa/0xc/900/2",
    ]  # fmt: skip
    for path, same in ((paths[1], 2), (paths[0], 3)):  # the list of another account, and the first again
        again = shelf.ingest(path, kind=None)
        assert (again.new, again.changed, again.identical) == (0, 0, same)


def test_a_token_with_the_name_of_the_coin_is_none(shelf: Shelf) -> None:
    listed = [transfer("0xb", "5", tokenSymbol="ETH"), transfer("0xb", "7", tokenSymbol="", contractAddress="")]
    found, _ = read(shelf, "a.json", json.dumps({"status": "1", "result": listed}))
    assert [row["native_id"] for row in found] == [f"0x{TX}/ETH/0xa/0xb/0.000005", f"0x{TX}"]


@pytest.mark.parametrize(
    ("more", "ids"),
    [({"logIndex": 0}, ["/USDT/0"]), ({"traceId": "0_1", "tokenSymbol": ""}, ["/0_1"]),
     ({"callType": "call", "tokenSymbol": ""}, ["/0xa/0xb/1", "/0xa/0xb/1/2"])],
)  # fmt: skip
def test_transfers_that_are_numbered_and_that_are_not(shelf: Shelf, more: dict[str, str], ids: list[str]) -> None:
    listed = [transfer("0xb", "1000000", **more)] * 2
    found, _ = read(shelf, "a.json", json.dumps({"status": "1", "result": listed}))
    assert [row["native_id"] for row in found] == [f"0x{TX}{end}" for end in ids]


def test_tron_moves_a_token_to_several(shelf: Shelf) -> None:
    one = {"transaction_id": TX, "block_ts": 1_751_364_000_000, "from_address": "TA", "tokenInfo": {
        "tokenAbbr": "USDT", "tokenDecimal": 6}}  # fmt: skip
    listed = [one | {"to_address": to, "quant": "5000000"} for to in ("TB", "TC")]
    listed += [one | {"to_address": "TD", "quant": "1", "contractRet": ran} for ran in ("OUT_OF_ENERGY", "SUCCESS")]
    found, wrong = read(shelf, "tron.json", json.dumps({"total": 4, "token_transfers": listed}))
    assert [(row["payee"], row["amount"]) for row in found] == [
        ("TB", Decimal(5)), ("TC", Decimal(5)), ("TD", Decimal("0.000001")),
    ]  # fmt: skip
    assert wrong == [f"a transaction that failed: {TX}"]


@pytest.mark.parametrize(
    ("status", "error", "why"),
    [("Error(0)", "out of gas", "Error(0)"), ("Error(1)", "", "Error(1)"), ("Failed", "", "Failed"),
     ("", "Bad jump destination", "Bad jump destination"), ("OUT_OF_ENERGY", "", "OUT_OF_ENERGY"),
     ("Fail (out of gas)", "", "Fail (out of gas)"), ("", "", None), ("Success", "0", None), ("1", "None", None)],
)  # fmt: skip
def test_what_failed_in_a_table_of_an_explorer(shelf: Shelf, status: str, error: str, why: str | None) -> None:
    text = (
        "Transaction Hash,Blockno,UnixTimestamp,DateTime (UTC),From,To,ContractAddress,Value_IN(ETH),Value_OUT(ETH),"
        "CurrentValue/Eth,TxnFee(ETH),TxnFee(USD),Historical $Price/Eth,Status,ErrCode,Method\n"
        f"0x{TX},1,1767226200,2026-01-01 00:10:00,0xa,0xb,,0,0.75,0,0.0001,0,0,{status},{error},Transfer\n"
    )
    found, wrong = read(shelf, "e.csv", text)
    assert [row["amount"] for row in found] == ([Decimal("0.75")] if why is None else [])
    assert wrong == ([f"a payment that was not made: {why}"] if why else [])


def test_tables_of_explorers(shelf: Shelf) -> None:
    (row,), _ = read(shelf, "e.csv", crypto.examples()[2].content.decode())
    assert (row["payer"], row["payee"], row["amount"], row["currency"]) == ("0x1", "0x2", Decimal("0.5"), "ETH")
    tokens = (
        "Transaction Hash,Blockno,UnixTimestamp,DateTime (UTC),From,To,TokenValue,ContractAddress,TokenName,"
        "TokenSymbol\n"
        f"0x{TX},1,1751364000,2025-07-01 10:00:00,0x1,0x2,\"1,250.5\",0xc,Tether,USDT\n"
        f"0x{TX},1,1751364000,2025-07-01 10:00:00,0x1,0x3,7,0xc,Tether,USDT\n"
    )  # fmt: skip
    found, _ = read(shelf, "t.csv", tokens)
    assert [(row["amount"], row["currency"], told(row)["chain"]) for row in found] == [
        (Decimal("1250.5"), "USDT", "ethereum"), (Decimal(7), "USDT", "ethereum"),
    ]  # fmt: skip


@given(st.integers(0, 10**40), st.integers(0, 24))
def test_units_are_exact(value: int, decimals: int) -> None:
    text = units(value, decimals)
    assert text is not None and "e" not in text.lower()
    whole, _, part = text.partition(".")
    assert int(whole + part.ljust(decimals, "0")) == value and len(part) <= decimals


def test_times_of_chains() -> None:
    assert instant(1_751_364_000) == instant("1751364000000") == "2025-07-01T10:00:00+00:00"
    assert instant(10**40) is None and instant("2025-07-01 10:00:00") == "2025-07-01 10:00:00"


KEYS = st.sampled_from(
    ["hash", "txid", "from", "to", "value", "vin", "vout", "fee", "prevout", "inputs", "outputs", "transaction",
     "status", "tokenDecimal", "cost", "gasUsed", "gasPrice", "time", "timeStamp", "tokenInfo"]
)  # fmt: skip
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, ANY, max_size=8))
def test_any_json_is_read_or_rejected(said: dict[str, Any]) -> None:
    payments = Payments()
    add_transaction(payments, Ids(), 1, said)
    batch = payments.batch()
    assert all(amount is not None for amount in batch.columns["amount"].to_pylist())
