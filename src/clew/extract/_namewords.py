"""Words beside a first name: "my name is", "ich bin", "vagyok", "kisses", in the languages of the records."""

from __future__ import annotations

# What words say of a name beside them: it follows whatever it is; after a colon; if the list has it; in a closing line;
# it stands before them; it follows "I am"; it stands on either side; before "vagyok"; after "here" that opens a line.
STRONG, LABEL, WEAK, CLOSING, AFTER, SELF, EITHER, BEHIND, OPENING = range(9)
CUES = {
    STRONG: (
        "мене звуть", "numele meu e", "na imię mam", "unë quhem", "quhem", "мене звати", "се викам", "викат ми",
        "اسمي", "tên tôi là", "tên em là", "nama saya", "adım benim", "ime mi je", "my name is", "my name's",
        "mijn naam is", "ik heet", "ich heiße", "ich heisse", "mein name ist", "je m'appelle", "mon prénom est",
        "mon nom est", "me llamo", "mi nombre es", "mi chiamo", "il mio nome è", "me chamo", "chamo-me",
        "meu nome é", "mă numesc", "numele meu este", "mă cheamă", "mam na imię", "nazywam się", "казвам се",
        "името ми е", "моё имя", "jmenuji se", "jmenuju se", "volám sa", "zovem se", "moje ime je", "ime mi je",
        "με λένε", "ονομάζομαι", "jag heter", "mitt namn är", "jeg hedder", "jeg heter", "mit navn er", "nimeni on",
        "benim adım", "mano vardas", "mani sauc", "minu nimi on", "me dicen", "em dic", "ask for", "vraag naar",
        "she is called", "she's called", "callsign", "un saludo de",
    ),
    LABEL: (
        "name", "first name", "naam", "voornaam", "vorname", "prénom", "nom", "nombre", "nome", "nume", "prenume",
        "imię", "név", "име", "имя", "ім'я", "jméno", "meno", "ime", "namn", "navn", "nimi", "όνομα", "isim",
        "vardas",
    ),
    WEAK: (
        "i'm", "i am", "im", "ik ben", "ich bin", "ich bin die", "ich bin's", "bin die", "moi c'est", "call me",
        "miss", "hier is", "hier ist", "hier ist die", "hier spricht", "this is", "aici", "tutaj", "z tej strony",
        "tady", "aqui é a", "aqui é o", "aqui é", "aquí es", "adım", "c'est", "это", "call", "text", "meet",
        "mistress", "hi from", "contact", "new girl", "it is", "it's", "es ist", "with", "met", "mit", "avec",
        "con", "com a", "cu", "z", "s", "со", "с", "med", "здесь", "тук е", "aquí",
    ),
    SELF: (
        "je suis", "soy", "yo soy", "soy la", "sono", "io sono", "sono la", "sou", "sou a", "sou o", "eu sou",
        "eu sou a", "sunt", "eu sunt", "аз съм", "я", "ja jestem", "jsem", "já jsem", "som", "ja som", "ja sam",
        "jag är", "jeg er", "olen", "minä olen", "είμαι", "είμαι η", "είμαι ο", "sóc", "sóc la", "unë jam",
        "aš esu", "es esmu", "јас сум", "ја сам", "jaz sem", "ma olen", "ben de", "merhaba ben",
    ),
    EITHER: (
        "jestem", "меня зовут", "a nevem",
    ),
    BEHIND: (
        "vagyok",
    ),
    OPENING: (
        "tu", "tu je", "itt",
    ),
    CLOSING: (
        "love", "kisses", "kiss", "xoxo", "xx", "xxx", "x", "regards", "greetings", "liefs", "groetjes", "groeten",
        "kusjes", "kus", "küsse", "bussi", "grüße", "lg", "bisous", "bises", "besos", "besitos", "un beso", "baci",
        "beijos", "bjs", "beijinhos", "pupici", "te pup", "buziaki", "całuski", "puszi", "csók", "целувки", "целую",
        "yours", "cheers", "pozdrav", "poljubac", "φιλιά", "hälsningar", "kram", "hilsen",
    ),
    AFTER: (
        "mám na imię", "heiß ich", "heiße ich", "heet ik", "се казвам", "itt vagyok", "here", "hier", "aquí",
        "aqui", "ici", "aici", "tutaj", "qui", "здесь", "тук", "här", "her",
    ),
}  # fmt: skip
