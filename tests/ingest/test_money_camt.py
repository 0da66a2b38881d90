"""ISO 20022: statements of several versions and banks, orders, totals that do not add up, and files made to break."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest import walking
from clew.ingest.formats.camt import PLUGIN
from clew.ingest.streams import FileSource

OWN, OTHER = "NL91ABNA0417164300", "DE89370400440532013000"


def balance(code: str, amount: str, mark: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>2025-07-01</Dt></Dt></Bal>\n"
    )


def statement(*inner: str, number: str = "5", account: str = OWN) -> str:
    return (
        f"<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>2025-07-02T08:00:00</CreDtTm>\n"
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>Owner BV</Nm></Ownr>"
        f"<Svcr><FinInstnId><BIC>ABNANL2A</BIC></FinInstnId></Svcr></Acct>\n{''.join(inner)}</Stmt>\n"
    )


def document(*statements: str, version: str = "08") -> str:
    return (
        f"<?xml version='1.0'?>\n<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'>"
        f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>\n{''.join(statements)}</BkToCstmrStmt></Document>\n"
    )


def entry(amount: str, mark: str, *inner: str, status: str = "<Cd>BOOK</Cd>", day: str = "2025-07-01") -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>{status}</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>2025-07-02</Dt></ValDt>{''.join(inner)}</Ntry>\n"
    )


def details(*parts: str) -> str:
    return f"<NtryDtls>{''.join(f'<TxDtls>{part}</TxDtls>' for part in parts)}</NtryDtls>"


def party(side: str, name: str, account: str = OTHER, *, nested: bool = True) -> str:
    named = f"<Pty><Nm>{name}</Nm></Pty>" if nested else f"<Nm>{name}</Nm>"
    return f"<{side}>{named}</{side}><{side}Acct><Id><IBAN>{account}</IBAN></Id></{side}Acct>"


def read(
    shelf: Shelf, *statements: str, name: str = "s.xml", version: str = "08"
) -> tuple[list[dict[str, Any]], list[str]]:
    result = shelf.ingest(shelf.write(name, document(*statements, version=version)), kind=None)
    return rows(result.records), reasons(result)


def told(row: dict[str, Any]) -> dict[str, Any]:
    return json.loads(row["extra"])


def test_a_credit_and_a_debit(shelf: Shelf) -> None:
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>SALA</SubFmlyCd></Fmly></Domn></BkTxCd>"
    credit = entry("20.00", "CRDT", "<AcctSvcrRef>R1</AcctSvcrRef>", code, details(
        "<Refs><EndToEndId>E1</EndToEndId></Refs><RltdPties>" + party("Dbtr", "A &amp; B")
        + "<UltmtDbtr><Nm>Real payer</Nm></UltmtDbtr></RltdPties><RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFF</BICFI>"
        "</FinInstnId></DbtrAgt></RltdAgts><RmtInf><Ustrd>wage\n  of july</Ustrd><Ustrd>room 2</Ustrd></RmtInf>",
    ))  # fmt: skip
    debit = entry("5.50", "DBIT", details("<RltdPties>" + party("Cdtr", "Shop", nested=False) + "</RltdPties>"))
    (got, paid), wrong = read(shelf, statement(balance("OPBD", "100.00"), balance("CLBD", "114.50"), credit, debit))
    assert not wrong
    assert (got["payer"], got["payee"], got["amount"], got["currency"]) == (OTHER, OWN, Decimal("20.00"), "EUR")
    assert (got["kind"], got["platform"], got["body"]) == ("payment", "ABNANL2A", "wage of july room 2")
    assert got["posted_at"].isoformat() == "2025-07-01T00:00:00+00:00" and got["native_id"] == f"{OWN}/R1/20.00"
    assert told(got) == {
        "account": OWN, "direction": "credit", "payer_name": "A & B / Real payer", "payee_name": "Owner BV",
        "payer_bank": "COBADEFF", "payee_bank": "ABNANL2A", "reference": "E1", "statement": "5", "status": "booked",
        "opening": "100.00", "closing": "114.50",
        "type": "salary", "value_at": "2025-07-02",
    }  # fmt: skip
    assert (paid["payer"], paid["payee"], paid["amount"]) == (OWN, OTHER, Decimal("5.50"))
    assert (told(paid)["payee_name"], told(paid)["direction"]) == ("Shop", "debit")


def test_what_is_missing_is_told(shelf: Shelf) -> None:
    entries = entry("20.00", "CRDT"), entry("5.00", "DBIT"), entry("7.00", "DBIT", status="PDNG")
    found, wrong = read(shelf, statement(balance("OPBD", "100.00"), balance("CLBD", "110.00"), *entries))
    assert [told(row)["status"] for row in found] == ["booked", "booked", "pending"]
    assert wrong == [
        f"statement 5 of {OWN}: opening 100.00 + 20.00 − 5.00 is 115.00, but closing says 110.00: "
        "5.00 of debits are missing"
    ]


def test_an_overdrawn_account_adds_up(shelf: Shelf) -> None:
    inner = balance("PRCD", "10.00", "DBIT"), balance("CLBD", "30.01", "DBIT"), entry("20.01", "DBIT")
    assert read(shelf, statement(*inner))[1] == []


def test_statements_that_are_missing_or_stand_twice(shelf: Shelf) -> None:
    first = statement(balance("OPBD", "0.00"), balance("CLBD", "20.00"), entry("20.00", "CRDT"), number="5")
    fourth = statement(
        balance("OPBD", "50.00"), balance("CLBD", "51.00"), entry("1.00", "CRDT", day="2025-07-04"), number="8"
    )
    found, wrong = read(shelf, first, first, fourth)
    assert wrong == [
        f"statement 5 of {OWN} stands twice in this file; it counts once",
        f"statement 8 of {OWN} opens with 50.00, but the one before (5) closed with 20.00: "
        "statements 6 to 7 are missing",
    ]
    assert len(found) == 2  # the entry of the first is the same record, read twice


def test_a_batch_is_one_payment_for_each_transaction(shelf: Shelf) -> None:
    parts = [f"<Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties>{party('Cdtr', name)}</RltdPties>"
             for amount, name in (("10.00", "One"), ("15.00", "Two"))]  # fmt: skip
    whole = entry("25.00", "DBIT", "<AcctSvcrRef>B1</AcctSvcrRef>", details(*parts))
    found, wrong = read(shelf, statement(balance("OPBD", "30.00"), balance("CLBD", "5.00"), whole))
    assert [(row["amount"], told(row)["payee_name"], told(row)["batch"]) for row in found] == [
        (Decimal("10.00"), "One", "B1"), (Decimal("15.00"), "Two", "B1"),
    ]  # fmt: skip
    assert wrong == []


def test_a_batch_that_does_not_add_up_is_told(shelf: Shelf) -> None:
    parts = details(*(f"<Amt Ccy='EUR'>{amount}</Amt>" for amount in ("10.00", "14.00")))
    found, wrong = read(shelf, statement(entry("25.00", "DBIT", parts)))
    assert len(found) == 2
    assert wrong == ["an entry of 25.00 whose 2 transactions add up to 24.00: 1.00 differ"]


def test_a_batch_in_another_currency_stays_whole(shelf: Shelf) -> None:
    parts = details(*(f"<Amt Ccy='USD'>{amount}</Amt>" for amount in ("10.00", "14.00")))
    (row,), wrong = read(shelf, statement(entry("22.10", "DBIT", parts)))
    assert (row["amount"], told(row)["transactions"], wrong) == (Decimal("22.10"), "2", [])


def test_a_reversal_a_return_and_an_exchange(shelf: Shelf) -> None:
    back = entry("9.00", "CRDT", "<RvslInd>true</RvslInd>", details(
        "<Refs><EndToEndId>E9</EndToEndId></Refs><RltdPties>" + party("Dbtr", "Me", OWN) + party("Cdtr", "Shop")
        + "</RltdPties>"))  # fmt: skip
    returned = entry("8.00", "CRDT", details(
        "<RltdPties>" + party("Cdtr", "Landlord") + "</RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>",
    ))  # fmt: skip
    dollars = entry("46.00", "DBIT", details(
        "<AmtDtls><InstdAmt><Amt Ccy='USD'>50.00</Amt></InstdAmt><TxAmt><Amt Ccy='EUR'>46.00</Amt><CcyXchg>"
        "<XchgRate>0.92</XchgRate></CcyXchg></TxAmt></AmtDtls><Chrgs><Rcrd><Amt Ccy='EUR'>1.00</Amt></Rcrd><Rcrd>"
        "<Amt Ccy='EUR'>0.50</Amt></Rcrd></Chrgs>"))  # fmt: skip
    one, two, three = read(shelf, statement(back, returned, dollars))[0]
    assert (one["payer"], one["payee"], told(one)["reversal"], told(one)["reverses"]) == (OTHER, OWN, "true", "E9")
    assert (two["payer"], told(two)["payer_name"], told(two)["returned"]) == (OTHER, "Landlord", "AC04")
    more = told(three)
    assert (more["instructed_amount"], more["instructed_currency"], more["exchange_rate"], more["fee"]) == (
        "50.00", "USD", "0.92", "1.50",
    )  # fmt: skip


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10", "12"])
@pytest.mark.parametrize("prefix", ["", "ns2:"])
def test_versions_and_prefixes(shelf: Shelf, version: str, prefix: str) -> None:
    old = version in ("02", "04")
    parts = details("<RltdPties>" + party("Dbtr", "Ann", nested=not old) + "</RltdPties>")
    text = document(statement(entry("1.00", "CRDT", parts, status="BOOK" if old else "<Cd>BOOK</Cd>")), version=version)
    if prefix:
        text = text.replace("</", "\0").replace("<?", "\1").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
        text = text.replace("\1", "<?").replace("xmlns=", "xmlns:ns2=")
    (row,) = shelf.records(shelf.write("x.xml", text), kind=None)
    assert (row["payer"], told(row)["payer_name"], told(row)["status"]) == (OTHER, "Ann", "booked")


def test_a_report_and_a_notification(shelf: Shelf) -> None:
    text = document(statement(entry("1.00", "CRDT")))
    assert len(shelf.records(shelf.write("s.xml", text), kind=None)) == 1
    for outer, inner in (("BkToCstmrAcctRpt", "Rpt"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn")):
        changed = text.replace("BkToCstmrStmt", outer).replace("Stmt>", f"{inner}>").replace("camt.053", "camt.052")
        again = shelf.ingest(shelf.write(f"{inner}.xml", changed), kind=None)
        assert (again.new, again.identical) == (0, 1)  # the same entry, told once more


def test_what_is_broken_costs_itself(shelf: Shelf) -> None:
    bad = (
        entry("x", "CRDT"), entry("-1.00", "CRDT"), entry("1.00", "BOTH"), entry("1.00", "CRDT", "<a><b></a></b>"),
        entry("2.00", "CRDT", "<Nm>&lol;</Nm>"), entry("3.00", "CRDT").replace("</Ntry>", ""),
    )  # fmt: skip
    found, wrong = read(shelf, statement(balance("OPBD", "0"), balance("CLBD", "9"), *bad, entry("4.00", "CRDT")))
    assert [row["amount"] for row in found] == [Decimal("4.00")]
    assert len(wrong) == 7 and wrong[-1].endswith("5.00 of credits are missing; 6 of its entries could not be read")


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>\n"


def test_no_document_type_and_no_entity(shelf: Shelf) -> None:
    text = document(statement(entry("1.00", "CRDT", details("<AddtlTxInf>&b;&c;</AddtlTxInf>"))))
    result = shelf.ingest(shelf.write("bomb.xml", text.replace("<Document", BOMB + "<Document")), kind=None)
    assert (result.new, reasons(result)) == (0, ["XML with a document type is not read: it may define entities"])


@pytest.mark.parametrize("inside", ["<a>" * 200_000, "<Nm>" + "x" * 3_000_000 + "</Nm>", "<a b='" + "y" * 3_000_000])
def test_depth_and_size(shelf: Shelf, inside: str) -> None:
    found, _ = read(shelf, statement(entry("1.00", "CRDT", inside), entry("2.00", "CRDT")))
    assert Decimal("2.00") in [row["amount"] for row in found]


def test_deep_but_whole(shelf: Shelf) -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    found, _ = read(shelf, statement(entry("1.00", "CRDT", deep), entry("2.00", "CRDT")))
    assert len(found) == 2


def test_one_tag_without_end(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_LINE", 9 << 20)
    text = document(statement(entry("1.00", "CRDT"), "<Ntry>" + "x" * (30 << 20)))
    result = shelf.ingest(shelf.write("big.xml", text), kind=None)
    assert result.new == 1 and reasons(result) == ["element over 9 MiB; what follows it was not read"]


def test_a_torn_tail(shelf: Shelf) -> None:
    text = document(statement(entry("1.00", "CRDT"), entry("2.00", "CRDT")))
    found = shelf.ingest(shelf.write("torn.xml", text[: text.rindex("<ValDt>")]), kind=None)
    assert (found.new, reasons(found)) == (1, ["the file ends inside an element"])


def test_comments_and_cdata_hold_no_entries(shelf: Shelf) -> None:
    hidden = "<!-- " + entry("1.00", "CRDT") + " -->", "<![CDATA[" + entry("2.00", "CRDT") + "]]>"
    said = entry("3.00", "CRDT", details("<AddtlTxInf>a<!-- no --><![CDATA[<b>]]></AddtlTxInf>"))
    (row,), wrong = read(shelf, statement(*hidden, said))
    assert (row["amount"], row["body"], wrong) == (Decimal("3.00"), "a<b>", [])


CENTS = st.integers(0, 10**12).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CENTS, st.booleans(), st.text("ab<&>'\"é\n\x85 ", max_size=8)), max_size=12), CENTS)
def test_totals_of_any_statement_add_up(shelf: Shelf, told: list[tuple[Decimal, bool, str]], opening: Decimal) -> None:
    closing = opening + sum((amount if credit else -amount for amount, credit, _ in told), Decimal(0))
    entries = [
        entry(f"{amount:f}", "CRDT" if credit else "DBIT", details(f"<AddtlTxInf>{escape(text)}</AddtlTxInf>"))
        for amount, credit, text in told
    ]
    balances = balance("OPBD", f"{opening:f}"), balance("CLBD", f"{abs(closing):f}", "DBIT" if closing < 0 else "CRDT")
    path = shelf.write("h.xml", document(statement(*balances, *entries)))
    batches = [batch for chunk in PLUGIN.read(FileSource(path, shelf.root), bool) for batch in chunk()]
    assert [reject for batch in batches for reject in batch.rejects] == []
    assert sum(len(batch.lines) for batch in batches) == len(told)
    ids = [name for batch in batches for name in batch.columns["native_id"].to_pylist()]
    assert len(set(ids)) == len(ids)


def order(*payments: str, total: str = "12.50") -> str:
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'><CstmrCdtTrfInitn><PmtInf>"
        "<PmtInfId>P1</PmtInfId>"
        f"<CtrlSum>{total}</CtrlSum><ReqdExctnDt><Dt>2025-07-01</Dt></ReqdExctnDt><Dbtr><Nm>Ann</Nm></Dbtr><DbtrAcct><Id>"
        f"<IBAN>{OWN}</IBAN></Id></DbtrAcct>{''.join(payments)}</PmtInf></CstmrCdtTrfInitn></Document>"
    )


PAY = (
    "<CdtTrfTxInf><PmtId><EndToEndId>E{n}</EndToEndId></PmtId><Amt><InstdAmt Ccy='EUR'>{amount}</InstdAmt></Amt><Cdtr>"
    "<Nm>Bo</Nm></Cdtr><CdtrAcct><Id><IBAN>"
    + OTHER
    + "</IBAN></Id></CdtrAcct><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref>"
    "</CdtrRefInf></Strd></RmtInf></CdtTrfTxInf>"
)


def test_orders_are_pending(shelf: Shelf) -> None:
    text = order(PAY.format(n=1, amount="12.40"), PAY.format(n=2, amount="0.10"))
    one, two = shelf.records(shelf.write("pain.xml", text), kind=None)
    assert (one["payer"], one["payee"], one["amount"], one["body"]) == (OWN, OTHER, Decimal("12.40"), "RF18")
    assert told(two) == {
        "account": OWN, "batch": "P1", "direction": "debit", "payee_name": "Bo", "payer_name": "Ann", "reference": "E2",
        "status": "pending", "type": "transfer",
    }  # fmt: skip


def test_orders_that_do_not_add_up(shelf: Shelf) -> None:
    result = shelf.ingest(shelf.write("pain.xml", order(PAY.format(n=1, amount="12.40"))), kind=None)
    assert reasons(result) == ["order P1 states a sum of 12.50, its payments add up to 12.40: 0.10 differ"]


def test_direct_debits_are_paid_by_the_debtor(shelf: Shelf) -> None:
    text = (
        order(PAY.format(n=1, amount="12.50"))
        .replace("CstmrCdtTrfInitn", "CstmrDrctDbtInitn").replace("pain.001", "pain.008")
        .replace("CdtTrfTxInf", "DrctDbtTxInf").replace("<Amt>", "").replace("</Amt>", "")
        .replace("Cdtr", "~").replace("Dbtr", "Cdtr").replace("~", "Dbtr")
    )  # fmt: skip
    (row,) = shelf.records(shelf.write("pain.xml", text), kind=None)
    assert (row["payer"], row["payee"], told(row)["type"]) == (OTHER, OWN, "direct-debit")
