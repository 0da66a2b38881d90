"""Sentence banks for bland adverts in six languages; ``[a|b|c]`` is a choice that a template makes once."""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

# The slots {name}, {city}, {price} and {phone} are filled for each advert.
SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "My name is {name} and I [live|stay|work|receive guests] in {city} [this week|this month|all year|until Sunday].",
        "The [quiet|bright|small|modern|private] studio is [near|behind|opposite|a short walk from] the [station|park|market|old bridge|museum].",
        "[Free|Safe|Easy|Covered] parking [in front of the door|round the corner|in the next street|below the building].",
        "I offer [relaxing|classic|traditional|warm oil|Thai style] massage with [soft music|candles|fresh towels|herbal tea].",
        "One hour costs {price}, [half an hour|ninety minutes|a whole evening] on [request|arrangement|demand].",
        "I am [friendly|patient|cheerful|calm|well mannered] and speak [English|some French|two languages|a little German].",
        "[Shower|Drinks|Clean towels|Wifi] [included|always ready|at no cost|for every guest].",
        "Please [call|ring|write|text] {phone} [one hour ahead|before you come|in the morning|any time after ten].",
        "No [hidden numbers|private calls|late calls|bargaining], [thank you|please|no exceptions|sorry].",
        "Open from [nine|ten|eleven|noon] to [eight|nine|ten|midnight], [Sundays too|closed on Monday|every day|weekdays only].",
        "I also [travel|come|visit] to [hotels|your home|offices|events] in [the centre|the whole region|nearby towns].",
        "[Regular guests|New visitors|Older gentlemen|Business travellers] are [very welcome|treated with respect|always greeted kindly].",
        "Looking forward to [meeting you|your call|a pleasant chat|seeing you soon], {name}.",
        "The [flat|room|house|salon] is [clean|freshly painted|air conditioned|warm] and has [a lift|a private entrance|a balcony|a bell without name].",
    ),
    "nl": (
        "Ik ben {name} en ontvang [deze week|deze maand|het hele jaar|tot zondag] in {city}.",
        "De [rustige|lichte|kleine|moderne|nette] studio ligt [bij|achter|tegenover|vlak naast] het [station|park|plein|museum|oude postkantoor].",
        "[Gratis|Veilig|Makkelijk|Overdekt] parkeren [voor de deur|om de hoek|in de volgende straat|onder het gebouw].",
        "Ik geef [ontspannende|klassieke|warme|rustige|Zweedse] massage met [zachte muziek|kaarsen|schone handdoeken|kruidenthee].",
        "Een uur kost {price}, [een half uur|anderhalf uur|een hele avond] in [overleg|afspraak|gesprek].",
        "Ik ben [vriendelijk|geduldig|vrolijk|kalm|netjes] en spreek [Engels|wat Frans|twee talen|een beetje Duits].",
        "[Douche|Drankje|Handdoek|Wifi] [inbegrepen|staat klaar|zonder kosten|voor iedere gast].",
        "[Bel|App|Schrijf|Sms] {phone} [een uur vooraf|voor je komt|in de ochtend|na tien uur].",
        "Geen [anonieme nummers|verborgen nummers|late telefoontjes|onderhandelen], [dank je|alsjeblieft|zonder uitzondering].",
        "Open van [negen|tien|elf|twaalf] tot [acht|negen|tien|middernacht], [ook op zondag|maandag gesloten|elke dag|alleen doordeweeks].",
        "Ik [reis|kom|ga] ook naar [hotels|je huis|kantoren|beurzen] in [het centrum|de hele regio|dorpen dichtbij].",
        "[Vaste gasten|Nieuwe bezoekers|Oudere heren|Zakenreizigers] zijn [heel welkom|altijd welkom|met respect ontvangen].",
        "Tot [gauw|ziens|snel|een fijn gesprek], groetjes van {name}.",
    ),
    "de": (
        "Ich heiße {name} und empfange [diese Woche|diesen Monat|das ganze Jahr|bis Sonntag] in {city}.",
        "Das [ruhige|helle|kleine|moderne|gepflegte] Studio liegt [nahe|hinter|gegenüber|direkt neben] dem [Bahnhof|Park|Markt|Museum|alten Rathaus].",
        "[Kostenlos|Sicher|Bequem|Überdacht] parken [vor der Tür|um die Ecke|in der Nebenstraße|unter dem Haus].",
        "Ich biete [entspannende|klassische|wohltuende|sanfte|schwedische] Massage mit [leiser Musik|Kerzen|frischen Tüchern|Kräutertee].",
        "Eine Stunde kostet {price}, [eine halbe Stunde|neunzig Minuten|ein ganzer Abend] nach [Absprache|Anfrage|Wunsch].",
        "Ich bin [freundlich|geduldig|fröhlich|ruhig|höflich] und spreche [Englisch|etwas Französisch|zwei Sprachen|ein wenig Polnisch].",
        "[Dusche|Getränke|Handtücher|Internet] [inklusive|stehen bereit|ohne Aufpreis|für jeden Gast].",
        "Bitte [anrufen|schreiben|melden|texten]: {phone}, [eine Stunde vorher|bevor du kommst|am Vormittag|ab zehn Uhr].",
        "Keine [unterdrückten Nummern|anonymen Anrufe|späten Anrufe|Preisdiskussion], [danke|bitte|ohne Ausnahme].",
        "Geöffnet von [neun|zehn|elf|zwölf] bis [acht|neun|zehn|Mitternacht], [auch sonntags|montags geschlossen|täglich|nur werktags].",
        "Ich [reise|komme|fahre] auch [in Hotels|nach Hause|in Büros|zu Messen] in [der Innenstadt|der ganzen Region|nahen Orten].",
        "[Stammgäste|Neue Besucher|Ältere Herren|Geschäftsreisende] sind [sehr willkommen|gern gesehen|mit Respekt empfangen].",
        "Ich freue mich [auf dich|auf deinen Anruf|auf ein nettes Gespräch|auf bald], {name}.",
    ),
    "es": (
        "Me llamo {name} y recibo [esta semana|este mes|todo el año|hasta el domingo] en {city}.",
        "El [tranquilo|luminoso|pequeño|moderno|discreto] estudio está [cerca|detrás|enfrente|al lado] [de la estación|del parque|del mercado|del museo|del puente viejo].",
        "Aparcamiento [gratis|seguro|fácil|cubierto] [en la puerta|a la vuelta|en la calle de al lado|bajo el edificio].",
        "Ofrezco masaje [relajante|clásico|tradicional|suave|deportivo] con [música suave|velas|toallas limpias|té de hierbas].",
        "Una hora cuesta {price}, [media hora|noventa minutos|una tarde entera] a [convenir|consultar|petición].",
        "Soy [amable|paciente|alegre|tranquila|educada] y hablo [inglés|algo de francés|dos idiomas|un poco de italiano].",
        "[Ducha|Bebida|Toalla|Wifi] [incluida|siempre lista|sin coste|para cada visita].",
        "[Llama|Escribe|Avisa] al {phone} [una hora antes|antes de venir|por la mañana|a partir de las diez].",
        "No atiendo [números ocultos|llamadas privadas|llamadas tarde|regateos], [gracias|por favor|sin excepción].",
        "Abierto de [nueve|diez|once|doce] a [ocho|nueve|diez|medianoche], [también domingos|lunes cerrado|cada día|solo laborables].",
        "También [viajo|voy|me desplazo] a [hoteles|domicilios|oficinas|ferias] en [el centro|toda la región|pueblos cercanos].",
        "[Clientes habituales|Nuevas visitas|Señores mayores|Viajeros de negocios] son [muy bienvenidos|tratados con respeto|siempre bien recibidos].",
        "Espero [conocerte|tu llamada|una charla agradable|verte pronto], {name}.",
    ),
    "fr": (
        "Je m'appelle {name} et je reçois [cette semaine|ce mois|toute l'année|jusqu'à dimanche] à {city}.",
        "Le studio [calme|lumineux|petit|moderne|discret] est [près|derrière|en face|à côté] [de la gare|du parc|du marché|du musée|du vieux pont].",
        "Stationnement [gratuit|sûr|facile|couvert] [devant la porte|au coin|dans la rue voisine|sous l'immeuble].",
        "Je propose un massage [relaxant|classique|traditionnel|doux|suédois] avec [musique douce|bougies|serviettes propres|tisane].",
        "Une heure coûte {price}, [une demi-heure|une heure et demie|une soirée entière] sur [demande|entente|accord].",
        "Je suis [aimable|patiente|joyeuse|calme|polie] et je parle [anglais|un peu espagnol|deux langues|un peu allemand].",
        "[Douche|Boisson|Serviette|Wifi] [comprise|toujours prête|sans frais|pour chaque visite].",
        "[Appelez|Écrivez|Joignez] le {phone} [une heure avant|avant de venir|le matin|après dix heures].",
        "Pas de [numéros masqués|numéros privés|appels tardifs|négociation], [merci|s'il vous plaît|sans exception].",
        "Ouvert de [neuf|dix|onze|douze] à [vingt|vingt et une|vingt-deux|vingt-trois] heures, [dimanche aussi|fermé lundi|tous les jours|en semaine].",
        "Je me déplace aussi [à l'hôtel|à domicile|au bureau|aux salons] dans [le centre|toute la région|les villes voisines].",
        "Les [habitués|nouveaux visiteurs|messieurs mûrs|voyageurs d'affaires] sont [les bienvenus|reçus avec respect|toujours bien accueillis].",
        "À [bientôt|très vite|tout à l'heure|votre écoute], {name}.",
    ),
    "ro": (
        "Mă numesc {name} și primesc [săptămâna asta|luna asta|tot anul|până duminică] în {city}.",
        "Studioul [liniștit|luminos|mic|modern|discret] este [lângă|în spatele|vizavi de|aproape de] [gară|parc|piață|muzeu|podul vechi].",
        "Parcare [gratuită|sigură|ușoară|acoperită] [în fața ușii|după colț|pe strada vecină|sub bloc].",
        "Ofer masaj [relaxant|clasic|tradițional|cald|suedez] cu [muzică liniștită|lumânări|prosoape curate|ceai de plante].",
        "O oră costă {price}, [jumătate de oră|nouăzeci de minute|o seară întreagă] la [cerere|înțelegere|telefon].",
        "Sunt [prietenoasă|răbdătoare|veselă|calmă|politicoasă] și vorbesc [engleză|puțină franceză|două limbi|puțină italiană].",
        "[Duș|Băutură|Prosop|Internet] [inclus|mereu pregătit|fără cost|pentru fiecare oaspete].",
        "[Sună|Scrie|Caută] la {phone} [cu o oră înainte|înainte să vii|dimineața|după ora zece].",
        "Nu răspund la [numere ascunse|numere private|apeluri târzii|negocieri], [mulțumesc|te rog|fără excepție].",
        "Deschis de la [nouă|zece|unsprezece|douăsprezece] la [opt|nouă|zece|miezul nopții], [și duminica|luni închis|zilnic|doar în cursul săptămânii].",
        "[Merg|Vin|Călătoresc] și la [hotel|domiciliu|birou|evenimente] în [centru|toată regiunea|orașele apropiate].",
        "[Clienții vechi|Vizitatorii noi|Domnii în vârstă|Oamenii de afaceri] sunt [bineveniți|primiți cu respect|mereu așteptați].",
        "Aștept [să te cunosc|apelul tău|o discuție plăcută|să ne vedem], {name}.",
    ),
}

