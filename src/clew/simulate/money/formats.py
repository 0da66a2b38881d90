"""Statements in the formats of banks: camt.053.001.08, MT940, and tables as three banks lay them out."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape

from clew.simulate.money.statements import Entry, Statement, money

_CODES = {
    "transfer": ("RCDT", "ICDT", "ESCT"), "instant": ("RRCT", "IRCT", "ESCT"), "salary": ("RCDT", "ICDT", "SALA"),
    "card": ("MCRD", "CCRD", "POSD"), "direct-debit": ("IDDT", "RDDT", "ESDD"),
    "cash-deposit": ("CNTR", "CNTR", "CDPT"), "cash-withdrawal": ("CCRD", "CCRD", "CWDL"),
    "mobile-money": ("RCDT", "ICDT", "ESCT"),
}  # fmt: skip
_SWIFT = {
    "transfer": "NTRF", "instant": "NTRF", "salary": "NTRF", "card": "NMSC", "direct-debit": "NDDT",
    "cash-deposit": "NCHG", "cash-withdrawal": "NMSC", "mobile-money": "NTRF",
}  # fmt: skip


def camt(statements: Iterable[Statement]) -> str:
    """A file of camt.053.001.08."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        "\n<BkToCstmrStmt>\n<GrpHdr><MsgId>SIM-CAMT-1</MsgId><CreDtTm>2026-07-10T06:00:00Z</CreDtTm></GrpHdr>\n"
    ]
    for number, statement in enumerate(statements, 1):
        out.append(_camt_statement(statement, number))
    return "".join(out) + "</BkToCstmrStmt>\n</Document>\n"


def _camt_balance(code: str, cents: int, currency: str, day: str) -> str:
    sign = "CRDT" if cents >= 0 else "DBIT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{money(cents)}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _camt_statement(one: Statement, number: int) -> str:
    day, last = f"{one.first:%Y-%m-%d}", f"{one.last:%Y-%m-%d}"
    head = (
        f"<Stmt><Id>SIM-{number:05d}</Id><ElctrncSeqNb>{one.number}</ElctrncSeqNb><CreDtTm>{last}T23:00:00Z</CreDtTm>"
        f"<FrToDt><FrDtTm>{day}T00:00:00Z</FrDtTm><ToDtTm>{last}T23:59:59Z</ToDtTm></FrToDt>\n"
        f"<Acct><Id><IBAN>{one.account}</IBAN></Id><Ccy>{one.currency}</Ccy><Ownr><Nm>{escape(one.holder)}</Nm></Ownr>"
        f"<Svcr><FinInstnId><BICFI>{one.bic}</BICFI></FinInstnId></Svcr></Acct>\n"
    )
    balances = _camt_balance("OPBD", one.opening, one.currency, day)
    balances += _camt_balance("CLBD", one.closing, one.currency, last)
    return head + balances + "".join(_camt_entry(one, entry) for entry in one.entries) + "</Stmt>\n"


def _camt_account(value: str) -> str:
    inner = f"<IBAN>{value}</IBAN>" if value[:2].isalpha() else f"<Othr><Id>{escape(value)}</Id></Othr>"
    return f"<Id>{inner}</Id>"


def _camt_entry(one: Statement, entry: Entry) -> str:
    credit = entry.cents >= 0
    code = _CODES[entry.type]
    family, sub = code[0 if credit else 1], code[2]
    # Some banks tell the time, others the day alone.
    day = f"{entry.at:%Y-%m-%d}"
    booked = f"<DtTm>{entry.at:%Y-%m-%dT%H:%M:%SZ}</DtTm>" if int(one.account[-2:], 36) % 2 else f"<Dt>{day}</Dt>"
    party, account = ("Dbtr", "DbtrAcct") if credit else ("Cdtr", "CdtrAcct")
    parties = f"<{party}><Pty><Nm>{escape(entry.name)}</Nm></Pty></{party}>" if entry.name else ""
    parties += f"<{account}>{_camt_account(entry.other)}</{account}>" if entry.other else ""
    said = " ".join(part for part in (entry.text, entry.place if entry.type.startswith("cash") else "") if part)
    remitted = f"<RmtInf><Ustrd>{escape(said)}</Ustrd></RmtInf>" if said else ""
    return (
        f'<Ntry><NtryRef>{entry.native}</NtryRef><Amt Ccy="{one.currency}">{money(entry.cents)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if credit else 'DBIT'}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if entry.reversal else ''}<Sts><Cd>BOOK</Cd></Sts><BookgDt>{booked}</BookgDt>"
        f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{entry.native}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly>"
        f"<Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>"
        f"{entry.native}</EndToEndId></Refs><RltdPties>{parties}</RltdPties>{remitted}</TxDtls></NtryDtls></Ntry>\n"
    )


