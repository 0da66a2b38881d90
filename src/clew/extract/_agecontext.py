"""Whose an age below 18 is: of who is offered, or of a whisky, a dog, a car, of clothes, of a child that needs a tutor.

In doubt it is of who is offered: one that is missed is worse than one that a person looks at for nothing.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from clew.extract._words import DIGIT, LETTER, Words, grouped, lookup, skip_spaces, word_begin, word_end
from clew.extract.fold import BREAK
from clew.ingest.kernels import kernel_step

# What a word near an age says: somebody by themselves, somebody of the family, the family only after "my" or "for"
# ("fille", "child"), a thing that grows old, what is made for an age (clothes, lessons), "for", "looking", "my",
# offered wherever it stands in a text, offered where it stands in the sentence, nothing, "in" (somebody is in a thing),
# "without".
PERSON, KIN, OWNED, GOODS, MADE, FOR, SEEK, OWN, OFFER, OFFERED, BETWEEN, PLACED, NONE = range(13)
_AROUND = 2000  # symbols on each side that an offer is looked for in: more would take too long in a text of many ages
_FAR, _WIDE = 10, 40  # words back: in a sentence, or where a "she" stands for who was named before

_WORDS = {
    PERSON: """
        schüler schülerin leerling élève alumno alumna uczeń pupil i me myself girl girls boy boys teen teens teenager
        lady ladies woman women female model models student ik meisje meisjes meid dame jongen studente ich mädchen
        mädels frau junge studentin moi femme garçon étudiante yo chica chicas mujer chico muchacha io ragazza ragazze
        donna ragazzo studentessa eu rapariga menina moça garota mulher fata fete femeie tânără ja jestem dziewczyna
        dziewczyny kobieta dívka dívky holka žena lány lányok csaj я девушка девушки девочка девочки женщина дівчина
        дівчата жінка момиче момичета жена κορίτσι κοπέλα flicka tjej pige jente tyttö kız djevojka devojka djevojke
        devojke
    """,
    OWNED: """
        fille filles son kind kindje baby child children kid kids toddler kinderen kinder kindern enfant enfants niño
        niños niña niñas bambino bambini bambina bambine criança crianças copil copii copilul copiii dziecko dziecka
        dzieci dziećmi dítě děti dětem gyerek gyermek gyerekek dieťa deti ребенок ребенка ребенку дети детей детям
        дитина дитини діти дітей дете детето деца децата παιδί παιδιά barn barnet lapsi lapset çocuk dijete dete djeca
        deca
    """,
    KIN: """
        daughter daughters sons niece nephew grandson granddaughter grandchild grandchildren pupil pupils stepson
        stepdaughter sister brother dochter dochters dochtertje zoon zoons zonen zoontje nichtje neefje kleinzoon
        kleindochter zus zusje broer broertje leerlingen tochter töchter sohn söhne nichte neffe enkel enkelin
        schwester bruder fils nièce neveu élèves soeur frère hija hijas hijo hijos sobrina sobrino nieta nieto hermana
        hermano figlia figlie figlio figli nipote sorella fratello filha filhas filho filhos sobrinha fiica fiul fiu
        nepoata nepotul córka córki córką córkę córce syn syna synem wnuk wnuczka wnuczki siostrzenica uczennica dcera
        dcery dceru lányom lányunk fiam fiunk gyermekem gyerekem unokám dcéra дочь дочка дочери дочке дочку дочки сын
        сына сыну внук внучка внука внучки племянница племянник донька доньки доньці син сина онук онучка дъщеря
        дъщери дъщерята κόρη γιος dotter dottern datter sønn søn tytär poika kızım oğlum çocuğum kći kćer kćerka ćerka
    """,
    GOODS: """
        whisky whiskey scotch bourbon malt malts rum cognac brandy armagnac wine wines cheese vinegar tequila sherry
        calvados cask barrel oak wijn wein käse vin fromage vino queso formaggio vinho queijo wino víno konyak виски
        коньяк вино сыр віскі whiskyn dog dogs cat cats puppy kitten horse pony mare gelding stallion parrot tortoise
        labrador terrier poodle hond hondje kat poes kater paard merrie papegaai hund hündin katze pferd stute wallach
        chien chienne chat chatte cheval jument perro perra gato gata caballo yegua cane cagnolina gatto gatta cavallo
        cavalla cachorro cão cadela câine pisica pisică iapă pies suczka kot kotka koń klacz fena kočka kočička kůň
        kutya macska собака пес кот кошка конь лошадь кобыла кіт кішка кінь куче котка кон σκύλος γάτα hest häst katt
        koira kissa car cars truck lorry bike bicycle scooter motorcycle motorbike boat yacht caravan camper tractor
        trailer house houses flat apartment building laptop computer fridge piano guitar violin sofa mattress boiler
        furnace roof kitchen carpet tv television washing dryer engine tyres battery furniture tree trees bonsai huis
        woning fiets boot keuken meubel meubels wagen haus wohnung fahrrad küche möbel klavier voiture maison vélo
        bateau cuisine meuble meubles coche casa piso bicicleta barco muebles coce macchina auto appartamento barca
        mobili carro prédio mașina mașină casă apartament samochód dom mieszkanie rower meble dům byt kolo ház autó
        lakás bútor машина автомобиль квартира дом велосипед мебель авто будинок кола къща апартамент αυτοκίνητο σπίτι
        bil bilen hus huset hytte talo araba kuća
    """,
    MADE: """
        uniform uniforms shoes shoe boots trainers sneakers dress dresses jacket coat clothes clothing trousers jeans
        skirt shirt sweater costume pyjamas swimsuit toys toy book books game games lego puzzle tutor tutoring lessons
        lesson nanny babysitter babysitting au pair school class classes club camp course courses football dance
        ballet team schoenen schoen jas kleding broek rok jurk trui speelgoed boek boeken bijles oppas kamp cursus
        voetbal schuhe schuh jacke mantel kleid kleidung hose rock pullover spielzeug buch bücher nachhilfe
        kindermädchen chaussures manteau veste vêtements robe pantalon jupe pull jouet jouets livre livres cours
        nounou garde soutien zapatos zapatillas abrigo chaqueta ropa vestido falda jersey juguete juguetes libro
        clases niñera canguro scarpe giacca cappotto vestiti vestito gonna maglione giocattoli ripetizioni tata
        lezioni sapatos casaco roupa saia brinquedo brinquedos aulas pantofi geacă haine rochie fustă jucărie jucării
        meditații buty kurtka ubrania ubranko sukienka spodnie spódnica zabawki zabawka korepetycje niania opiekunka
        boty bunda oblečení šaty kalhoty sukně hračky doučování cipő kabát ruha játék játékok korrepetálás обувь туфли
        куртка одежда платье форма юбка игрушки игрушка репетитор няня взуття сукня одяг іграшки обувки яке дрехи
        рокля играчки учител skor jacka kläder leksaker sko jakke tøj legetøj kengät takki vaatteet
    """,
    FOR: """
        for fits fit fitting suit suits suitable size ages voor für ab pour dès para per da pentru dla pro pre för til
        для за ду на γιά για till için
    """,
    SEEK: """
        looking look search searching seek seeking want wanted wants need hire hiring casting zoek zoeken gezocht
        suche suchen gesucht cherche cherchons recherche busco buscamos busca cerco cerchiamo cercasi procuro caut
        căutăm szukam szukamy poszukuje hledám hledáme keresek keresünk ищу ищем требуется шукаю шукаємо търся търсим
        söker søger etsin
    """,
    OWN: """
        my our his her their s ma notre sa leur mes nos ses votre vos mijn ons mein unser ihr sein meine meinen meiner
        unsere unserer moje moja mojego mojej моя моей моего моему моїй mi nuestro nuestra mia mio nostra nostro minha
        meu nossa
    """,
    OFFER: """
        escort escorts escorte escortes incall outcall gfe companion companions companionship hostess gentlemen
        gentleman discreet discretion sensual heren herren messieurs caballeros cavalheiros signori domni panów panom
        pány pánům uraknak мужчин мужчинам чоловіків мъже diskret discret discrète discreta discreto discreti
        dyskretna dyskretnie дискретно diskrétní diszkrét ontvangst kundinnen эскорт ескорт hotelbesuche girlfriend
    """,
    OFFERED: """
        available availability massage massages masaż masaj masáž masaje massaggio massaggi массаж масаж meet meets
        meeting offers offer offering offered visit visits tonight rent hire earn beschikbaar ontmoet ontmoeten biedt
        bezoek verfügbar treffen bietet besucht besuchbar disponible disponibles rencontre rencontrer propose offre
        ofrece conocer disponibile disponibili incontra incontri disponível oferece encontros disponibilă oferă
        întâlniri dostępna dostępny oferuje spotka spotkania dostupná nabízí elérhető kínál találkozna доступна
        свободна предлагает встреча встречи пропонує зустріч предлага tillgänglig erbjuder tilgængelig tilbyder
    """,
    PLACED: "in at by with en im am bei mit op bij dans chez w na u v em din la pe con avec z s в на у с en",
    NONE: """
        no without any keine kein ohne geen zonder pas sans sin senza nessun bez nie mam brak без нет нема nincs fără
        sem
    """,
    BETWEEN: """
        is are was aged age old years year who now just only of ist wird wurde alter alt est âge agee agée âgée âgé de
        oud leeftijd van die tiene edad años ha età anni di tem idade vârsta ma wiek w lat je věk let kora kor éves
        лет года возраст років вік години
    """,
}  # fmt: skip


@cache
def words_near() -> Words:
    """Words near an age."""
    return grouped(_WORDS)


@kernel_step
def _back(sym, i, first, kinds, sentence):  # type: ignore[no-untyped-def]
    """Begin and end of the word before i (both i: none), and whether a comma or a bracket parts them."""
    j, parted = i, False
    while j > first and kinds[sym[j - 1]] != LETTER:
        c = sym[j - 1]
        ends = c in (10, 33, 63, 59) or (c == 46 and j < i and kinds[sym[j]] != DIGIT)
        if (sentence and ends) or c == BREAK or i - j > 40:
            return i, i, True
        parted |= c in (44, 40, 41, 45, 58, 10, 46) or c > 0xE000 or kinds[c] == DIGIT
        j -= 1
    return (word_begin(sym, kinds, j, first), j, parted) if j > first else (i, i, True)


@kernel_step
def _offered(sym, first, end, kinds, words, wanted):  # type: ignore[no-untyped-def]
    """Does a word of one kind stand in ``sym[first:end]``?"""
    i = first
    while i < end:
        while i < end and kinds[sym[i]] != LETTER:
            i += 1
        stop = word_end(sym, kinds, i, end)
        if lookup(words, sym, i, stop) == wanted:
            return True
        i = stop
    return False


@kernel_step
def _sentence(sym, begin, stop, first, end):  # type: ignore[no-untyped-def]
    """Begin and end of the sentence around ``sym[begin:stop]``."""
    first, end = max(first, begin - _AROUND), min(end, stop + _AROUND)
    while begin > first and sym[begin - 1] not in (10, 33, 63, BREAK) and (sym[begin - 1] != 46 or sym[begin] != 32):
        begin -= 1
    while stop < end and sym[stop] not in (10, 33, 63, 46, BREAK):
        stop += 1
    return begin, stop


@kernel_step
def _after_it(sym, stop, end, kinds, words):  # type: ignore[no-untyped-def]
    """What one of the three words after an age says (-1: nothing), parted by blanks, and if the first does."""
    for k in range(3):
        stop = skip_spaces(sym, stop, end, 2)
        if stop < end and sym[stop] == 45:
            stop += 1
        last = word_end(sym, kinds, stop, end)
        code = lookup(words, sym, stop, last)
        if code in (PERSON, KIN, GOODS, MADE):
            return code, k == 0
        if last == stop or code in (FOR, OWNED):
            break
        stop = last
    return -1, False


@kernel_step
def _placed(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """Does one of the three words before i say that somebody is in the thing there: "in my private flat"?"""
    for _ in range(3):
        i, j, parted = _back(sym, i, first, kinds, True)
        if i == j or parted:
            return False
        if lookup(words, sym, i, j) == PLACED:
            return True
    return False


@kernel_step
def _before_it(sym, begin, first, kinds, words, wide):  # type: ignore[no-untyped-def]
    """What the nearest telling word before an age says, whether it stands right there, and whether after "for"."""
    i, direct, made = begin, True, False
    for _ in range(_WIDE if wide else _FAR):
        a, b, parted = _back(sym, i, first, kinds, not wide)
        if a == b:
            break
        code = lookup(words, sym, a, b)
        c, d, _ = _back(sym, a, first, kinds, True) if code >= 0 else (a, a, True)
        before = lookup(words, sym, c, d)
        direct &= not parted
        if code == OWNED:
            code = KIN if before in (OWN, FOR) else -1
        if code == FOR and i == begin and not wide:  # "for age 16", but "looking for age 16"
            return (PERSON if before == SEEK else MADE), False, True
        made |= code == FOR and before != SEEK  # "a bicycle for Tim (12)"
        if code == KIN and before != NONE:
            return code, direct, before == FOR
        if code == GOODS and before != NONE and (direct or not _placed(sym, a, first, kinds, words)):
            return code, direct, False
        if code == MADE and (made or direct):
            return code, direct, True
        if code == PERSON and not wide:
            if before != FOR:
                return code, False, False
            made = True  # "shoes for girls aged 12"
        direct &= code == BETWEEN
        i = a
    return -1, False, False


@kernel_step
def for_sale(sym, at, first, end, kinds, words):  # type: ignore[no-untyped-def]
    """Is a text about goods or what is made for an age ("Veste, fille 14 ans") around ``at``, and offers nobody?"""
    first, end = max(first, at - _AROUND), min(end, at + _AROUND)
    about = _offered(sym, first, end, kinds, words, MADE) or _offered(sym, first, end, kinds, words, GOODS)
    return about and not _offered(sym, first, end, kinds, words, OFFER)


@kernel_step
def of_another(sym, begin, stop, first, end, kinds, words, wide):  # type: ignore[no-untyped-def]
    """Is the age ``sym[begin:stop]`` one of a thing, or of somebody's child who is not offered?

    ``wide``: "she" or "he" says whose it is, who may be named some sentences before.
    """
    code, first_word = _after_it(sym, stop, end, kinds, words)
    direct, served = first_word, False
    if code == PERSON:
        return False
    if code == MADE and not first_word:  # "daughter aged 15 needs a tutor": what stands before says whose it is
        code = np.int64(-1)
    if code < 0 or not first_word:
        told, near, made_for = _before_it(sym, begin, first, kinds, words, wide)
        if told == PERSON:
            return False
        if told >= 0:
            code, direct, served = told, near, made_for
    if code < 0:
        return False
    if code in (GOODS, MADE) and direct:
        return True
    if _offered(sym, max(first, begin - _AROUND), min(end, stop + _AROUND), kinds, words, OFFER):
        return False
    a, b = _sentence(sym, begin, stop, first, end)
    return code != KIN or served or not _offered(sym, a, b, kinds, words, OFFERED)