TITLES: dict[str, tuple[str, ...]] = {
    "en": (
        "{name} in {city}",
        "Massage by {name}, {city}",
        "{city}: relax with {name}",
        "New studio in {city}",
    ),
    "nl": ("{name} in {city}", "Massage bij {name}", "Ontspannen in {city}", "{city}: studio van {name}"),
    "de": ("{name} in {city}", "Massage bei {name}", "Entspannung in {city}", "{city}: Studio {name}"),
    "es": ("{name} en {city}", "Masajes {name}", "Relax en {city}", "{city}: estudio de {name}"),
    "fr": ("{name} à {city}", "Massage par {name}", "Détente à {city}", "{city} : studio de {name}"),
    "ro": ("{name} în {city}", "Masaj la {name}", "Relaxare în {city}", "{city}: studioul {name}"),
}

HELP: dict[str, str] = {
    "en": "In need of help or advice? Free and confidential: {phone}",
    "nl": "Hulp of advies nodig? Gratis en vertrouwelijk: {phone}",
    "de": "Hilfe oder Rat gesucht? Kostenlos und vertraulich: {phone}",
    "es": "¿Necesitas ayuda o consejo? Gratis y confidencial: {phone}",
    "fr": "Besoin d'aide ou de conseil ? Gratuit et confidentiel : {phone}",
    "ro": "Ai nevoie de ajutor sau sfat? Gratuit și confidențial: {phone}",
}