def _plain(text: str) -> str:
    """Text in the letters that SWIFT allows."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() or letter in " /-?:().,'+" else " " for letter in flat).strip()


def _details(one: Statement, entry: Entry) -> str:
    """Field 86 in the manner of the country: with words between strokes, with question marks, or free."""
    name, text = _plain(entry.name), _plain(f"{entry.text} {entry.place}")
    if one.country in ("DE", "AT"):
        parts = ["166?00UMSATZ", f"?20EREF+{entry.native}", f"?21SVWZ+{text[:22]}"]
        parts += [f"?31{entry.other}"] if entry.other else []
        whole = "".join([*parts, f"?32{name[:27]}"])
    elif one.country in ("NL", "BE"):
        account = f"/IBAN/{entry.other}" if entry.other else ""
        whole = f"/TRTP/{entry.type.upper()}{account}/NAME/{name}/REMI/{text}/EREF/{entry.native}"
    else:
        whole = " ".join(part for part in (entry.other, name, text, entry.native) if part)
    return "\n".join(whole[at : at + 65] for at in range(0, min(len(whole), 390), 65))


def mt940(statements: Iterable[Statement]) -> str:
    """Messages of MT940, one after the other."""
    out = []
    for number, one in enumerate(statements, 1):
        lines = [f":20:SIM{number:06d}", f":25:{one.account}", f":28C:{one.number}/1"]
        lines.append(f":60F:{_swift_balance(one.opening, f'{one.first:%y%m%d}', one.currency)}")
        for entry in one.entries:
            mark = "C" if entry.cents >= 0 else "D"
            # What takes back a debit is a credit, told as a debit reversed.
            mark = {"C": "RD", "D": "RC"}[mark] if entry.reversal else mark
            kind = _SWIFT[entry.type]
            lines.append(
                f":61:{entry.at:%y%m%d}{entry.at:%m%d}{mark}{money(entry.cents, ',')}{kind}{entry.native[:16]}"
            )
            lines.append(f":86:{_details(one, entry)}")
        lines.append(f":62F:{_swift_balance(one.closing, f'{one.last:%y%m%d}', one.currency)}")
        out.append("\n".join(lines) + "\n-\n")
    return "".join(out).replace("\n", "\r\n")


def _swift_balance(cents: int, day: str, currency: str) -> str:
    return f"{'C' if cents >= 0 else 'D'}{day}{currency}{money(cents, ',')}"


def tables(statements: Iterable[Statement]) -> dict[str, str]:
    """One table an account, in the layouts of three banks in turn."""
    layouts = (_dutch, _german, _english)
    found = {}
    for number, (_, months) in enumerate(groupby(statements, lambda one: one.account)):
        found[f"bank-{number + 1}.csv"] = layouts[number % 3](list(months))
    return found


def _dutch(months: list[Statement]) -> str:
    file = io.StringIO()
    out = csv.writer(file, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    out.writerow(
        ["Datum", "Naam / Omschrijving", "Rekening", "Tegenrekening", "Af Bij", "Bedrag", "Munt", "Mutatiesoort",
         "Mededelingen", "Saldo na mutatie"]
    )  # fmt: skip
    for one in months:
        for entry in one.entries:
            sign = "Bij" if entry.cents >= 0 else "Af"
            balance = ("-" if entry.balance < 0 else "") + money(entry.balance, ",")
            out.writerow(
                [f"{entry.at:%Y%m%d}", entry.name, one.account, entry.other, sign, money(entry.cents, ","),
                 one.currency, entry.type, f"{entry.text} {entry.native}".strip(), balance]
            )  # fmt: skip
    return file.getvalue()


def _grouped(cents: int) -> str:
    """As ``-1.234,56``."""
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{whole},{abs(cents) % 100:02d}"


def _german(months: list[Statement]) -> str:
    file = io.StringIO()
    out = csv.writer(file, delimiter=";", lineterminator="\n")
    out.writerow(
        ["Auftragskonto", "Buchungstag", "Valutadatum", "Buchungstext", "Verwendungszweck",
         "Beguenstigter/Zahlungspflichtiger", "Kontonummer/IBAN", "Betrag", "Waehrung", "Saldo"]
    )  # fmt: skip
    for one in months:
        for entry in one.entries:
            day = f"{entry.at:%d.%m.%Y}"
            out.writerow(
                [one.account, day, day, entry.type, f"{entry.text} {entry.native}".strip(), entry.name, entry.other,
                 _grouped(entry.cents), one.currency, _grouped(entry.balance)]
            )  # fmt: skip
    return file.getvalue()


def _english(months: list[Statement]) -> str:
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(
        ["Completed Date", "Type", "Description", "Reference", "Account", "Counterparty", "Counterparty Account",
         "Amount", "Currency", "Balance"]
    )  # fmt: skip
    for one in months:
        for entry in one.entries:
            sign, below = "-" if entry.cents < 0 else "", "-" if entry.balance < 0 else ""
            out.writerow(
                [f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.type, entry.text, entry.native, one.account, entry.name,
                 entry.other, sign + money(entry.cents), one.currency, below + money(entry.balance)]
            )  # fmt: skip
    return file.getvalue()
