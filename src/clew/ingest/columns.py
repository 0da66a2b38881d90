"""Which column of a source fills which field of a record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clew.model.errors import InputError

# Field to column names, the likeliest first; written without accents, case and punctuation (see `plain`).
# English, French, German, Spanish, Italian, Polish, Dutch, Romanian, Portuguese, Czech, Hungarian, Swedish, Greek (Latin).
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "native_id": ["nativeid", "adid", "advertid", "listingid", "postid", "postingid", "offerid", "jobid", "messageid", "annonceid", "idannonce", "anzeigenid", "anzeigeid", "anuncioid", "idanuncio", "annuncioid", "idannuncio", "ogloszenieid", "idogloszenia", "advertentieid", "anuntid", "idanunt", "itemid", "recordid", "articleid", "externalid", "sourceid", "uid", "uuid", "guid", "ref", "reference", "referentie", "referenz", "kennung", "id"],
    "url": ["url", "link", "adurl", "posturl", "pageurl", "listingurl", "href", "permalink", "uri", "weburl", "sourceurl", "adlink", "lien", "enlace", "enlaces", "collegamento", "adres", "odkaz", "lank", "legatura", "ligacao", "webadres"],
    "title": ["title", "headline", "subject", "adtitle", "posttitle", "jobtitle", "heading", "titre", "titel", "titulo", "titolo", "tytul", "naslov", "nazev", "cim", "rubrik", "titlu", "sujet", "betreff", "asunto", "oggetto", "temat", "onderwerp", "assunto", "subiect", "predmet", "targy", "overskrift", "otsikko", "titlos", "position", "poste", "stelle", "puesto", "stanowisko", "functie", "name1"],
    "body": ["body", "text", "description", "content", "message", "bodytext", "adtext", "posttext", "fulltext", "descriptiontext", "desc", "details", "adbody", "adcontent", "posttext", "texte", "contenu", "corps", "beschreibung", "inhalt", "nachricht", "anzeigentext", "descripcion", "texto", "contenido", "mensaje", "cuerpo", "descrizione", "testo", "contenuto", "messaggio", "opis", "tresc", "tekst", "wiadomosc", "beschrijving", "omschrijving", "inhoud", "bericht", "descriere", "continut", "mesaj", "descricao", "conteudo", "mensagem", "popis", "obsah", "zprava", "leiras", "szoveg", "uzenet", "beskrivning", "innehall", "meddelande", "kuvaus", "perigrafi", "keimeno", "comment", "comments", "summary", "abstract", "post", "tweet", "caption"],
    "place": ["place", "location", "city", "town", "locality", "placename", "cityname", "region", "area", "adlocation", "address", "lieu", "ville", "localisation", "localite", "endroit", "commune", "ort", "stadt", "standort", "gemeinde", "lugar", "ciudad", "ubicacion", "localidad", "poblacion", "luogo", "citta", "localita", "comune", "posizione", "miejsce", "miasto", "lokalizacja", "miejscowosc", "plaats", "stad", "locatie", "woonplaats", "loc", "oras", "locatie", "localitate", "lugar", "cidade", "localizacao", "localidade", "misto", "mesto", "lokalita", "hely", "varos", "helyszin", "plats", "paikka", "kaupunki", "poli", "topothesia", "state", "province", "county", "country"],
    "price": ["price", "rate", "rates", "cost", "amount", "fee", "prices", "tariff", "salary", "pay", "wage", "salaryrange", "donation", "prix", "tarif", "tarifs", "cout", "montant", "salaire", "preis", "preise", "betrag", "kosten", "gehalt", "lohn", "honorar", "precio", "tarifa", "importe", "coste", "salario", "sueldo", "prezzo", "tariffa", "costo", "importo", "stipendio", "cena", "stawka", "kwota", "koszt", "wynagrodzenie", "placa", "prijs", "tarief", "bedrag", "salaris", "pret", "tarif", "suma", "salariu", "preco", "valor", "mzda", "plat", "ar", "dij", "fizetes", "pris", "lon", "hinta", "palkka", "timi"],
    "handle": ["handle", "username", "user", "author", "poster", "screenname", "nickname", "nick", "accountname", "account", "profilename", "profile", "seller", "advertiser", "vendor", "postedby", "useralias", "alias", "sender", "fromuser", "from", "auteur", "pseudo", "utilisateur", "vendeur", "annonceur", "benutzername", "benutzer", "nutzer", "verfasser", "autor", "verkaufer", "anbieter", "usuario", "nombreusuario", "vendedor", "anunciante", "utente", "nomeutente", "autore", "venditore", "uzytkownik", "nazwauzytkownika", "sprzedawca", "gebruiker", "gebruikersnaam", "verkoper", "utilizator", "vanzator", "utilizador", "uzivatel", "felhasznalo", "anvandare", "userid", "authorid"],
    "platform": ["platform", "platformname", "marketplace", "plattform", "plateforme", "plataforma", "piattaforma", "platforma", "sitename", "domain"],
    "posted_at": ["postedat", "posted", "postdate", "posteddate", "dateposted", "datepublished", "publishedat", "published", "publicationdate", "pubdate", "createdat", "created", "creationdate", "createddate", "posttime", "postedtime", "posttimestamp", "date", "datetime", "timestamp", "sentat", "sent", "datesent", "time", "updatedat", "lastupdated", "modified", "datepublication", "publiele", "datedepublication", "datum", "veroffentlicht", "erstelltam", "erstellt", "eingestellt", "zeit", "fecha", "fechapublicacion", "publicado", "creado", "hora", "data", "datapubblicazione", "pubblicato", "creato", "dataora", "datapublikacji", "opublikowano", "dodano", "utworzono", "datadodania", "geplaatst", "aangemaakt", "datumgeplaatst", "datapublicarii", "publicat", "datapublicacao", "criadoem", "datumvlozeni", "vlozeno", "datumfeladas", "datumskapad", "imerominia", "paivamaara"],
    "captured_at": ["capturedat", "captured", "capturetime", "capturedate", "scrapedat", "scraped", "scrapedate", "scrapetime", "scrapedon", "crawledat", "crawled", "crawldate", "crawltime", "fetchedat", "fetched", "retrievedat", "retrieved", "retrievaldate", "collectedat", "collected", "collectiondate", "downloadedat", "seenat", "firstseen", "lastseen", "importedat", "extractedat", "dateextraction", "datecapture", "abgerufen", "abgerufenam", "erfasst", "erfasstam", "fechacaptura", "capturado", "dataestrazione", "dataacquisizione", "datapobrania", "pobrano", "opgehaald", "datacolectarii", "datacoleta"],
    "contact": ["contact", "contacts", "phone", "phonenumber", "phones", "phone1", "phone2", "tel", "telephone", "telefon", "telefono", "telefone", "telefoon", "telefonnummer", "numertelefonu", "telefonszam", "telefonicislo", "mobile", "mobilephone", "mobil", "cell", "cellphone", "handy", "movil", "cellulare", "komorka", "mobiel", "celular", "whatsapp", "whatsappnumber", "viber", "telegram", "signal", "wechat", "line", "skype", "email", "mail", "emailaddress", "emails", "contactemail", "contactphone", "contactinfo", "courriel", "correo", "correoelectronico", "posta", "postaelettronica", "adresemail", "website", "web", "site", "homepage", "siteweb", "webseite", "sitioweb", "sito", "sitoweb", "strona", "stronawww", "numero", "numerotelephone", "replyto", "kontakt", "contacto", "contatto", "kapcsolat"],
    "images": ["images", "image", "imageurls", "imageurl", "imagepaths", "imagepath", "photos", "photo", "photourls", "photourl", "pictures", "picture", "pics", "picture1", "img", "imgs", "imgurl", "media", "mediaurls", "imagehash", "imagehashes", "pdq", "thumbnails", "fotos", "foto", "bilder", "bild", "imagenes", "imagen", "immagini", "immagine", "zdjecia", "zdjecie", "afbeeldingen", "afbeelding", "imagini", "poze", "imagens", "imagem", "obrazky", "obrazek", "kepek", "kep", "billeder", "kuvat"],
}
MANY = ("contact", "images")  # fields that take every column that fits; the others take the best one
FIELDS = tuple(SYNONYMS)
_RANK = {
    synonym: (name, rank) for name in reversed(FIELDS) for rank, synonym in reversed(list(enumerate(SYNONYMS[name])))
}
_NESTED = re.compile(r"[^0-9a-z]+")


def plain(column: str) -> str:
    """A column name without accents, case and punctuation: ``"Posted-At "`` is ``postedat``."""
    text = column.casefold().replace("ß", "ss").replace("ł", "l").replace("ø", "o")
    letters = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _NESTED.sub("", letters)


@dataclass(frozen=True)
class ColumnMap:
    """How columns become fields.

    Attributes:
        mapping: field to column, given by the user; wins over detection, and its column fills no other field.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.mapping:
            if name not in SYNONYMS:
                raise InputError(f"There is no field {name!r} to map to.", f"Fields: {', '.join(FIELDS)}.")

    def field_of(self, column: str) -> tuple[str, int] | None:
        """(field, rank; 0 is best) that the column may fill; None when it fits no field."""
        for name, given in self.mapping.items():
            if given == column:
                return name, -1
        found = _RANK.get(plain(column))
        return None if found is None or found[0] in self.mapping else found

    def is_field(self, column: str) -> bool:
        """Whether the column may fill a field."""
        return self.field_of(column) is not None

    def assign(self, columns: Iterable[str]) -> dict[str, list[str]]:
        """Field to the columns that fill it, best first; the order of ``columns`` does not matter."""
        ranked: dict[str, list[tuple[int, str]]] = {}
        for column in columns:
            if found := self.field_of(column):
                ranked.setdefault(found[0], []).append((found[1], column))
        return {
            name: [column for _, column in sorted(ranked[name])][: None if name in MANY else 1]
            for name in FIELDS
            if name in ranked
        }
