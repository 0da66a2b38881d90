import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.extract._company_numbers import SCHEMES, folded
from clew.extract.base import batch_of_texts
from clew.extract.company import PLUGIN


def values(text: str) -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text])).to_pylist()
    for row in rows:
        assert text[row["start"] : row["end"]] == row["raw"]
        assert row["type"] == ("claim" if "-invalid:" in row["value"] else "company")
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


# Numbers of manuals and of python-stdnum's own documentation.
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BTW NL004495445B01", ["vat:NL004495445B01"]),
        ("btw-nr: NL 0044.95.445.B.01", ["vat:NL004495445B01"]),
        ("ondernemingsnummer 0428.759.497", ["vat:BE0428759497"]),
        ("TVA BE 0428759497", ["vat:BE0428759497"]),
        ("USt-IdNr. DE 136,695 976", []),
        ("USt-ID: DE136695976", ["vat:DE136695976"]),
        ("Umsatzsteuer-Identifikationsnummer gemäß § 27a: DE136695976", ["vat:DE136695976"]),
        ("UID-Nr: ATU13585627", ["vat:ATU13585627"]),
        ("N° TVA intracommunautaire : FR 83 404 833 048", ["vat:FR83404833048"]),
        ("Partita IVA 00743110157", ["vat:IT00743110157"]),
        ("Codice fiscale e P.IVA: 00743110157", ["vat:IT00743110157"]),
        ("NIP: 8567346215", ["vat:PL8567346215"]),
        ("NIP 856-734-62-15, REGON: 192598184", ["vat:PL8567346215", "regon:192598184"]),
        ("CIF: B-58378431", ["vat:ESB58378431"]),
        ("CIF B58378431", ["vat:ESB58378431"]),
        ("CUI: RO 18547290", ["vat:RO18547290"]),
        ("CUI 18547290 J40/1234/2006", ["vat:RO18547290"]),
        ("CVR-nr. 13585628", ["vat:DK13585628"]),
        ("Y-tunnus: 2077474-0", ["vat:FI20774740"]),
        ("DIČ: CZ25123891, IČO: 25123891", ["vat:CZ25123891", "ico:25123891"]),
        ("Adószám: 12892312-2-42", ["vat:HU12892312"]),
        ("ДДС №: BG175074752", ["vat:BG175074752"]),
        ("ЕИК 175074752", ["vat:BG175074752"]),
        ("ΑΦΜ: 094259216", ["vat:EL094259216"]),
        ("VAT: GR 094259216", ["vat:EL094259216"]),
        ("VAT Reg No GB 980 7806 84", ["vat:GB980780684"]),
        ("OIB: 33392005961", ["vat:HR33392005961"]),
        ("SIREN 552 008 443", ["siren:552008443"]),
        ("RCS Paris B 552 008 443", ["siren:552008443"]),
        ("KvK-nummer 30124362", ["kvk:30124362"]),
        ("Kamer van Koophandel: 30124362", ["kvk:30124362"]),
        ("KRS 0000127206", ["krs:0000127206"]),
        ("Org.nr 556036-0793", ["vat:SE556036079301"]),
        ("Org.nr. 988 077 917", ["orgnr:988077917"]),
        ("Registered in England and Wales No. 03977902", ["companieshouse:03977902"]),
        ("Company number SC123456", ["companieshouse:SC123456"]),
        ("Nr. de înregistrare în registrul comerțului: J40/7425/2006", ["onrc:J4074252006"]),
        ("CHE-100.155.212 MWST", ["uid:CHE100155212"]),
        ("ИНН 7707083893, ОГРН 1027700132195", ["inn:7707083893", "ogrn:1027700132195"]),
        ("код ЄДРПОУ 32855961", ["edrpou:32855961"]),
        ("HRB 12345 Amtsgericht Köln", ["hrb:köln/HRB12345"]),
        ("Registergericht: Amtsgericht Frankfurt am Main, HRB 7", ["hrb:frankfurt am main/HRB7"]),
        ("NL004495445B01 is ours", ["vat:NL004495445B01"]),
    ],
)
def test_numbers_that_pass(text: str, found: list[str]) -> None:
    assert values(text) == found
    assert values(f"Contact us. {text}\nTel 0612345678") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VAT: NL004495446B01", ["vat-invalid:NL004495446B01"]),
        ("VAT number DE136695977", ["vat-invalid:DE136695977"]),
        ("USt-IdNr: DE123", []),
        ("BTW-nr: NL 1234567", ["vat-invalid:NL1234567"]),
        ("P.IVA 00743110158", ["vat-invalid:IT00743110158"]),
        ("SIRET 73282932000075", ["siren-invalid:732829320"]),
    ],
)
def test_claims_that_cannot_be_true(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "btw call me on 06 12 34 56 78",
        "btw 0612345678",
        "IBAN NL91 ABNA 0417 1643 00",
        "VAT free, IBAN NL91ABNA0417164300",
        "order DE136695976",
        "Price 1000 + IVA, tel 600 123 456",
        "tel. 732829320",
        "ref: 25123891",
        "KvK 00000000",
        "open 2025-03-04 incl. VAT",
        "our company 12 years, 20250304",
        "reg. 5, 28013 Madrid, 912345678",
        "dic 12345",
        "DNI 12345678Z, NIF 12345678Z",
        "ИНН 500100732259",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert values(text) == []


def test_fields_of_their_own() -> None:
    import pyarrow as pa

    from clew.extract.base import text_batch

    records = batch_of_texts(["KvK 30124362"]).records
    place = records.schema.get_field_index("contact")
    contact = pa.array(["tel:0612345678\nVAT: NL004495445B01"])
    rows = PLUGIN.find(text_batch(records.set_column(place, "contact", contact))).to_pylist()
    assert sorted((m["field"], m["value"], m["start"]) for m in rows) == [
        ("body", "kvk:30124362", 4),
        ("contact", "vat:NL004495445B01", 20),
    ]


@settings(deadline=None, max_examples=tried(50))
@given(st.text(alphabet="VATKvNIPCIFHRBNLDE 0123456789.-/:B\n", max_size=80))
def test_any_text_is_read(text: str) -> None:
    values(text)


@pytest.mark.parametrize("part", ["VAT ", "VAT 1", "NIP: 12 ", "AG A", "company no ", "1 ", "HRB 1 AG ", "nr nr "])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    text = part * (200_000 // len(part))
    assert PLUGIN.find(batch_of_texts([text])).num_rows <= 50


@given(st.sampled_from(SCHEMES).flatmap(lambda s: st.tuples(st.just(s), st.from_regex(s.label))))
@settings(max_examples=tried(300))
def test_what_a_label_matches_holds_one_of_its_words(drawn):
    scheme, text = drawn
    for label in scheme.label.finditer(text):
        assert any(word in folded(label[0]) for word in scheme.words)
