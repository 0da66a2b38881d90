"""Words that name platforms, and the words around them, in the main European languages."""

from __future__ import annotations

from functools import cache

from clew.extract._words import Words, vocabulary, word_list

_CUES = {
    "telegram": "telegram tg telega telegramm телеграм телеграмм телега тг телеграмме telegrama tlgrm "
    "telegramas telegramie "
    "telegramu telegramem telegramon telegramul телеграме телеграма телеграму τέλεγκραμ телегу телеге телегой "
    "телеги тлг тгшка telegrm telegran telgram teligram telegrame telegramja telegramban tlg tlgr تلغرام تلجرام "
    "تيليجرام تيليغرام تلكرام",
    "whatsapp": "",
    "instagram": "instagram insta ig instagrama инстаграм инста инстаграмм instagramm instagramie instagramu "
    "instagramon "
    "instagramul инст инсте инсту инстик instagrame instagrm inscie instę lnsta lnstagram انستغرام انستقرام "
    "إنستغرام",
    "snapchat": "snapchat snap sc snapchatt снапчат snapp снап снапе snapie snapem snapa snapchacie snapchata snapcie "
    "snapchatie",
    "onlyfans": "onlyfans onlyfan онлифанс",
    "fansly": "fansly",
    "twitter": "twitter твиттер",
    "tiktok": "tiktok тикток",
    "facebook": "facebook fb фейсбук messenger",
    "kik": "kik",
    "wechat": "wechat weixin вичат",
    "viber": "viber вайбер",
    "line": "line",
    "signal": "signal сигнал",
    "skype": "skype скайп",
    "discord": "discord дискорд",
    "wickr": "wickr wickrme",
    "session": "session",
    "threema": "threema",
    "vk": "vk вк vkontakte вконтакте",
}
PLATFORMS = (*_CUES, "at")
WEAK = ("line", "signal", "session", "whatsapp")  # everyday words, or no account names: need a clear sign
CUES = frozenset(word for words in _CUES.values() for word in words.split())
# What a word between the two names says: nothing, that a name follows, or "@".
LINKING, NAMED, AT_WORD = 0, 1, 2
# How veiled names of platforms begin (`clew.extract._handleveiled`).
VEILED = (
    "t",
    "te",
    "t3",
    "t3l",
    "7el",
    "in",
    "1n",
    "1ns",
    "ins",
    "in5",
    "1nst",
    "sn",
    "sn4",
    "5na",
    "5n",
    "tel",
    "sna",
)

_LINKING = word_list(
    """
    is me my mein mijn mi il mon ist es e est on at add the auch ook too moj moja мой моя ник c to це это jest heet
    heißt heisst er
    """
)
_NAMED = word_list(
    """
    id name username user nick nickname nik handle account acc konto naam nome nombre nom usuario utente
    gebruikersnaam benutzername pseudo usr логин имя нік nazwa login profil profile profiel perfil
    аккаунт username
    """
)
_AT_WORDS = word_list(
    """
    małpa malpa arroba apenstaartje klammeraffe arobase arobas chiocciola chiocciolina собака собачка kukac zavináč
    zavinac snabel alfakrøll majmun кльомба маймунско
    """
)
_PREPOSITIONS = word_list(
    """
    on via by op auf sur por par su na per door over use using через в prin pe do z w via en in
    """
)

# Words that follow a platform's name without being an account.
NOT_NAMES = frozenset(
    word_list(
        """
    available only please message messages text texts chat call calls video photo photos pics pictures
    channel group kanaal groep gruppe kanal canal grupo grupa contact kontakt contacto contatto online
    number numbers nummer numero numer link links join follow write send add me here there also and or
    for with from your his her our the this that more info information app apps web bot verified
    verification premium private public direct fast first then reply replies answer answers service
    services when where what who why how yes not now today tonight always anytime open closed free paid
    model models content fan fans page site sites account accounts user username name names handle
    profile profiles list stuur bericht berichten alleen voor meer ook naar geen appen bellen
    beschikbaar nur bitte fur mehr auch oder nicht schreiben nachricht nachrichten verfugbar seulement
    pour plus aussi disponible message solo para mas tambien disponible mensaje mensajes escribe
    escribeme escribir scrivi scrivimi scrivere messaggio messaggi anche disponibile soltanto tylko
    prosze napisz dostepna dostepny wiadomosc doar mesaj mesaje scrie scrieti disponibila csak kerlek
    irj pouze prosim napis iba mobile phone telephone telefon telefoon telefono tel whatsapp viber
    signal home house hotel work jobs offer offers request requests dm dms pm inbox below above same
    other others both either live stream streaming story stories post posts followers likes gift gifts
    price prices euro euros dollar dollars hour hours half night week day days minutes session sessions
    meet meeting meetings real new old soon asap serious people men women clients client customers
    customer gentlemen guys girls lady ladies escort escorts massage discreet discrete incall outcall
    cash deposit payment pay crypto bitcoin everyone someone anyone nobody none hidden thanks thank
    sorry hello love kiss kisses see you all any can will would should have has had was were are but
    gratuit gratuite fini finie prive privee privé privée seulement uniquement gesloten weg gone back
    platform platforms lead leads data plan plans mobile based management manager marketing media ads
    advertising experience skills decision decisions suspended banned blocked deleted hacked
    """
    )
)


@cache
def cues() -> Words:
    """Words for a platform; the code is its place in PLATFORMS."""
    return vocabulary({w: PLATFORMS.index(p) for p, words in _CUES.items() for w in words.split()})


@cache
def connectors() -> Words:
    """Words between a platform's name and an account's; the code is LINKING, NAMED or AT_WORD."""
    return vocabulary(
        {**dict.fromkeys(_LINKING, LINKING), **dict.fromkeys(_NAMED, NAMED), **dict.fromkeys(_AT_WORDS, AT_WORD)}
    )


@cache
def prepositions() -> Words:
    """Words before a platform's name that say that no account's name follows ("on telegram")."""
    return vocabulary(dict.fromkeys(_PREPOSITIONS, 0))
