"""What words near an age below 18 say of whose it is, in the languages of the records."""

from __future__ import annotations

from functools import cache

from clew.extract._words import Words, grouped

# What a word near an age says: somebody by themselves, somebody of the family, the family only after "my" or "for"
# ("fille", "child"), a thing that grows old, what is made for an age (lessons, a nanny), "for", "looking", "my",
# offered wherever it stands in a text, offered where it stands in the sentence, nothing, "in" (somebody is in a thing),
# "without".
PERSON, KIN, OWNED, GOODS, MADE, FOR, SEEK, OWN, OFFER, OFFERED, BETWEEN, PLACED, NONE = range(13)
# More of them: clothes and toys, which are sold by age; a mother or father ("of Tim"), a house and what stands in it,
# "for sale", "size", a family ("with Emma"), an animal whose word is no pet name for a person (those are GOODS), what
# is said of animals only, "adoption" (beside an animal), a birthday, and what is for one.
WORN, PARENT, HOME, SALE, SIZE, FAMILY, ANIMAL, PET, ADOPTED, BIRTHDAY, PARTY = range(13, 24)

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
        machine mower lawnmower oven stove printer tent pram stroller saxophone accordion motorhome maschine máquina
        maszyna stroj gép
        whisky whiskey scotch bourbon malt malts rum cognac brandy armagnac wine wines cheese vinegar tequila sherry
        calvados cask barrel oak wijn wein käse vin fromage vino queso formaggio vinho queijo wino víno konyak виски
        коньяк вино сыр віскі whiskyn puppy kitten mare gelding stallion labrador terrier poodle poes stute chatte
        chienne cheval jument perra gata yegua gatta cavalla cagnolina cachorro cadela pisica pisică iapă klacz kočka
        kočička собака пес кошка кот кіт кішка котка car cars truck lorry bike bicycle scooter motorcycle motorbike boat
        yacht caravan camper tractor trailer laptop computer piano guitar violin engine tyres battery tree trees bonsai
        fiets boot wagen fahrrad klavier voiture vélo bateau coche bicicleta barco coce macchina auto barca carro mașina
        mașină casă samochód rower kolo autó машина автомобиль велосипед авто кола αυτοκίνητο bil bilen araba
    """,
    ANIMAL: """
        dog dogs cat cats tomcat horse pony parrot tortoise rabbit hond hondje teef kat kater paard merrie papegaai
        konijn hund hunde hündin katze kaninchen pferd wallach chien chiens chat chats perro perros gato gatos caballo
        conejo cane cani gatto gatti cavallo coniglio cão cães câine câini pies psy suczka kot koty kotka koń królik pes
        fena kůň kutya macska kandúr ló nyúl собаки кошки конь лошадь кобыла кінь куче кученце кон σκύλος γάτα hest häst
        katt koira kissa
    """,
    PET: """
        neutered spayed spay sterilised sterilized microchip microchipped dewormed rehome rehoming rehomed
        gesteriliseerd gecastreerd gechipt ontwormd herplaatsing kastriert kastrierter kastrierte kastrierten
        sterilisiert sterilisierte gechippt gechipt entwurmt tierheim stérilisé stérilisée castré castrée pucé pucée
        vermifugé vermifugée esterilizado esterilizada castrado castrada desparasitado desparasitada sterilizzato
        sterilizzata castrato castrata sverminato sverminata microchippato microchippata sterilizat sterilizată castrat
        castrată deparazitat deparazitată microcipat microcipată sterylizowana wysterylizowana wykastrowany kastrowany
        odrobaczony odrobaczona zaczipowany zaczipowana sterilizovaná kastrovaný kastrovaná odčervený odčervená
        ivartalanított ivartalanítva féregtelenítve chipelt gazdit стерилизована стерилизован кастриран кастрирана
        обезпаразитен обезпаразитена чипирана чипиран стерилизованная кастрирован кастрированный глистогонили
        стерилізована кастрований чіпована
    """,
    ADOPTED: """
        adoption adoptie adoptieren adopción adopter adottare adozione adoptar adoptie adopție adopcji adopcję adopce
        adopci örökbe örökbefogadható осиновяване усыновление adopcja adoção vermittlung
    """,
    BIRTHDAY: """
        congratulations gefeliciteerd glückwunsch félicitations felicidades felicitări auguri parabéns gratulacje
        birthday birthdays verjaardag verjaardagen verjaardagstaart verjaardagsfeest verjaardagsfeestje jarige
        kinderfeestje kinderfeest geburtstag geburtstags geburtstagstorte geburtstagskuchen geburtstagsfeier
        geburtstagsparty kindergeburtstag anniversaire anniversaires cumpleaños compleanno aniversário aniversario
        aniversare urodziny urodzin urodzinowy urodzinowe narozeniny narozenin narodeniny születésnap születésnapi
        születésnapja születésnapra születésnapjára рождения рожденья рожден народження γενέθλια födelsedag fødselsdag
        doğum
    """,
    PARTY: """
        party parties cake cakes gift gifts present presents celebration christening communion confirmation feest
        feestje taart cadeau cadeautje doop feier torte kuchen geschenk geschenke taufe kommunion fête gâteau baptême
        fiesta tarta pastel regalo regalos bautizo comunión festa torta battesimo comunione bolo presente batizado
        petrecere tort cadou botez przyjęcie prezent chrzciny komunia oslava dort dárek buli ajándék keresztelő праздник
        торт подарок торта парти подарък свято подарунок kalas tårta kage gave
    """,
    HOME: """
        house houses flat apartment building fridge sofa mattress boiler furnace roof kitchen carpet tv television
        washing dryer furniture huis woning keuken meubel meubels haus wohnung küche möbel maison cuisine meuble meubles
        casa piso muebles appartamento mobili prédio apartament dom mieszkanie meble dům byt ház lakás bútor квартира
        дом мебель будинок къща апартамент σπίτι hus huset hytte talo kuća
    """,
    WORN: """
        uniform uniforms shoes shoe boots trainers sneakers dress dresses jacket coat clothes clothing trousers jeans
        skirt shirt sweater costume pyjamas swimsuit toys toy book books game games lego puzzle schoenen schoen jas
        kleding broek rok jurk trui speelgoed boek boeken schuhe schuh jacke mantel kleid kleidung hose rock pullover
        spielzeug buch bücher chaussures manteau veste vêtements robe pantalon jupe pull jouet jouets livre livres
        zapatos zapatillas abrigo chaqueta ropa vestido falda jersey juguete juguetes libro scarpe giacca cappotto
        vestiti vestito gonna maglione giocattoli sapatos casaco roupa saia brinquedo brinquedos pantofi geacă haine
        rochie fustă jucărie jucării buty kurtka ubrania ubranko sukienka spodnie spódnica zabawki zabawka boty bunda
        oblečení šaty kalhoty sukně hračky cipő kabát ruha játék játékok обувь туфли куртка одежда платье форма юбка
        игрушки игрушка взуття сукня одяг іграшки обувки яке дрехи рокля играчки skor jacka kläder leksaker sko jakke
        tøj legetøj kengät takki vaatteet hoodie raincoat pants leggings tracksuit wetsuit costumes anorak cardigan
        blouse winterjas badpak vest winterjacke winterschuhe badeanzug bluse doudoune blouson sudadera camiseta piumino
        maglietta felpa camisola calças bluză pantaloni bluza bluzka koszulka dres mikina tričko kabátek kurtki пальто
        куртки свитер комбинезон штани светр якета пуловер
    """,
    MADE: """
        tutor tutoring lessons lesson nanny babysitter babysitting au pair school class classes club camp course courses
        football dance ballet team bijles oppas kamp cursus voetbal nachhilfe kindermädchen cours nounou garde soutien
        clases niñera canguro ripetizioni tata lezioni aulas meditații korepetycje niania opiekunka doučování
        korrepetálás репетитор няня учител
    """,
    PARENT: """
        mother mothers mom mum mommy mummy mama mamma father fathers dad daddy papa parent parents grandmother grandma
        grandfather grandpa aunt uncle godmother godfather moeder vader ouders papa mutti vati mutter vater eltern oma
        opa tante onkel maman mère père parents marraine madre padre padres mamá papá tía tío papà genitori zia zio mãe
        pai pais tia tio mama tata tatăl mamei părinții mătușa bunica rodzice matka ojciec matką maminka máma táta
        rodiče anya apa szülők мама папа мать отец родители мати батько батьки майка майката баща бащата родителите mor
        far forældre mamma pappa föräldrar foreldre
    """,
    FAMILY: "family familie gezin famille familia famiglia família rodzina rodina család семья семейство сім'я familj",
    SALE: """
        sale sell selling sells verkaufe verkauf verkauft verkaufen koop verkoop verkopen vends vendre vente vendo
        vendesi vende vendita venta sprzedam sprzedaż vând vânzare eladó elado продам продаю продается продається
        продавам prodám prodej predám säljes säljer sælges selges
    """,
    SIZE: """
        size sizes größe gr maat taille talla taglia tamanho rozmiar mărime mărimea méret размер розмір velikost veľkosť
        storlek størrelse
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
        unsere unserer lui moje moja mojego mojej моя моей моего моему моїй mi nuestro nuestra mia mio nostra nostro
        minha meu nossa
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
    PLACED: "in at by with met en im am bei mit op bij dans chez w na u v em din la pe con avec z s в на у с en",
    NONE: """
        no without any keine kein ohne geen zonder pas sans sin senza nessun bez nie mam brak без нет нема nincs fără
        sem
    """,
    BETWEEN: """
        is are was aged age old years year who now just only of von vom del della av af ist wird wurde alter alt est
        âge agee agée âgée âgé de oud leeftijd van die tiene edad años ha età anni di tem idade vârsta ma wiek w lat
        je věk let kora kor éves лет года возраст років вік години
    """,
}  # fmt: skip


@cache
def words_near() -> Words:
    """Words near an age."""
    return grouped(_WORDS)
