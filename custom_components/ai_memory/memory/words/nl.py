"""Dutch."""

from .language import LanguageWords, phrases, stems, words

DUTCH = LanguageWords(
    articles=words("de het een t n deze dit die dat"),
    possessives=words("mijn m onze ons jouw je uw zijn haar hun jullie"),
    prepositions=words(
        "in op aan uit van voor bij naar met om tot te ten ter onder boven achter naast"
        " en of alle"
    ),
    fillers=words("hey hoi hallo oke ok alsjeblieft en dus nou ja nee goed eh even"),
    questions=words(
        "wat wie wiens waar waarom waarvoor waarmee waarheen waarvan hoeveel welke welk"
        " wanneer hoezo hoelang hoe"
    ),
    conditional=words("of als zodra"),
    inverted=words(
        "is zijn was waren heb hebt heeft hebben kan kunnen kon moet moeten moest staat"
        " staan sta zit zitten zat ligt liggen hangt hangen brandt branden word wordt"
        " worden weet weten gaat gaan komt komen regent sneeuwt doet werkt werken loopt"
        " lopen zal zullen ben bent hoort kent ken woont heet past lust drinkt eet"
        " ontbreekt bestaat"
    ),
    ask=phrases(
        "vertel me; vertel mij; vertel ons; vertel; me vertellen; mij vertellen; me kunnen vertellen; me kunnen zeggen;"
        " me zeggen; mij zeggen; zeg me; weet je; weet jij; weet u; ik wil weten;"
        " ik wil graag weten; ik zou graag willen weten; ik vraag me af; leg uit;"
        " leg me uit; me uitleggen; beschrijf; herinner me waar; herinner me wat;"
        " herinner me wanneer; herinner me wie; herinner je je; geef me de tijd;"
        " geef mij de tijd; heb je enig idee; op welke; in welke; om hoe laat; op welk;"
        " in welk; met wie; van wie; voor wie; aan wie; sinds wanneer; tot wanneer;"
        " hoe laat; hoe lang; hoe veel; hoe oud; hoe vaak; hoe ver; voor hoe; mag ik weten;"
        " in wat; bij wie; met welke; van welke; tot hoe; naar welke; uit welke"
    ),
    polite=phrases(
        "kun je; kan je; kun jij; kan jij; kunt u; kan u; zou je; zou jij; zou u;"
        " wil je; wil jij; wilt u; zouden jullie; kunnen jullie; kunnen we;"
        " kunnen wij; je kunt; je mag; u kunt; mag; mogen; is het mogelijk om; kan;"
        " kan iemand; zou iemand; ik wil dat je; ik zou graag willen dat; waarom doe je niet;"
        " zullen we; kan het; kunnen de; kan de"
    ),
    commands=words(
        "aan uit doe doen zet zetten ga gaan haal halen stop stoppen laat laten speel"
        " spelen draai draaien maak maken dim dimmen open openen sluit sluiten dicht"
        " schakel schakelen stel stellen verhoog verhogen verlaag verlagen verander"
        " veranderen start starten begin vergrendel ontgrendel activeer deactiveer voeg"
        " toe annuleer markeer pauzeer hervat roep stuur sturen verwijder stofzuig sla"
        " zuig luister vink verleng verkort check streep maai kijk demp dempen neem"
        " creeer zoek zoeken toon laat bel bellen schrijf noteer onthoud vergeet herhaal"
        " vertaal bereken koop bestel help lees zing breng geef geven kom blijf wek"
        " herinner vraag zeg plan plaats leg afspelen aandoen uitdoen opendoen dichtdoen"
        " aanzetten uitzetten inschakelen uitschakelen instellen mute delete broadcast"
        " open omhoog omlaag naar"
    ),
    command_stems=stems("ingeschakel uitgeschakel gedimd"),
    wishes=phrases(
        "ik wil; ik zou; ik wens; ik heb nodig; we willen; ik moet; graag; laten we;"
        " ik had graag"
    ),
    finite=words(
        "ik wij we hij ze zij is zijn was waren ben bent heb hebt heeft hebben staat"
        " staan zit ligt liggen hangt woont heet houdt werkt gaat komt drinkt eet kost"
        " hoort"
    ),
    volatile=words(
        "nu vandaag morgen gisteren overmorgen vanavond vannacht vanmorgen vanmiddag"
        " momenteel huidige huidig actuele actueel week maand jaar weekend moment tijd"
        " laat uur datum dag weer weersvoorspelling weerbericht voorspelling regen"
        " regent regenen sneeuw sneeuwt zon zonnig wind winderig bewolkt zonsopgang"
        " zonsondergang temperatuur temperaturen graden warm koud heet vochtigheid"
        " luchtvochtigheid timer timers wekker kookwekker eierwekker alarm resterend"
        " resterende over nog laatste volgende recent nieuws uitslag prijs verkeer file"
        " al net straks tot status toestand speelt batterij accu niveau helderheid"
        " volume stroom energie verbruik lijst boodschappenlijst boodschappen agenda"
        " kalender afspraak afspraken evenement herinnering herinneringen maan mop thuis"
        " weg pakket post nacht avond ochtend middag geleden"
    ),
    lasting=words("week maand jaar weekend dag nacht avond ochtend middag"),
    states=words(
        "open geopend gesloten dicht vergrendeld ontgrendeld slot ingeschakeld"
        " uitgeschakeld actief inactief geactiveerd gedeactiveerd verbonden bezet leeg"
        " vol vrij beschikbaar gedetecteerd brandt branden klaar aangesloten ingesteld"
        " aanwezig afwezig loopt draait"
    ),
    state_stems=stems("geopen gesloten sluit ingeschakel uitgeschakel bezet onbezet"),
    final_states=words("aan uit op af toe omhoog omlaag binnen buiten"),
)
