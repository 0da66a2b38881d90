"""What ``make run`` shows: the main job on real mails and on a simulated world, a case, then the workbench.

Each part is a workspace of its own below the given folder and goes through the same commands that a user types.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clew.cli.app import app
from clew.database.identity import FILE as IDENTITY
from clew.model.errors import ClewError
from clew.sample import ensure_sample
from clew.simulate.world import FILES
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.vault.keys import key_file

# Besides what a world lists: a bank's own statement, which tells of payments once more (they count once), and tickets.
ALSO = (("statements.camt053.xml", "payment"), ("travel.mbox", "message"))
# The lead whose accounts show most, and the account that shows most of it.
TOLD = """
WITH signed AS (SELECT network_id, subject, count(DISTINCT sign) AS signs, sum(weight) AS weight FROM money_signs
    SEMI JOIN leads USING (network_id)
    SEMI JOIN (SELECT payer AS subject FROM payments WHERE state = 'booked') USING (subject) GROUP BY ALL),
network AS (SELECT network_id FROM signed GROUP BY network_id ORDER BY count(*) DESC, network_id LIMIT 1)
SELECT network_id, subject FROM signed SEMI JOIN network USING (network_id)
ORDER BY signs DESC, weight DESC, subject LIMIT 1
"""


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def command(*words: str) -> None:
    """Run a command of the command line in this process and show it as a user would type it."""
    say(f"\n$ {shlex.join(['clew', *words])}")
    app(list(words), standalone_mode=False)


def real(folder: Path) -> None:
    """Real mails: families of near-copies, numbers and domains shared over campaigns, the networks they make."""
    say("== Real records: the Spam Assassin public corpus, 6,046 mails of spam, job and advance-fee campaigns ==")
    try:
        mails = ensure_sample(progress=say)
    except ClewError as error:
        say(f"{error}\nGoing on with the simulated world.")
        return
    place = str(folder / "mails")
    command("init", place)
    command("ingest", str(mails), "--kind", "message", "--source", "spam-assassin", "-w", place)
    command("run", "-w", place)
    command("overview", "-n", "8", "-w", place)
    command("leads", "-n", "5", "-w", place)


def simulated(folder: Path, ads: int, seed: int) -> None:
    """A simulated world: adverts, the offers, sites and chats by which people came into them, and who pays whom."""
    say("\n== A simulated world: invented adverts, offers, sites, chats, payments and tickets; its truth is known ==")
    world, place = str(folder / "world"), str(folder / "adverts")
    command("simulate", world, "--ads", str(ads), "--seed", str(seed))
    command("init", place)
    for file, kind in (*FILES, *ALSO):
        source = "bank" if file.startswith("statements") else "simulated"
        command("ingest", f"{world}/{file}", "--kind", kind, "--source", source, "-w", place)
    command("run", "-w", place)
    command("leads", "-n", "5", "-w", place)


def traced(folder: Path) -> None:
    """Of one network all that its records say together: money, movement, roles, assets."""
    say("\n== Money, movement, roles and assets of the network that shows most of them ==")
    place = str(folder / "adverts")
    with open_views(Workspace(folder / "adverts")) as engine:
        network, account = engine.row(TOLD)
    command("trace", str(network), "-n", "4", "-w", place)
    command("money", str(account), "--depth", "2", "-w", place)
    command("export", "geojson", str(network), str(folder / "movement.geojson"), "-w", place)


def evidence(folder: Path) -> None:
    """A case about the first lead, and the package that leaves the house."""
    say("\n== A case: the first lead becomes evidence that others can check ==")
    place, bag = str(folder / "adverts"), str(folder / "package")
    with open_views(Workspace(folder / "adverts")) as engine:
        (first,) = engine.row("SELECT network_id FROM leads ORDER BY rank LIMIT 1")
    until = str(datetime.now(UTC).date() + timedelta(days=365))
    why = ("--purpose", "Show what a case is", "--legal-basis", "None: the world is invented")
    command("case", "new", "Demonstration", *why, "--retain-until", until, "-w", place)
    command("case", "add", "C1", str(first), "-w", place)
    command("evidence", "package", "C1", bag, "-w", place)
    command("evidence", "verify", bag)


def forget(folder: Path) -> None:
    """Remove what was shown before, and its keys, which stand elsewhere."""
    for name in folder.glob(f"*/{IDENTITY}"):
        key_file(name.read_text().strip()).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    """8000, or the next port that nothing listens on."""
    for port in range(8000, 8100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    return 8000


def main() -> None:
    """Make both parts anew."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--serve", type=int, default=1, help="0: end after printing")
    given = parser.parse_args()
    forget(given.folder)
    given.folder.mkdir(parents=True)
    real(given.folder)
    simulated(given.folder, given.ads, given.seed)
    traced(given.folder)
    evidence(given.folder)
    adverts = f"{given.folder}/adverts"
    if given.serve:
        command("serve", "--port", str(_free_port()), "-w", adverts)
    else:
        say(f"\nLook further with: .venv/bin/clew serve -w {adverts}")


if __name__ == "__main__":
    main()
