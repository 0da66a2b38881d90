"""Who may not be named is in no download of the workbench and on no page that is printed."""

from __future__ import annotations

import re

from clew.access.roles import alone
from clew.cases import case, people

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
