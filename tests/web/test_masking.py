"""Who may not be named is in no download of the workbench and on no page that is printed."""

from __future__ import annotations

import html
import re

from clew.access.roles import alone
from clew.cases import case, people
from clew.query.network import network_head
from clew.query.network_reasons import why
from clew.web.page import _ENVIRONMENT, masking

FILES = ("findings", "identities", "roles", "assets", "prices", "records", "links")


def test_a_name_across_the_cut_of_an_opening_is_masked(own_bench):
    with own_bench.desk.session() as engine:
        row = engine.rows(
            "SELECT network_id, record_id, body FROM records JOIN networks USING (net) WHERE length(body) > 300"
        )[0]
    begin, end = row["body"].rindex(" ", 0, 140) + 1, row["body"].index(" ", 170)
    half = row["body"][begin:160].rstrip()

    def line() -> str:
        text = own_bench.client.get(f"/networks/{row['network_id']}/records.csv").text
        return next(line for line in text.splitlines() if line.startswith(row["record_id"]))

    assert half in line()
    boss = alone("tester", "workbench")
    case.open_case(own_bench.desk.casework, boss, "A", "to see", "law", "2049-01-01")
    people.add(own_bench.desk.casework, boss, "C1", [row["body"][begin:end]], ["victim"])
    assert half not in line()


def test_a_name_that_is_cut_off_beside_a_quote_is_not_in_the_dossier(own_bench):
    client, desk = own_bench.client, own_bench.desk
    with desk.session() as engine:
        network = engine.rows("SELECT network_id FROM leads ORDER BY rank LIMIT 1")[0]["network_id"]
        quotes = [q for g in why(engine, network_head(engine, network)).grounds for q in g.quotes if len(q.before) > 20]
        quote = next(q for q in quotes if q.before.startswith("…") and len(q.before.split()) > 3)
        texts = f"SELECT {quote.field} FROM records WHERE record_id = $record"
        body = engine.rows(texts, record=quote.record_id)[0][quote.field]
    first, second = quote.before.removeprefix("…").split()[:2]  # the first word that is left stood after another
    name = re.search(rf"\S+\s+{re.escape(first)}\s+{re.escape(second)}", body).group()
    beside = html.escape(quote.before)
    assert beside in client.get(f"/networks/{network}/dossier").text
    case.open_case(desk.casework, alone("tester", "workbench"), "A", "to see", "law", "2049-01-01")
    people.add(desk.casework, alone("tester", "workbench"), "C1", [name], ["victim"])
    assert beside not in client.get(f"/networks/{network}/dossier").text


def test_what_a_page_cuts_is_masked_before():
    cut = _ENVIRONMENT.from_string("{{ text | truncate(16, true, '…') }}")
    text = "a girl called Anna de Vries"
    with masking(lambda text: text.replace("Anna de Vries", "[who]")):
        assert cut.render(text=text) == "a girl called [who]"  # some characters more than 16 are let stand
    assert cut.render(text=text) == "a girl called A…"


def test_downloads_and_the_dossier_name_nobody_who_is_protected(own_bench):
    client, desk, boss = own_bench.client, own_bench.desk, alone("tester", "workbench")
    with desk.session() as engine:
        found = engine.rows(
            "SELECT n.network_id, t.value FROM ties t JOIN networks n USING (net) JOIN leads l USING (network_id) "
            "WHERE t.type = 'phone' AND n.records > 3 ORDER BY l.rank, t.value LIMIT 1"
        )[0]
    network, phone = found["network_id"], found["value"]
    pages = [f"/networks/{network}/{name}.csv" for name in FILES]
    before = {page: client.get(page).text for page in pages}
    dossier = client.get(f"/networks/{network}/dossier").text
    digits = re.compile(r"\D{0,3}".join(phone[3:]))
    assert any(digits.search(text) for text in before.values()) and digits.search(dossier)

    case.open_case(desk.casework, boss, "A", "to see", "law", "2049-01-01")
    person = people.add(desk.casework, boss, "C1", ["Nobody Known"], ["victim"], identifiers=[("phone", phone)])

    for page in pages:
        after = client.get(page).text
        assert not digits.search(after), page
        assert len(after.splitlines()) == len(before[page].splitlines())
        if not digits.search(before[page]):
            assert after == before[page]
    printed = client.get(f"/networks/{network}/dossier")
    assert printed.status_code == 200 and not digits.search(printed.text) and person.pseudonym in printed.text
    assert digits.search(client.get(f"/networks/{network}/identities").text)  # who works on it still sees it
