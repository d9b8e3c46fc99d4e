"""Words that point back to what was said before."""

from dataclasses import dataclass

from .language import Phrases, Words, phrases, words


@dataclass(frozen=True, slots=True)
class Anaphora:
    """By what an utterance shows that it goes on with another one, in one language."""

    openers: Words
    """Conjunctions that open it."""
    referring: Words
    """Pronouns, demonstratives and comparisons, wherever they stand."""
    elliptic: Phrases = frozenset()
    """Openings of questions that leave out what they ask."""
    clitics: Words = frozenset()
    """Articles that are pronouns where no noun follows: at the end, behind a question word or a subject."""
    subjects: Words = frozenset()


_BY_LANGUAGE = {
    "de": Anaphora(
        openers=words("und aber oder also dann sondern auch denn"),
        referring=words(
            "er sie es ihn ihm ihr ihnen ihre ihren ihrem ihrer sein seine seinen seinem"
            " seiner dies diese dieser dieses diesen diesem jene jener jenes jenen denen"
            " dessen deren da dort dahin dorthin dahinter davor daneben daran darauf"
            " daraus darin darum daruber darunter dabei dafur dagegen damit danach davon"
            " dazu deshalb so auch noch nochmal wieder anders andere anderer anderes"
            " anderen anderem gleiche gleichen selbe selben dasselbe beide beiden"
            " weitere weiteren erste erster zweite zweiter letztere"
        ),
        elliptic=phrases(
            "was ist mit; wie ist es mit; wie sieht es mit; wie wäre es mit; wie steht es;"
            " warum; welche; welcher; welches"
        ),
        clitics=words("der die das den dem einer eine eins keiner keine"),
        subjects=words("ich du wir ihr man"),
    ),
    "en": Anaphora(
        openers=words("and but or so then also because"),
        referring=words(
            "it its he him his she her hers they them their theirs this that these those"
            " there then one ones such same other others another else again too also"
            " either neither both former latter instead so first second more"
        ),
        elliptic=phrases(
            "what about; how about; why; why not; which; how come; what if; how so"
        ),
    ),
    "es": Anaphora(
        openers=words("y e pero o u entonces tambien porque"),
        referring=words(
            "=él ella ello ellos ellas este esto estos estas ese esa eso esos esas aquel"
            " aquella aquello ahi alli alla asi lo le les su sus otro otra otros otras"
            " mismo misma mismos mismas tambien tampoco aun ambos ambas primero segundo"
        ),
        elliptic=phrases("qué hay de; qué tal; qué pasa con; por qué; cuál; cuáles"),
        clitics=words("la los las uno una"),
        subjects=words("yo nosotros se"),
    ),
    "fr": Anaphora(
        openers=words("et mais donc alors puis aussi car"),
        referring=words(
            "il elle ils elles lui eux leur leurs son sa ses =ça cela ceci cette ces celui"
            " celle ceux celles =là dedans dessus dessous autre autres meme memes aussi"
            " encore pareil lequel laquelle lesquels lesquelles premier second"
        ),
        elliptic=phrases("qu'en est-il; qu'en; et; pourquoi; pourquoi pas; lequel"),
        clitics=words("le la les l en y un une"),
        subjects=words("je j tu on nous vous"),
    ),
    "it": Anaphora(
        openers=words("e ed ma o oppure allora quindi poi anche"),
        referring=words(
            "esso essa essi esse lui lei loro egli ella questo questa questi queste quello"
            " quella quelli quelle =ciò ci ne suo sua suoi sue =lì =là qui altro altra altri"
            " altre stesso stessa stessi stesse anche pure ancora entrambi primo secondo"
        ),
        elliptic=phrases("che ne dici di; e per; perché; quale; quali; come mai"),
        clitics=words("lo la le li gli l uno una"),
        subjects=words("io tu noi voi si"),
    ),
    "nl": Anaphora(
        openers=words("en maar of dus dan ook want"),
        referring=words(
            "hij hem zij ze haar hen hun die dat deze dit er daar daarin daarmee"
            " daarop daarover daarna daarvan daarvoor ermee erin erop erover ervan ervoor"
            " zo ook nog weer ander andere anders zelfde hetzelfde dezelfde beide"
            " eerste tweede meer"
        ),
        elliptic=phrases("hoe zit het met; wat is er met; hoe zit dat; waarom; welke"),
        clitics=words("het een"),
        subjects=words("ik je jij we wij u men"),
    ),
    "pl": Anaphora(
        openers=words("i a ale albo lub oraz wiec tez"),
        referring=words(
            "on ona ono oni one go jego jemu mu niego nim jej ja nia niej ich im nich nimi je"
            " to ten ta te tego tej temu tym tych tymi tamten tamta tamto tam tu tutaj"
            " stamtad taki taka takie inny inna inne drugi druga drugie sam tez takze"
            " rowniez jeszcze znowu oba obie pierwszy pierwsza"
        ),
        elliptic=phrases("co z; a co z; dlaczego; czemu; jak z; który; która; które"),
    ),
    "pt": Anaphora(
        openers=words("e mas ou entao tambem porque"),
        referring=words(
            "ele ela eles elas este estes estas esse essa esses essas isso isto aquilo"
            " aquele aquela dele dela deles delas nele nela disso nisso seu sua seus suas"
            " =lá ali =aí la lo lhe lhes outro outra outros outras mesmo mesma tambem ainda"
            " ambos ambas primeiro segundo"
        ),
        elliptic=phrases("e quanto a; que tal; por quê; qual; quais; e se"),
        clitics=words("o a os as um uma"),
        subjects=words("eu nos se"),
    ),
}


def anaphora_of(language: str | None) -> Anaphora | None:
    """Return the words of a language tag such as `pt-BR`; None if it is not known."""
    if not language:
        return None
    return _BY_LANGUAGE.get(language.replace("_", "-").partition("-")[0].lower())
