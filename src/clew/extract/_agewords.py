"""Words beside a number that make it an age, a duration or the age of a thing, in the languages of the records."""

from __future__ import annotations

from functools import cache

from clew.extract._words import Words, grouped, vocabulary

# What a word beside a number says: years (or a duration), an age without doubt, a limit instead of an age
# ("over 18"), a duration or something else counted, the person who speaks, nothing by itself; an age of whatever
# the next word names, experience or a guarantee, a thing that is so old, years only where "old" follows.
YEARS, OLD, LIMIT, COUNTED, PERSON, LINKING, YEAR, AGED, EXPERIENCE, THING, SHORT, TURNED = range(12)
# More of them: Dutch years (after which "en" is "and"), "she" (whose age follows "is"), "now" or "only" before an age,
# Polish "lat 24", the German words that are "I am" in English, "en", the person who speaks before "is" ("jag är"),
# "her" (whose age follows), "girl" (whose age follows, or "is"), what may stand before that one, and one that is also
# many ("Mädchen"), a business before "is" (but "club: 18 years old"), "girls", Hungarian "nő", which is read as "no",
# "new" and "arrived", "here" and "with us" after them.
DUTCH, SHE, NOW, LAT, GERMAN, EN, SELF, HER, NOUN, YOUNG, NOUNS, FIRM, MANY, NO, NEW, HERE = range(12, 28)
_EXPERIENCE = """
    experience experiences ervaring werkervaring erfahrung berufserfahrung esperienza experiencia
    expérience doswiadczenia doswiadczenie doswiadczeniem praxe praxi prax tapasztalat tapasztalattal tapasztalata
    erfarenhet erfaring erfaringen kokemus kokemusta kokemuksella εμπειρια εμπειριας deneyim deneyimi tecrube
    tecrubesi iskustva iskustvo iskustvom искуство искуства izkušenj zkušeností zkušenosti skúseností patirtis patirties
    pieredze pieredzes kogemus kogemust
    experienta experiență опыт опыта опытом стаж стажа стажем досвід досвіду досвідом стажу опит опита опитът
    warranty guarantee garantie garanzia garancia garancija garancije garancie garantia garanti garantii gwarancja
    gwarancji záruka zaruky jotallas takuu гарантия гарантии гарантией гарантія гарантії гаранция гаранции гаранција
    market markt marché mercato mercado rynku trhu piata piacon marknaden markedet markkinoilla αγορα piyasada pazarda
    tržištu рынке ринку пазара тржишту
"""
_WORKS = """
    работаем работаю работает работают работал работала работы трудимся працюємо працюю працює работим работи
    работя dolgozunk dolgozom pracujemy pracuje lucram lucrez lucreaza pracujeme radimo
"""
_THINGS = """
    company companies firm business enterprise brand agency house building car vehicle factory
    bedrijf zaak gebouw huis firma unternehmen gebäude haus fahrzeug entreprise société maison bâtiment immeuble
    azienda ditta società edificio macchina empresa compañia carro companhia prédio firmy przedsiębiorstwo dom domu
    budynek samochod spolecnost dum budova cég vállalat ház épület autó auto compania companie clădire clădirea mașină
    фирма фирме компания компании компанія компанії компанията фирмата дом дому здание зданию будинок будинку
    будівля машина машине авто сграда сградата къща къщата кола колата
    företag företaget hus huset bil bilen selskap bygning virksomhed yritys talo rakennus
"""
# A number after these is their age, but a person may have one: "25 years old apartment in the centre".
_HOMES = "flat apartment woning wohnung appartement lägenhet lejlighed lakás mieszkanie квартира квартире"