# Adverts that have nothing to do with the matter: the noise of any crawl.
NOISE: dict[str, tuple[str, ...]] = {
    "en": (
        "bicycle",
        "oak table",
        "winter coat",
        "guitar lessons",
        "garden work",
        "moving help",
        "kitchen chairs",
    ),
    "nl": ("fiets", "eiken tafel", "winterjas", "gitaarles", "tuinwerk", "verhuishulp", "keukenstoelen"),
    "de": (
        "Fahrrad",
        "Eichentisch",
        "Wintermantel",
        "Gitarrenunterricht",
        "Gartenarbeit",
        "Umzugshilfe",
        "Stühle",
    ),
    "es": ("bicicleta", "mesa de roble", "abrigo", "clases de guitarra", "jardinería", "mudanzas", "sillas"),
    "fr": ("vélo", "table en chêne", "manteau", "cours de guitare", "jardinage", "déménagement", "chaises"),
    "ro": ("bicicletă", "masă de stejar", "palton", "lecții de chitară", "grădinărit", "mutări", "scaune"),
}

FOOTERS: dict[str, str] = {
    "adverta.example": "Posted on Adverta. Stay safe: never pay in advance. Questions: support@adverta.example",
    "plakboard.example": "Plakboard, the free board. Report this advert: melden@plakboard.example",
    "vitrin.example": "Published through Vitrin Premium. contact@vitrin.example",
}
PLATFORMS = (*FOOTERS, "kleinmarkt.example", "citylist.example", "anunta.example")

