"""Which language a document is in, by its most frequent words."""

from collections import Counter
from collections.abc import Iterable
import re
from typing import Final

_READ: Final = 50_000
"""Characters: enough for any language, and quickly counted."""
_FEWEST: Final = 5
"""Hits, below which it is not said."""
_AHEAD: Final = 1.3
"""So much more often than those of the next language must its words stand there."""
_WORD = re.compile(r"[^\W\d_]+")

# Those that PostgreSQL has a stemmer for, and those that must not be taken for one of them.
_FREQUENT: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to is are for with that this from you your when which not be or if it by as was at have",
        "de": "der die das und ist nicht mit den von zu im ein eine auf für dem sich auch bei wenn werden oder des wir nach",
        "nl": "het een van en niet is op te dat met voor zijn aan bij door wordt ook naar als kan worden deze uit maar geen",
        "fr": "le les des et une est pas pour dans du que au sur avec par ce qui ne sont ou plus il vous être cette aux",
        "es": "el los las y una es no para del que con por se más como al lo su pero si cuando está hay muy son",
        "it": "il lo gli di è non per che con una del della dei nel sono si da più come alla anche se le ma questo",
        "pt": "os as não para uma do da com que em por no na dos das mais ao se como é são você ou pelo sua",
        "ca": "els les i amb per una que del és no més dels al com el la són aquest pel aquesta també quan sense cal molt",
        "ro": "și în la nu de este pe cu din pentru care sau mai sunt fi se că un al ale cele dacă după să prin",
        "da": "og det er ikke til af på en for som med den der kan skal har eller jeg af ikke fra hvis når også efter",
        "sv": "och det är inte till av på en för som med den att kan ska har eller jag ett från om när också efter",
        "nb": "og det er ikke til av på en for som med den å kan skal har eller jeg et fra hvis når også etter",
        "fi": "ja on ei se että kun tai voi myös sekä ovat jos niin mutta joka kuin olla ole mukaan käytä sitä tämä kanssa ennen",
        "et": "ja on ei see et kui või ka kas oli mis ning selle aga seda pärast enne peab tuleb olema saab siis välja üle",
        "hu": "a az és nem hogy egy is ha van kell meg csak vagy után lehet amely ezt által mint között során majd előtt",
        "pl": "i w nie na się z do jest że jak po przez lub oraz dla od są tylko przy być może należy ale czy przed",
        "cs": "a v se na je že s z do pro jako po nebo od při by aby jsou není ale když před podle také může",
        "sk": "a v sa na je že s z do pre ako po alebo od pri by aby sú nie ale keď pred podľa tiež môže",
        "hr": "i u se na je da s za od ne su što kao po ili iz ako nije samo prije nakon može treba pri bez",
        "sl": "in v se na je da z za od ne so kot po ali iz če ni samo pred lahko pri tudi ko ki",
        "lt": "ir į yra ne kad su iš tai kaip ar po nuo už jei bet per prie tik turi reikia arba prieš apie dėl",
        "lv": "un ir ar no par uz ka nav vai kā pēc lai ja tas var pirms tikai pie kas bet tiek kad arī jābūt",
        "tr": "ve bir bu için ile da de olarak olan daha çok gibi ne kadar veya sonra en her değil ise önce göre var",
        "id": "dan yang di untuk dengan dari ini tidak pada dalam adalah atau ke itu akan dapat jika juga oleh setelah harus bisa ada",
        "eu": "eta da ez ere du bat izan dira edo egin behar dago hau baina bere dute nola den gabe arte zen hori",
        "ga": "agus an na ar is le go ag bhí tá sé sin nó ach chun mar níl don faoi seo leis atá ní gan",
        "ru": "и в не на с по что для от как из или к при если за это до после можно только также быть он его",
        "uk": "і в не на з що для від як до або при якщо за це та після можна тільки також бути його є щоб",
        "bg": "и на за се да от не с по в е при или като ако до след може само също преди което този има",
        "sr": "и у се на је да с за од не су што као по или из ако није само пре након може треба при",
        "el": "και το να της του με την για από στο δεν είναι που στην θα τα ή οι των πριν μετά αν ένα μια",
        "ar": "في من على إلى أن عن مع هذا هذه التي الذي لا ما كان أو قبل بعد عند كل ذلك إذا يجب يمكن غير",
        "hi": "के में की है और से को का पर यह हैं नहीं लिए भी एक या तो कर इस पहले बाद यदि करें होने",
    }.items()
}
_LANGUAGES: Final[dict[str, list[str]]] = {}
for _language, _words in _FREQUENT.items():
    for _word in _words:
        _LANGUAGES.setdefault(_word, []).append(_language)


def find_language(texts: Iterable[str]) -> str | None:
    """Return the BCP 47 tag of the language of a document's texts, None where that is not clear."""
    hits = Counter[str]()
    read = 0
    for text in texts:
        for word in _WORD.findall(text[: _READ - read].casefold()):
            hits.update(_LANGUAGES.get(word, ()))
        read += len(text)
        if read >= _READ:
            break
    best = hits.most_common(2)
    if not best or best[0][1] < _FEWEST:
        return None
    if len(best) > 1 and best[0][1] < _AHEAD * best[1][1]:
        return None
    return best[0][0]
