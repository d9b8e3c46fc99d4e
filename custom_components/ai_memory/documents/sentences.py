"""Where sentences end, in every script that Assist speaks."""

import re
from typing import Final

_MARKS = re.compile(
    r"(?P<marks>[.!?…‽؟։;。！？｡।॥۔።។៕။།]+)[\"'”’»›)\]」』）】》〉]*"
    r"|\n(?=(?:[-*•–—▪◦‣·]|\d{1,3}[.)])\s)"
)
# Those of Chinese, Japanese, Hindi, Urdu, Khmer and Burmese need no space behind them.
_UNSPACED: Final = frozenset("。！？｡।॥۔።។៕။།")
_OPENING: Final = "\"'“”„‟‘’‚«»‹›([{¿¡-–— \n"
_LONGEST_ABBREVIATION: Final = 24
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")

# By region: English; German, Dutch; French, Spanish, Portuguese, Italian, Romanian;
# the north; the east with Latin letters, Turkish; Cyrillic; Greek.
_ABBREVIATIONS: Final = frozenset(
    word
    for line in (
        "mr mrs ms dr prof jr approx vs etc eg ie figs dept inc ltd corp resp incl excl",
        "jan feb aug sept oct nov dec tue wed thu fri assn gov capt sgt",
        "bzw ca evtl ggf inkl exkl usw vgl zzgl zzt abb abschn bspw dgl dipl ing geb",
        "hrsg insb jh mio mrd mwst sog std versch ziff allg bes bez einschl entspr",
        "gegr ggü vorm nachm zb dh uä og bijv blz dhr mevr mw enz evt zgn jl afb hfdst",
        "mme mlle mgr chap éd janv févr avr juil déc tél sra srta dra uds aprox avda",
        "depto ej núm pág págs teléf sig sigg dott avv cfr ecc pag pagg dna cca bibl",
        "bl dvs eks osv pga tlf mfl jf kl maks obs esim mlum ym yms jne puh vrt lk jms",
        "godz inż itd itp tzn tzw tys wg zł ul apod atd čl hod např násl obr odst popř",
        "tř tzv vč zn napr kb kft vb bkz örn tj inž pvz piem",
        "гг ул рис табл тел тыс млн млрд коп напр др пр проф акад св просп пп гл разд",
        "мин макс прим ред изд им стр кв обл вул тис бул нпр",
        "δηλ σελ αρ βλ εικ πίν τηλ κεφ",
    )
    for word in line.split()
)
# Ordinary words, or ends of sentences, unless a number follows.
_BEFORE_NUMBERS: Final = frozenset(
    word
    for line in (
        "no nos nr fig art sec max min vol pp ed tel ext pos st ref ver ch cap tab mind",
        "mar apr jun jul sep nº n° št č čís bd abs kap par al rys rozdz руб ст см",
    )
    for word in line.split()
)
_SHORT_NUMBER: Final = 2
"""Digits: "am 3. Oktober", "1. Lid"; a longer number may end a sentence."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Give start and end of each sentence; between two there is at most white space.

    Takes time in proportion to the text. What is no sentence end for certain is none:
    two sentences in one do no harm, half a sentence does.
    """
    spans: list[tuple[int, int]] = []
    start = _skip_space(text, 0)
    for match in _MARKS.finditer(text):
        if _ends(text, start, match):
            end = match.end() if match["marks"] else match.start()
            spans.append((start, end))
            start = _skip_space(text, end)
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return spans


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Tell whether the sentence that begins at `start` ends with the match."""
    at, end = match.span()
    marks = match["marks"]
    if at <= start:
        return False
    if marks is None or not _UNSPACED.isdisjoint(marks):
        return True
    if not text[end : end + 1].isspace():
        return False
    before = text[max(start, at - _LONGEST_ABBREVIATION) : at]
    if ";" in marks:
        return bool(_GREEK.match(before[-1:]))
    following = text[end : end + 8].lstrip(_OPENING)[:1]
    if following.islower() or (len(marks) > 3 and not marks.strip(".")):
        return False
    return marks != "." or not _abbreviated(before, following)


def _abbreviated(before: str, following: str) -> bool:
    """Tell whether a full stop belongs to the word in front of it."""
    words = before.split()
    if not words or before[-1].isspace():
        return False
    word = words[-1].lstrip(_OPENING).casefold()
    if word.isdigit():
        numbered = len(words) > 1 and words[-2].endswith(".")  # "No. 5."
        return len(word) <= _SHORT_NUMBER and not numbered
    parts = word.split(".")
    if len(parts) > 1:
        return all(len(part) <= 2 and part.isalpha() for part in parts)
    return (
        (len(word) == 1 and word.isalpha())
        or word in _ABBREVIATIONS
        or (following.isdigit() and (word in _BEFORE_NUMBERS or word.endswith("str")))
    )