# First names that many operations share.
NAMES = (
    "Anna", "Maria", "Sofia", "Elena", "Lina", "Eva", "Nina", "Laura", "Diana", "Julia", "Carla", "Emma", "Sara",
    "Alina", "Bianca", "Clara", "Daria", "Flora", "Gina", "Irina", "Jana", "Kira", "Lea", "Mila", "Nora", "Olga",
    "Petra", "Rosa", "Sonja", "Tina", "Vera", "Zoe", "Amelia", "Carmen", "Ioana", "Katia", "Lucia", "Mona",
)  # fmt: skip

# Country: language of its adverts, hours east of UTC, currency mark, dialling code, mobile pattern, cities.
COUNTRIES: dict[str, tuple[str, int, str, str, str, tuple[str, ...]]] = {
    "GB": (
        "en",
        0,
        "£",
        "44",
        "7[45789]########",
        ("London", "Leeds", "Bristol", "Cardiff", "Glasgow", "York", "Hull"),
    ),
    "NL": (
        "nl",
        1,
        "€",
        "31",
        "6[12345]#######",
        ("Amsterdam", "Utrecht", "Breda", "Zwolle", "Arnhem", "Leiden"),
    ),
    "DE": (
        "de",
        1,
        "€",
        "49",
        "15[127]########",
        ("Berlin", "Köln", "Essen", "Bremen", "Leipzig", "Kassel", "Mainz"),
    ),
    "ES": (
        "es",
        1,
        "€",
        "34",
        "6[1235678]#######",
        ("Madrid", "Valencia", "Bilbao", "Murcia", "Vigo", "Gijón"),
    ),
    "FR": (
        "fr",
        1,
        "€",
        "33",
        "6[1234568]#######",
        ("Paris", "Lyon", "Nantes", "Lille", "Reims", "Dijon", "Metz"),
    ),
    "RO": (
        "ro",
        2,
        "lei",
        "40",
        "7[234567]#######",
        ("Cluj", "Iași", "Brașov", "Oradea", "Arad", "Sibiu", "Galați"),
    ),
}
