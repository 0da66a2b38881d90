"""Meaning: what a text denies is not held against it, and what it says beside a denial still is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clew.extract.base import FIELDS, text_batch
from clew.extract.meaning import Meaning

RULES = Meaning(learnt=False)


def senses(text: str, kind: str = "job_ad") -> set[str]:
    row = dict.fromkeys(FIELDS, "") | {"body": text, "kind": kind, "rid": 0}
    batch = pa.RecordBatch.from_pylist(
        [row], pa.schema([("rid", pa.uint64())] + [(f, pa.string()) for f in (*FIELDS, "kind")])
    )
    return set(RULES.find(text_batch(batch))["value"].to_pylist())


DENIED = {
    "fee-upfront": (
        "Aucun frais de dossier n'est demandé",
        "Предоплаты и сборов нет",
        "Предоплат, сборов и комиссий нет",
        "Передоплати немає",
        "Nu se percepe comision",
        "There is no fee or deposit to pay.",
        "We never ask for a registration fee or placement fee.",
        "Keine Vermittlungsgebühr, niemals eine Kaution, Anmeldegebühr entfällt",
        "Wij vragen geen borg en geen inschrijfgeld",
        "Foglaló nincs",
        "Depozito veya komisyon istenmez",
        "Плата за оформление не взимается",
        "لا توجد رسوم أو عمولة",
        "Nie pobieramy żadnych opłat ani kaucji",
        "Eine Anzahlung von 200 Euro brauchst du nicht",
        "Eine Kaution zahlen Sie bei uns nicht",
        "Inschrijfgeld betaal je bij ons niet",
        "Een voorschot van 200 euro hoef je niet te betalen",
        "Предоплату платить не надо",
        "Foglalót fizetni nem kell",
        "Les frais de voyage sont remboursés",
        "frais de déplacement remboursés",
        "Frais de garde d'enfants remboursés",
        "As despesas de viagem são reembolsadas",
        "The registration fee is paid by the employer.",
        "We pay the registration fee.",
        "The employer pays the visa fee and the deposit.",
        "Die Anmeldegebühr wird vom Arbeitgeber bezahlt.",
        "Die Vermittlungsgebühr zahlt der Arbeitgeber.",
        "De inschrijfkosten worden door de werkgever betaald.",
        "Les frais d'inscription sont payés par l'employeur.",
        "La cuota de inscripción la paga el empleador.",
        "Le spese di iscrizione sono pagate dal datore di lavoro.",
        "A taxa de inscrição é paga pela empresa.",
        "Taxa de înregistrare este plătită de angajator.",
        "Opłata rejestracyjna jest opłacana przez pracodawcę.",
        "Таксата за регистрация се плаща от работодателя.",
        "Регистрационный взнос оплачивает работодатель.",
        "Реєстраційний внесок сплачує роботодавець.",
        "A regisztrációs díjat a munkáltató fizeti.",
        "Kayıt ücreti işveren tarafından ödenir.",
    ),
    "wage-deductions": (
        "No deductions from your wages for housing",
        "Maaşınızdan kesinti yapılmaz",
        "Kein Abzug vom Lohn für die Unterkunft",
        "Travel costs are reimbursed with your salary.",
        "Rimborso spese di viaggio in busta paga.",
        "Płacimy za bilet, pensja 6000 zł",
        "Frais de repas remboursés, salaire 1900 euros",
        "Income tax and social security are deducted from wages by law.",
        "Lohnsteuer und Sozialversicherung werden gesetzlich vom Lohn abgezogen.",
        "Loonbelasting en sociale premies worden van het loon ingehouden.",
        "L'impôt et les cotisations sociales sont déduits du salaire.",
        "El impuesto y la seguridad social se descuentan del salario por ley.",
        "Le imposte e i contributi sono trattenuti dallo stipendio per legge.",
        "Impozitul și contribuțiile sociale se rețin din salariu.",
        "Podatek i składki ZUS są potrącane z wynagrodzenia.",
        "Данъкът и осигуровките се удържат от заплатата по закон.",
        "Подоходный налог и страховые взносы удерживаются из зарплаты по закону.",
    ),
    "travel-arranged": (
        "Anreise organisieren Sie selbst",
        "La empresa no paga el viaje ni el alojamiento",
        "You arrange your own travel and housing",
    ),
    "housing-arranged": ("Unterkunft wird nicht gestellt", "You arrange your own travel and housing"),
    "papers-kept": (
        "Your passport stays with you, never with the boss",
        "We never keep your passport",
        "Nie zatrzymujemy paszportów",
        "A copy of your passport is kept in the office",
        "We keep personnel files and documents for the manager",
        "Receptionist: you check passports of guests and keep the desk in the office tidy",
    ),
    "documents-held": (
        "Passport stays with worker",
        "Ihr Pass bleibt bei Ihnen",
        "Je paspoort blijft bij jou",
        "Paszport zostaje u pracownika",
        "We do not keep your passport or your wages",
    ),
    "debt-bondage": (
        "The charity helps people work off their debts",
        "Debt adviser: you help clients with debts get back to work and pay back what they owe",
        "We will never ask you to pay for a visa or a job",
        "Zwrot kosztów podróży, praca od zaraz",
        "Überstunden können abgearbeitet werden",
        "Pagamos el billete, trabajo en hotel",
        "Проезд оплачиваем, работа вахтой",
        "Wir bezahlen Ticket und Visum, Arbeit in der Küche",
        "Odpracujete 160 hodin měsíčně, cestu platíme",
        "Отработать нужно 15 смен, проезд оплачиваем",
        "Odpracujesz 8 godzin dziennie, dojazd bezpłatny",
        "Bilet zwracamy z pierwszą pensją",
        "Health insurance is deducted from your salary",
        "IT-Support: Sie nehmen Tickets an und arbeiten sie ab",
        "Витрати на квиток відшкодовуємо разом із зарплатою",
        "Despesas de viagem reembolsadas com o primeiro salário",
    ),
    "drug-errand": (
        "Parcel driver for DPD, delivering parcels in the Leeds area, own van not needed, paid weekly",
        "Driver wanted to deliver packages for DPD. Start now. 12 pounds an hour",
    ),
    "live-in-no-leave": (
        "Live-in carer, one rest day weekly, must not smoke, must work well with children",
        "Housekeeper, no live-in, Sundays free, must work weekdays",
        "Cook wanted, no live-in. Day off on Monday. Every week 40 hours.",
        "Our support team is available day and night",
        "Au pair: you live with the family, two days off a week; the parents are there day and night",
        "Nachtwache gesucht, unser Pflegeheim ist rund um die Uhr besetzt",
        "When your contract ends you have one month to leave the room",
        "Guests must leave the room the same day",
        "When I stop working here I will move out at once",
        "Wenn du kündigst, kannst du das Zimmer noch drei Monate behalten",
        "If you quit smoking you can leave the room the same day",
    ),
    "no-contract": (
        "Nobody works here without a written contract",
        "Keine Arbeit ohne Vertrag",
        "Jamais sans contrat, tout est déclaré",
        "Mobile phone with no contract for staff",
    ),
}


@pytest.mark.parametrize(("sense", "text"), [(s, text) for s, texts in DENIED.items() for text in texts])
def test_what_is_denied_is_not_said(sense: str, text: str) -> None:
    assert sense not in senses(text)


SAID = {
    "fee-upfront": (
        "Pas besoin d'expérience, frais de dossier 150 euros à payer avant",
        "Geen ervaring nodig, borg van 300 euro betalen",
        "Opłata 200 euro z góry, język nie jest wymagany",
        "No experience, registration fee 100 euro",
        "No commission, registration fee 100 euro to pay",
        "De borg betaal je vooraf, eten hoef je niet te betalen",
        "Die Gebühr von 150 Euro zahlst du vorher, warten musst du dann nicht",
        "Pay the 100 euro fee and you don't have to wait",
        "Frais de voyage à payer d'avance: 200 euros",
        "Caution de 200 euros, remboursée après six mois, à payer avant",
        "The registration fee is not paid by the employer",
        "You pay the registration fee, the flight is paid by the employer",
        "We pay the flight and you pay the registration fee",
        "Die Anmeldegebühr zahlst du, die Reise zahlt der Arbeitgeber",
        "You pay the fee to the employer",
        "La cuota de inscripción la pagas tú, el vuelo lo paga la empresa",
    ),
    "wage-deductions": (
        "Rent and income tax are deducted from your wages",
        "Miete und Lohnsteuer werden vom Lohn abgezogen",
        "Your rent is deducted from wages",
    ),
    "papers-arranged": (
        "Keine Sprachkenntnisse nötig, Visum wird organisiert",
        "No problem with the visa, we arrange your visa",
        "Chiar și fără acte, rezolvăm",
    ),
    "papers-kept": (
        "Paspoort blijft bij de baas",
        "On garde ton passeport",
        "paszport zostaje u koordynatora",
        "Pass behält der Chef",
        "Your passport stays with the agency",
        "Pașaportul rămâne la șef",
        "Паспорт храним мы",
        "Az útlevél a főnöknél marad",
        "Pasaportunuz bizde kalır",
        "Pasoš ostaje kod gazde",
    ),
    "debt-bondage": (
        "Wir zahlen die Reise, das arbeitest du ab",
        "Wij betalen je reis, je werkt het af",
        "Bilet opłacamy, odpracujesz",
        "Praca bez umowy, bilet odpracujesz",
        "Put plaćamo mi, to odradićeš",
        "Le voyage est payé, à rembourser en travaillant",
        "Pagamos el vuelo, lo descuentas trabajando",
        "Du zahlst die Reise vom Lohn zurück",
        "Cestu zaplatíme … odpracuješ",
        "Letenku splácíš z výplaty",
        "Bilet zwracasz z pensji",
        "Bilet 200 euro kupimy, odpracujesz",
        "Biletul îl plătim noi, îl plătești muncind",
        "Пътя го плащаме ние, после го отработваш",
        "A jegyet a fizetésedből fizeted vissza",
        "Cestovný lístok splatíš z výplaty",
        "Квиток повертаєш із зарплати",
        "Отработаешь дорогу за 3 месяца",
        "El billete lo pagas de tu sueldo",
        "O bilhete devolves do teu salário",
        "You pay the flight from your wages",
        "Ticket costs are deducted from your first salary",
    ),
    "drug-errand": ("Pick up a package and bring it to an address, 300 euro, do not tell anyone",),
    "live-in-no-leave": (
        "Live-in, you may not go out",
        "Freie Tage sind in der Saison nicht vorgesehen",
        "You live with the family and are there for them at all hours",
        "Je woont bij het gezin en staat dag en nacht klaar",
        "Mieszkasz z rodziną i jesteś do dyspozycji dzień i noc",
        "A családnál laksz, éjjel-nappal elérhető vagy",
        "If you stop working you must leave the room the same day",
        "If you quit, you leave the room the same day",
        "Als je ontslag neemt ben je ook je kamer kwijt",
        "Gdy przestaniesz pracować, tracisz pokój",
        "Cuando dejas de trabajar tienes que dejar la habitación el mismo día",
    ),
    "no-contract": ("No contract, cash in hand", "Ohne Vertrag, bar auf die Hand", "pas de contrat", "bez umowy"),
}


@pytest.mark.parametrize(("sense", "text"), [(s, text) for s, texts in SAID.items() for text in texts])
def test_a_denial_of_something_else_hides_nothing(sense: str, text: str) -> None:
    assert sense in senses(text)


@pytest.mark.parametrize(
    "text",
    [
        "I just read about a woman locked in a flat",
        "Ich habe gelesen, dass eine Frau in einer Wohnung eingesperrt wurde",
        "J'ai lu qu'une femme était enfermée dans un appartement",
        "Yesterday on the news: police freed women who were locked in a house",
    ],
)
def test_what_was_read_or_seen_elsewhere_is_no_confinement_here(text: str) -> None:
    assert "confinement" not in senses(text, "message")
    assert "confinement" in senses("I am locked in the flat", "message")


@pytest.mark.parametrize(
    "text",
    [
        "my boss threatened me again, I want to get away",
        "Mein Chef hat mich wieder bedroht, ich will weg",
        "mon patron m'a encore menacée, je veux partir",
        "mój szef znowu mi groził, chcę uciec",
        "начальник снова мне угрожал, хочу уйти",
        "Mijn baas bedreigde me, ik wil weg",
        "Ze bedreigden me. Ik wil hier weg.",
        "Er bedrohte mich, ich will weg",
        "Vyhrožoval mi, chci pryč",
        "Han truede mig, jeg vil væk",
    ],
)
def test_who_is_threatened_and_wants_away_pleads(text: str) -> None:
    assert "plea" in senses(text, "message")
    assert "threat-harm" not in senses(text, "message")
