"""Phrases are found as a person would: whole words, the longest, in any spelling of the gap."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.extract._starts import JOIN, SPLIT, symbol_class
from clew.extract.base import batch_of_texts
from clew.extract.phrases import Phrases


def found(phrases, text, stem=None):
    folded = batch_of_texts([text]).folded
    hits = Phrases(phrases, stem).find(folded)
    return [
        (phrases[p], "".join(map(chr, folded.sym[b:e])))
        for b, e, p in zip(hits.begin, hits.end, hits.phrase, strict=True)
    ]


def test_case_accents_and_gaps_do_not_matter():
    text = "DEN   HAAG, den-haag; Dén\nHaag en 's-Gravenhage"
    spellings = ["den   haag", "den-haag", "den\nhaag", "s-gravenhage"]
    assert [raw for _, raw in found(["Den Haag", "'s-Gravenhage"], text)] == spellings


def test_only_whole_words():
    assert found(["haag", "den haag"], "haagse dehaag haag1 dens haag.") == [("haag", "haag")]


def test_longest_wins_and_shorter_inside_is_dropped():
    phrases = ["new york", "york", "new york city", "city of"]
    hits = found(phrases, "new york city of york, New Yorkers")
    assert [p for p, _ in hits] == ["new york city", "york"]


def test_overlapping_phrases_can_be_asked_for():
    hits = Phrases(["never let you go", "let you", "you go home", "home"]).find(
        batch_of_texts(["never let you go home"]).folded, overlapping=True
    )
    assert hits.phrase.tolist() == [0, 1, 2, 3]


def test_falls_back_when_the_longer_phrase_breaks_off():
    assert [p for p, _ in found(["a b c d", "a b", "c"], "a b c x")] == ["a b", "c"]


def test_punctuation_ends_a_phrase_but_not_an_abbreviation():
    assert found(["st gallen", "in paris"], "in. Paris St. Gallen in, paris") == [
        ("in paris", "in. paris"),
        ("st gallen", "st. gallen"),
    ]
    assert found(["near paris"], "near. Paris") == []


def test_scripts_without_spaces_match_inside():
    assert [p for p, _ in found(["東京", "กรุงเทพ", "서울"], "私は東京都に กรุงเทพมหานคร 서울에서")] == [
        "東京",
        "กรุงเทพ",
        "서울",
    ]
    assert found(["울에"], "서울에서") == []


def test_stems_take_the_whole_word_and_yield_to_exact_phrases():
    phrases = ["whatsap", "whatsapp", "call m"]
    hits = found(phrases, "WhatsAppen whatsapp call-me callmaria", [True, False, True])
    assert hits == [("whatsap", "whatsappen"), ("whatsapp", "whatsapp"), ("call m", "call-me")]


def test_nothing_reads_across_two_texts():
    folded = batch_of_texts(["den", "haag"]).folded
    assert len(Phrases(["den haag"]).find(folded).begin) == 0


def test_first_of_equal_phrases_is_reported():
    hits = Phrases(["Malmö", "malmo"]).find(batch_of_texts(["MALMO"]).folded)
    assert hits.phrase.tolist() == [0]


def test_a_phrase_without_words_is_refused():
    with pytest.raises(ValueError, match="phrase 1 has no word"):
        Phrases(["a", " -! "])


def test_no_phrases_find_nothing():
    assert len(Phrases([]).find(batch_of_texts(["some text"]).folded).begin) == 0


def test_hostile_text_of_a_megabyte():
    phrases = ["a a a a b", "a", "x " * 30 + "y"]
    for text in ("a " * 500_000, "a" * 1_000_000, "a" + " " * 1_000_000, "x " * 500_000):
        hits = Phrases(phrases).find(batch_of_texts([text]).folded)
        assert len(hits.begin) == (500_000 if text.startswith("a a") else text.startswith("a "))


def slow(phrases, folded):
    """The same by trying every phrase at every word's begin."""
    classes, sym = symbol_class(), folded.sym
    is_word = [classes[s] not in (JOIN, SPLIT) for s in sym]
    words, i = [], 0
    while i < len(sym):
        j = i
        while j < len(sym) and is_word[j]:
            j += 1
        if j > i:
            gap = words and all(classes[s] == JOIN for s in sym[words[-1][1] : i])
            words.append((i, j, "".join(map(chr, sym[i:j])), gap))
        i = max(j, i + 1)
    out, k = [], 0
    while k < len(words):
        best = None
        for p, phrase in enumerate(phrases):
            parts = phrase.split(" ")
            here = words[k : k + len(parts)]
            same = [w[2] for w in here] == parts and all(w[3] for w in here[1:])
            if same and (best is None or len(parts) > best[0]):
                best = (len(parts), p, words[k][0], here[-1][1])
        if best:
            out.append((best[2], best[3], phrases[best[1]]))
        k += best[0] if best else 1
    return out


word = st.text("abcö", min_size=1, max_size=3).map(lambda w: w.replace("ö", "o"))


@settings(max_examples=tried(50), deadline=None)
@given(
    st.lists(st.lists(word, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=12, unique=True),
    st.text("abcoC -\n'!,", max_size=80),
)
def test_agrees_with_trying_every_phrase(phrases, text):
    folded = batch_of_texts([text]).folded
    hits = Phrases(phrases).find(folded)
    got = list(zip(hits.begin.tolist(), hits.end.tolist(), [phrases[p] for p in hits.phrase], strict=True))
    assert got == slow(phrases, folded)


@settings(max_examples=tried(50), deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_spans_inside_its_own_record(texts):
    folded = batch_of_texts(texts).folded
    hits = Phrases(["a", "1", "東", "b c"], [True, True, False, True]).find(folded)
    assert ((hits.begin >= folded.start[hits.record]) & (hits.end <= folded.start[hits.record + 1])).all()
    assert (hits.begin < hits.end).all() and (hits.begin[1:] >= hits.end[:-1]).all()
