"""Polish."""

from .language import (
    CorrectionWords,
    LanguageWords,
    PastWords,
    SecretWords,
    in_order,
    parts,
    phrases,
    stems,
    times,
    units,
    words,
)

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
    secrets=SecretWords(
        pins=phrases("pin; pinu; pinem; kod pin; kodu pin; numer pin; piny"),
        codes=phrases(
            "kod alarmu; kodu alarmu; kod do alarmu; kodu do alarmu; kod do drzwi;"
            " kod do bramy; kod do furtki; kod do garażu; kod do sejfu; kod do domofonu;"
            " kod dostępu; kod wejściowy; kod bezpieczeństwa; kod weryfikacyjny;"
            " kod potwierdzający; kod odzyskiwania; kody odzyskiwania; kod jednorazowy;"
            " kod z sms; kod sms; kody zapasowe; kod zapasowy; otp; puk; szyfr;"
            " kod odblokowania; kod rozbrojenia"
        ),
        loose_codes=phrases(
            "kod; kodu; kodem; kody; kodów; kombinacja; kłódka; kłódki; szyfr do sejfu; rozbrój; odblokuj"
        ),
        passwords=phrases(
            "hasło; hasła; hasłem; klucz wifi; klucz wi-fi; klucz do wifi;"
            " klucz sieciowy; klucz sieci; fraza odzyskiwania; słowo klucz"
        ),
        tokens=phrases(
            "token; tokenu; tokenem; klucz api; klucz do api; token dostępu;"
            " klucz dostępu"
        ),
        loose_keys=phrases("klucz; klucz prywatny; klucz odzyskiwania"),
        cards=phrases(
            "numer karty; numer mojej karty; karta kredytowa; karty kredytowej;"
            " numer karty kredytowej; karta płatnicza"
        ),
        card_checks=phrases("cvv; cvc; kod cvv; kod cvc"),
        no_secret=words(
            "pocztowy pocztowego pocztowym kreskowy kreskowego qr błędu błąd usterki"
            " źródłowy źródłowego ubioru rabatowy promocyjny zniżkowy koloru kolor kraju"
            " języka produktu towaru zamówienia rezerwacji przesyłki statusu http karny"
            " cywilny drogowy pracy morse morsea genetyczny podatkowy kierunkowy menedżer"
            " generator polityka pole podpowiedź krzyżówce krzyżówki encyklopedii"
            " reklamowe wyborcze tablicy"
        ),
        means=words("to jest był było brzmi są było będzie wynosi"),
        towards=words("na z jako do"),
        changes=words("zmień zmieniłem zmieniłam ustaw ustawiłem ustawiłam zmieniono"),
        skipped=words(
            "teraz nadal wciąż nie też także obecnie po prostu zawsze znowu jest to"
            " aktualnie tylko"
        ),
        joins=words("i oraz lub albo potem a"),
        digits=words(
            "zero jeden jedynka dwa trzy cztery pięć sześć siedem osiem dziewięć"
        ),
        numbers=words(
            "dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście"
            " siedemnaście osiemnaście dziewiętnaście dwadzieścia trzydzieści"
            " czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt"
            " dziewięćdziesiąt sto"
        ),
        repeats=words("podwójne podwójna dwa-razy"),
        no_value=words(
            "zapisane zapisany zapisana napisane schowane ukryte przechowywane błędne"
            " złe zły poprawne dobre właściwe nieprawidłowe nieważne ważne samo takie"
            " inne nowe stare bezpieczne słabe silne mocne łatwe trudne skomplikowane"
            " długie krótkie za bardzo tak dość tajne prywatne znane nieznane potrzebne"
            " wymagane konieczne zgubione zapomniane wygasłe zmienione tutaj tu tam gdzie"
            " co że coś gdzieś nigdzie nic nigdy żadne już puste zablokowane chronione"
            " zaszyfrowane najlepsze lepsze gorsze przyklejone dostępne pod nad za przed"
            " obok ja ty on ona my wy oni one jak kiedy jeśli bo dlaczego kto wisi leży"
            " podane"
        ),
    ),
    corrections=CorrectionWords(
        no=words("nie źle błąd przepraszam czekaj poczekaj pomyłka"),
        meant=phrases(
            "chodziło mi o; chodzi mi o; miałem na myśli; miałam na myśli;"
            " mam na myśli; chodziło o; mówiłem o; mówiłam o; mówię o; mi chodziło o;"
            " chciałem powiedzieć; chciałam powiedzieć; ja miałem na myśli"
        ),
        said=phrases(
            "powiedziałem; powiedziałam; mówiłem; mówiłam; prosiłem o; prosiłam o"
        ),
        negations=phrases("nie; a nie; zamiast; i nie"),
        but=phrases("tylko; lecz; ale; a"),
        definite=words("w we na do ten ta to tę moja mój moją nasz nasza naszą przy"),
        never=words(
            "to tego tym że dziękuję dzięki tak nie dobrze dobra źle tylko ważne teraz"
            " jeszcze dzisiaj dziś jutro wczoraj później znowu naprawdę bardzo pewny"
            " pewna dość może nigdy zawsze samo sam problem problemu więcej trzeba już"
            " coś nic wszystko co kto jak dlaczego kiedy gdzie czy proszę stop cześć"
            " chwila szkodzi ma mam o tak wiem żeby aby całkiem szczególnie tam tu ci"
            " mi cię no razie na-razie pewno zawsze"
        ),
        doubtful=words(
            "ja ty on ona my wy oni mi ci mnie cię się ją go im wiem myślę chcę chce"
            " lubię muszę mogę sądzę potrzebuję jest są włączaj wyłączaj rób otwieraj"
            " zamykaj działa widzę rozumiem"
        ),
        late_negation=True,
        polite=phrases("proszę; dzięki"),
    ),
    past=PastWords(
        talk=phrases(
            "rozmawialiśmy; rozmawiałyśmy; mówiliśmy; mówiłyśmy; pytałem; pytałam;"
            " zapytałem; zapytałam; powiedziałem; powiedziałam; mówiłem; mówiłam;"
            " powiedziałeś; powiedziałaś; mówiłeś; mówiłaś; prosiłem; prosiłam;"
            " poprosiłem; poprosiłam; opowiadałem; opowiadałam; wspominałem; wspominałam;"
            " ustaliliśmy; omawialiśmy; powiedzieliśmy; rozmawiałem; rozmawiałam;"
            " nasza rozmowa; nasze rozmowy; naszą rozmowę; naszych rozmów;"
            " naszej rozmowy; naszej rozmowie; moje pytanie; moje pytania;"
            " moje ostatnie pytanie; odpowiedziałeś; odpowiedziałaś"
        ),
        began=frozenset(),
        talked=frozenset(),
        reach=0,
        openers=phrases(
            "pokaż; pokaż mi; znajdź; wyszukaj; poszukaj; przypomnij mi; przeczytaj;"
            " powtórz; streść; przypomnij"
        ),
        about=phrases("o; na temat; w sprawie; odnośnie; dotyczące; dotyczącą"),
        leads=words("w we z ze od na podczas o ten tym tę"),
        times=times(
            today="dzisiaj; dziś",
            yesterday="wczoraj",
            day_before_yesterday="przedwczoraj",
            this_evening="dziś wieczorem; dzisiaj wieczorem",
            last_night="dziś w nocy; dzisiaj w nocy; tej nocy; zeszłej nocy;"
            " ostatniej nocy",
            this_week="w tym tygodniu; ten tydzień; tym tygodniu",
            last_week="w zeszłym tygodniu; zeszłym tygodniu; zeszły tydzień;"
            " w ubiegłym tygodniu; w poprzednim tygodniu; z zeszłego tygodnia;"
            " w ostatnim tygodniu; zeszłego tygodnia; ubiegłego tygodnia",
            last_weekend="w zeszły weekend; zeszły weekend; w ubiegły weekend",
            weekend="w weekend; w ten weekend; w ostatni weekend",
            this_month="w tym miesiącu; tym miesiącu",
            last_month="w zeszłym miesiącu; zeszłym miesiącu; w ubiegłym miesiącu;"
            " w poprzednim miesiącu; zeszłego miesiąca; zeszły miesiąc",
            this_year="w tym roku; tym roku",
            last_year="w zeszłym roku; zeszłym roku; rok temu; w ubiegłym roku",
            earlier="wcześniej; przed chwilą; chwilę temu",
            recently="ostatnio; niedawno; kilka dni temu; parę dni temu",
        ),
        parts=parts(
            morning="rano ranem",
            afternoon="popołudniu południu",
            evening="wieczorem wieczór",
            night="nocy",
        ),
        weekdays=in_order(
            "poniedziałek poniedziałku; wtorek wtorku; środę środa środy; czwartek"
            " czwartku; piątek piątku; sobotę sobota soboty; niedzielę niedziela"
            " niedzieli"
        ),
        months=in_order(
            "styczniu stycznia styczeń; lutym lutego luty; marcu marca marzec; kwietniu"
            " kwietnia kwiecień; maju maja maj; czerwcu czerwca czerwiec; lipcu lipca"
            " lipiec; sierpniu sierpnia sierpień; wrześniu września wrzesień;"
            " październiku października październik; listopadzie listopada listopad;"
            " grudniu grudnia grudzień"
        ),
        units=units(
            minute="minuta minutę minuty minut",
            hour="godzina godzinę godziny godzin",
            day="dzień dni dnia",
            week="tydzień tygodnie tygodni",
            month="miesiąc miesiące miesięcy",
            year="rok lata lat",
        ),
        numbers=in_order(
            "jeden jedną; dwa dwie dwóch; trzy trzech; cztery czterech; pięć pięciu;"
            " sześć sześciu; siedem siedmiu; osiem ośmiu; dziewięć; dziesięć; jedenaście;"
            " dwanaście"
        ),
        last=words(
            "zeszły zeszłą zeszłym zeszłej ostatni ostatnią ostatnich ostatnie ubiegły"
            " ubiegłą poprzedni ostatnim"
        ),
        after_ago=phrases("temu"),
    ),
)