_AFTER = {
    OLD: "yo yold yearold yearsold enne enni",
    AGED: """
        jarig jarige jaehrig jaehrige jahrig jahrige jahriger jahriges letnia letni letnie летняя летний летние arig
        ariga rocna rocny éves eves evesen godisnja годишна годишняя річна vuotias yasindayim anitos aninhos годиков
        летнее летней річний річного годишен годишно
    """,
    YEAR: "year",
    COUNTED: """
        min mins minute minutes minuten minut minuti minuty minutter мин минут hr hrs hour hours uur stunden std
        heures horas ore godzin h km m cm kg g ml m2 % euro euros eur usd gbp pln zl kc lei photos fotos reviews ads
        girls escorts models profiles listings results members hotels jobs meisjes vrouwen advertenties profielen
        damen frauen anzeigen profile filles annonces profils chicas anuncios ragazze annunci dziewczyn ogłoszeń
        ogłoszenia fete anunțuri lány hirdetés девушек анкет объявлений offers pm am uhr january february march april
        may june july august september october november december januar februar märz mai juni juli oktober dezember
        janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril
        mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio
        settembre ottobre dicembre januari februari maart mei augustus stycznia lutego marca kwietnia maja czerwca
        lipca sierpnia września października listopada grudnia января февраля марта апреля мая июня июля августа
        сентября октября ноября декабря
    """,
    SHORT: "j",
    DUTCH: "jaar jaartjes jr",
    YEARS: """
        years ans anni anos ani jahre jahren lat lata latka let rokov leta év år aar vuotta ετων χρονων лет года год
        роки років годин години годината godine gadi metu aastat yrs yr yaşında yasinda
    """,
}
_NEXT = {
    OLD: """
        old oud alt jong jung young age edad idade eta âge varsta vana stara star gammal gammel ny
    """,
    LINKING: "of de d di w on op the sur le am auf dem na pe a på на в с з",
    EXPERIENCE: _EXPERIENCE,
    COUNTED: """
        ago geleden fa temu nazad назад sedan siden sitten contract in within together professional service relevant
        work working sales lang dienst with or only at since exp business imprisonment later bei als im sul nel dans
        работы роботи
    """,
    EN: "en",
    THING: _THINGS,
}
_BEFORE = {
    OLD: """
        age aged leeftijd alter eta età edad idade âge varsta vârstă wiek vek věk kor életkor alder ålder ika ikä
        vanus возраст вік годы starost yas yaş ηλικια
    """,
    PERSON: "bin ben ai ho tengo tenho mam mám jestem sunt mne мне мені imam olen съм είμαι m",
    GERMAN: "am im",
    SHE: "she he zij ze hij sie elle ella él lei lui ela ele ea она вона він тя той hon hun hän",
    HER: "ей їй",
    NOUN: """
        hölgy kisasszony signorina señorita senhorita domnișoară mademoiselle schoolgirl teen teenager student studente
        studentin étudiante estudiante studentessa studentka studentă студентка girl boy lady woman meisje vrouw meid
        jongen dame junge frau fille garçon femme chica chico mujer ragazza ragazzo donna rapariga moça menina mulher
        fata femeie dziewczyna kobieta dívka holka žena lány девушка девочка женщина дівчина жінка момиче жена flicka
        tjej pige jente daughter sister niece dochter tochter hija figlia filha córka дочь
    """,
    NOUNS: "mädchen",
    NO: "nő",
    NEW: """
        new newly newcomer novità novedad nouveauté neu neue neues nieuw nieuwe nieuwkomer nouvelle nueva nuova nova
        novidade nouă nowa nowość nová novinka új нова новая новинка новенькая arrived arrival arrivals eingetroffen
        angekommen aangekomen arrivée llegada arrivata chegada sosită przyjechała přijela érkezett приехала пристигна
        приїхала
    """,
    MANY: """
        girls ladies women meisjes dames vrouwen filles femmes frauen damen chicas mujeres ragazze donne raparigas
        meninas
        fete dziewczyny dívky holky lányok девушки девочки дівчата момичета devojke djevojke tjejer piger
    """,
    FIRM: """
        salon shop store restaurant bar club hotel pub cafe spa parlour studio school winkel zaak praktijk laden
        geschäft praxis magasin boutique institut tienda negocio local negozio locale loja salão sklep lokal gabinet
        obchod podnik salón magazin localul salonul szalon bolt üzlet салон магазин клуб заведение заклад хотел
    """,
    YOUNG: """
        teen teenage little cute sweet beautiful pretty lovely sexy hot petite mooi mooie lieve leuke schöne schönes
        hübsche hübsches süße süßes frisches jolie belle hermosa guapa bella bonita linda carina frumoasă dulce piękna
        ładna krásná hezká szép красивая милая гарна красива
        young our een jong jonge ein eine junges junge une jeune una joven giovane uma jovem o tânără młoda mladá fiatal
        молодая юная млада молода
    """,
    SELF: "jag jeg аз",
    NOW: """
        only nu pas net jetzt erst nur seulement solo solamente ahora tylko теперь сейчас только зараз тільки сега
        само csak most bara kun nyní jen teraz teprve doar acum apenas agora vain nyt
    """,
    LAT: "lat",
    LIMIT: """
        over almost presque quasi casi fast bijna ya already bereits al déjà deja già under above below least minimum
        min max maximum minimaal mindestens about past last next within for since moins vanaf boven onder ab unter
        über minimo almeno oltre meno menos mas más bis tot until than after ponad powyzej ponizej od do от до older
        younger ouder jonger alter first every during через за более больше свыше около почти примерно понад більше
        більш майже близько повече над peste aproape preste mint közel majdnem több više gotovo prawie niemal okolo
        téměř přes üzeri yli melkein nesten næsten nästan nearly sinds seit depuis da desde dal dla the wenigstens
        preko nad pod sub och yfir size gr größe maat taille talla taglia tamanho rozmiar mărime mărimea méret размер
        розмір velikost veľkosť storlek størrelse
    """,
    TURNED: "turned turning cumpli cumplo исполнилось виповнилось",
    LINKING: """
        is are was de di of von van ist est es je jest este har är er just has have had now работы роботи pracy work
        ma a ha tem tiene на
    """,
    EXPERIENCE: _EXPERIENCE + _WORKS,
    THING: _THINGS + _HOMES,
    HERE: """
        here hier in town us bei uns bij ons ici chez nous en ville aquí ciudad nosotras con qui da noi città aqui
        conosco cidade aici oraș w na v в на tutaj tu nas mieście tady nás itt nálunk здесь тут тук у нас городе при
        тука града місті recién frisch appena tocmai právě właśnie nowo
    """,
}
# After "am 24." and "im 17.": German days, floors, districts.
_ORDINALS = """
    januar februar märz april mai juni juli august september oktober november dezember jan feb mrz apr jun jul aug sep
    sept okt nov dez und bis oder des dieses bezirk gemeindebezirk wiener stock stockwerk og obergeschoss geschoss etage
    jahrhundert jh jahr lebensjahr lebensmonat monat semester distrikt arrondissement kreis viertel quartal kapitel tag
    rang platz teil gang jubiläum
"""
# Words after "25F" where it is a floor, a flat or the weather.
_PLACES = """
    floor floors tower towers building centre center plaza house mansion court road rd street st avenue ave lane block
    flat apartment apt room suite unit gate seat bus outside degrees deg weather temperature cold warm hot snow wind low
    high today tonight tomorrow morning
"""


# After "I am 17": the sentence goes on.
_JOINING = "and und en et y e i a и і та й și si és og och ja ve και но але but aber mais maar pero ma mas ale de"


@cache
def words_joining() -> Words:
    """Words after a number by which a sentence goes on."""
    return vocabulary(dict.fromkeys(_JOINING.split(), 0))


@cache
def words_after() -> Words:
    """Words after a number."""
    return grouped(_AFTER)


@cache
def words_next() -> Words:
    """Words after the word for years."""
    return grouped(_NEXT)


@cache
def words_before() -> Words:
    """Words before a number."""
    return grouped(_BEFORE)


@cache
def words_of_places() -> Words:
    """Words after "25F" that make it no age."""
    return vocabulary(dict.fromkeys(_PLACES.split(), 0))


@cache
def words_of_order() -> Words:
    """German words after a number and a dot that make it an ordinal."""
    return vocabulary(dict.fromkeys(_ORDINALS.split(), 0))
