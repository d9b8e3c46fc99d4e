"""Polish."""

from .language import LanguageWords, phrases, stems, words

POLISH = LanguageWords(
    articles=words("ten ta to te ci tego tej tym tych tę tą"),
    possessives=words(
        "mój moja moje moi mojego mojej moją moich moim moimi mojemu mym nasz nasza"
        " nasze nasi naszego naszej naszą naszych naszym naszymi naszemu twój twoja"
        " twoje twojego twojej twoją twoim swój swoja swoje swojego swojej swoim swoją"
    ),
    prepositions=words(
        "w we na z ze do od dla przy pod nad po za o u i oraz lub wszystkie wszystko"
    ),
    fillers=words("hej czesc ok dobra no proszę prosze a i wiec to tak nie"),
    questions=words(
        "czy co kto kogo komu kim czym czego czemu gdzie skad dokad dlaczego kiedy ile"
        " ilu jaki jaka jakie jaka jakim jakiego jakiej jakich który która które którego"
        " której którą którym których którzy czyj czyja czyje jak"
    ),
    conditional=words("gdy jeśli jeżeli"),
    inverted=words(
        "jest są sa był była było masz macie mają ma wiesz wiecie pamiętasz"
        " moge możemy powinienem znasz działa działają leży stoi wisi pada istnieje"
        " zostało został została będzie"
    ),
    ask=phrases(
        "powiedz mi; powiedz nam; powiedz; mi powiedzieć; nam powiedzieć; powiedzieć mi;"
        " podaj; podać; podaj mi; czy wiesz; wiesz może; wiesz; chcę wiedzieć;"
        " chciałbym wiedzieć; chciałabym wiedzieć; zastanawiam się; wyjaśnij; wytłumacz;"
        " wytłumacz mi; opisz; opowiedz; przypomnij mi gdzie; przypomnij mi kiedy;"
        " przypomnij mi co; przypomnij mi kto; przypomnij mi jak; przypomnij mi jaki;"
        " o której; o co; w którym; w której; w jakim; w jakiej; na ile; na jaką; z kim;"
        " od kiedy; do kiedy; dla kogo; od kogo; u kogo; z czego; do czego; na czym;"
        " jak długo; jak często; jak daleko; jak się; jak dużo; jak stary; z którego;"
        " na który; po co; za ile; na którym; na której; do której; do którego"
    ),
    polite=phrases(
        "czy możesz; możesz; mógłbyś; mogłabyś; czy mógłbyś; czy mogłabyś; czy może pan;"
        " czy może pani; czy możecie; możecie; czy możemy; możemy; czy dałoby się;"
        " czy zechcesz; czy zechciałbyś; chcesz; da się; czy da się; czy można; można;"
        " chcę żebyś; chciałbym żebyś; proszę żebyś; czy byłbyś; może; mógłby ktoś"
    ),
    commands=words(
        "daj zrób wróć graj puść idź chodź weź skocz obróć kup zamów czytaj stop cisza"
        " ciszej głośniej jaśniej ciemniej nieważne nieistotne dołóż połóż posprzątaj"
        " znajdź pamiętaj zapomnij"
    ),
    command_stems=stems(
        "włącz wyłącz załącz przełącz otwórz otworz otwier zamkn zamyk przymkn zgaś zgas"
        " gaś zapal zaświeć zaświec ustaw nastaw przestaw zmie zmień zmniejsz zwiększ"
        " podgłoś przycisz ścisz ścisz wycisz podnie podnieś opuś opuszcz odsłoń"
        " odsłon zasłoń zasłon oświeć uruchom zatrzym wstrzym zastopuj aktywuj uaktywnij"
        " dezaktywuj reaktywuj reguluj wyreguluj rozpocz zaczn zacznij zakończ przerw"
        " anuluj wznów wznow kontynuuj dodaj wrzuć usuń usuw skasuj skreśl wykreśl wyrzuć"
        " zaznacz odhacz oznacz przywróć rozgłoś ogłoś przeskocz pomiń następn poprzedn"
        " zagraj odtwórz odtwarz pokaż wyszuk poszuk zadzwoń wyślij napisz zapisz zanotuj"
        " zapamięt przypomn obudź uśpij odkurz sprząt wyczyść zawróć odeślij"
        " odstaw odejmij przetłumacz oblicz policz powtórz przesta ogrzej ochłod"
        " zablokuj odblokuj rozjaśn przyciemn ściemn opowiedz zaśpiewaj zapytaj poproś"
    ),
    wishes=phrases(
        "chcę; chciałbym; chciałabym; potrzebuję; potrzebujemy; chcemy; proszę; poproszę;"
        " trzeba; niech"
    ),
    finite=words(
        "ja my on ona oni jest są sa był była było były mam ma mamy mają lubi lubię"
        " mieszka mieszkamy nazywa stoi leży wisi pracuje kosztuje należy jestem jesteśmy"
    ),
    finite_endings=("łem", "łam", "liśmy", "łyśmy"),
    volatile=words(
        "teraz dzisiaj dziś dzis jutro wczoraj pojutrze obecnie obecna obecny aktualnie"
        " aktualna aktualny aktualną tydzień tygodniu tygodnia miesiąc miesiącu rok roku"
        " weekend moment chwili czas czasu godzina godzinę godzin data datę dzień dnia"
        " pogoda pogodę pogodowe prognoza deszcz pada padać śnieg słońce słonecznie"
        " wiatr pochmurno temperatura temperaturę temperatury stopni stopnie ciepło"
        " zimno gorąco wilgotność timer timera minutnik stoper alarm budzik pozostało"
        " zostało ostatni ostatnia ostatnio następny następna nowe wiadomości wynik cena"
        " ruch korki jeszcze już niedawno temu wkrótce stan status bateria bateri poziom"
        " jasność głośność prąd energia zużycie lista liście listy zakupów kalendarz"
        " kalendarzu spotkanie spotkania wydarzenie wydarzenia przypomnienie"
        " przypomnienia księżyc żart domu paczka poczta noc nocy wieczór wieczorem rano"
        " południe gra wschód zachód"
    ),
    lasting=words(
        "tydzień tygodniu tygodnia miesiąc miesiącu rok roku weekend godzin dzień dnia"
        " noc nocy wieczór wieczorem rano"
    ),
    states=words(
        "otwarty otwarta otwarte otwartych zamknięty zamknięta zamknięte zamkniętych"
        " włączony włączona włączone włączonych wyłączony wyłączona wyłączone wyłączonych"
        " zablokowany zablokowana odblokowany odblokowana aktywny aktywna uzbrojony"
        " rozbrojony podłączony zajęty wolny pusty pełny dostępny wykryty gotowe gotowy"
        " działa pali świeci zapalone zapalony zgaszone otwieranie zamykane uruchomiony"
    ),
    state_stems=stems(
        "otwart otwier zamkn zamyk włącz wyłącz zablokow odblokow zasłon odsłon podłącz"
    ),
    final_states=frozenset(),
)
