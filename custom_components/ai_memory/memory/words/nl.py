"""Dutch."""

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

DUTCH = LanguageWords(
    articles=words("de het een t n deze dit die dat"),
    possessives=words("mijn m onze ons jouw je uw zijn haar hun jullie"),
    prepositions=words(
        "in op aan uit van voor bij naar met om tot te ten ter onder boven achter naast"
        " en of alle"
    ),
    fillers=words("hey hoi hallo oke ok alsjeblieft en dus nou ja nee goed eh even"),
    questions=words(
        "wat wie wiens waar waarom waarvoor waarmee waarheen waarvan waarover hoeveel welke welk"
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
    secrets=SecretWords(
        pins=phrases("pin; pincode; pin code; pincodes; geheime code"),
        codes=phrases(
            "alarmcode; alarm code; deurcode; voordeurcode; poortcode; garagecode;"
            " kluiscode; toegangscode; beveiligingscode; slotcode; verificatiecode;"
            " bevestigingscode; herstelcode; herstelcodes; back-upcode; back-upcodes;"
            " backupcode; eenmalige code; sms-code; tan; tan-code; otp; puk;"
            " cijfercombinatie; ontgrendelcode"
        ),
        loose_codes=phrases(
            "code; codes; combinatie; hangslot; fietsslot; ontgrendel; ontgrendelen"
        ),
        passwords=phrases(
            "wachtwoord; wachtwoorden; wachtzin; wifi-sleutel; wifisleutel; wpa-sleutel;"
            " netwerksleutel; codewoord; herstelzin; wifi sleutel"
        ),
        tokens=phrases(
            "token; tokens; api-sleutel; toegangstoken; toegangssleutel; api sleutel"
        ),
        loose_keys=phrases("sleutel; herstelsleutel; privésleutel"),
        cards=phrases(
            "kaartnummer; creditcard; creditcardnummer; bankpas; betaalpas; pasnummer;"
            " bankkaart; nummer van mijn kaart"
        ),
        card_checks=phrases("cvv; cvc; cvc code; cvv code; controlenummer"),
        no_secret=words(
            "post fout error qr bar streepjes bron kleur kortings actie promo kleding"
            " dress land landen taal valuta product artikel bestel boekings tracking"
            " status http exit morse belasting trans manager beheerder"
            " generator beleid veld hint vergeten bord prikbord review bos hanger"
            " storings burgerlijk"
        ),
        means=words("is was luidt luidde heet zijn waren wordt"),
        towards=words("op naar met als"),
        changes=words("zet verander wijzig stel"),
        skipped=words(
            "nu nog steeds niet ook momenteel gewoon altijd weer inmiddels eigenlijk"
            " veranderd gewijzigd"
        ),
        joins=words("en of dan"),
        digits=words("nul een één twee drie vier vijf zes zeven acht negen"),
        numbers=words("tien elf twaalf honderd"),
        number_endings=stems(
            "tien twintig dertig veertig vijftig zestig zeventig tachtig negentig"
        ),
        repeats=words("dubbel dubbele driedubbel"),
        no_value=words(
            "opgeslagen geschreven opgeschreven genoteerd bewaard verstopt fout verkeerd"
            " juist goed correct onjuist ongeldig geldig hetzelfde dezelfde zelfde anders"
            " nieuw oud veilig onveilig zwak sterk makkelijk gemakkelijk moeilijk lastig"
            " ingewikkeld lang kort te heel zo erg nogal geheim privé bekend onbekend"
            " nodig vereist verplicht kwijt vergeten weg verlopen ongewijzigd hier daar"
            " waar wat dat ergens nergens geen niets nooit al leeg kapot geblokkeerd"
            " beveiligd versleuteld slecht beter mij jou ons hem beneden boven buiten"
            " misschien waarschijnlijk ik jij je hij zij ze het wij we men hoe wie wanneer"
            " waarom veel meer iets langer gevraagd geplakt als"
        ),
        code_endings=("code", "codes"),
        password_endings=("wachtwoord",),
        verb_last=words("dat omdat"),
    ),
    corrections=CorrectionWords(
        no=words("nee neen fout verkeerd sorry wacht pardon"),
        meant=phrases(
            "ik bedoelde; ik bedoel; ik had het over; ik heb het over; ik doelde op;"
            " ik bedoelde eigenlijk; wat ik bedoelde was; ik bedoelde dus"
        ),
        said=phrases("ik zei; ik heb gezegd; ik vroeg om; ik wilde; ik wou"),
        negations=phrases("niet; en niet; in plaats van; maar niet"),
        but=phrases("maar; maar juist; wel"),
        definite=words("de het in op bij mijn onze ons t"),
        never=words(
            "het dat dit goed niet nee ja bedankt dank oké ok alleen maar zo te wat wie"
            " hoe waarom wanneer waar of niets alles iets nu nog vandaag morgen gisteren"
            " later weer echt erg slecht zeker genoeg misschien nooit altijd zelfde"
            " dezelfde hetzelfde probleem meer nodig al eens geen stop hallo moment"
            " helemaal ook eigenlijk sorry aub alsjeblieft alstublieft hoor serieus"
            " waar doei dag vaak"
        ),
        doubtful=words(
            "ik jij je hij zij ze wij we mij me hem hun geloof weet denk wil zou graag"
            " hoeft moet kan mag lukt is zijn"
        ),
        polite=phrases("alsjeblieft; graag; dank je; alstublieft"),
    ),
    past=PastWords(
        talk=phrases(
            "zei ik; vroeg ik; zeiden we; zeiden wij; spraken we; vertelde ik; ik zei;"
            " ik vroeg; ik vertelde; ik je vroeg; ik je vertelde; zei je; vroeg je;"
            " hadden we het; had ik het; hebben we het; ons gesprek; onze gesprekken;"
            " mijn vraag; mijn vragen; mijn laatste vraag; ons laatste gesprek"
        ),
        began=phrases(
            "heb ik; hebben we; hebben wij; heb je; heb jij; had ik; hadden we; ik je;"
            " ik jou; ik; we; wij; je me; je mij; jij me"
        ),
        talked=words(
            "gezegd gevraagd verteld gesproken gepraat besproken genoemd afgesproken"
            " geantwoord"
        ),
        reach=12,
        openers=phrases(
            "laat me; laat zien; toon; zoek; zoek op; vind; lees; herinner me; herhaal;"
            " vat; laat"
        ),
        about=phrases("over; van; betreffende; wat betreft; omtrent"),
        leads=words("op in van de het vanaf sinds tijdens afgelopen om"),
        times=times(
            today="vandaag",
            yesterday="gisteren",
            day_before_yesterday="eergisteren",
            yesterday_evening="gisteravond; gisterenavond",
            yesterday_morning="gisterochtend; gistermorgen; gisterenochtend",
            yesterday_afternoon="gistermiddag; gisterenmiddag",
            this_morning="vanmorgen; vanochtend",
            this_afternoon="vanmiddag",
            this_evening="vanavond",
            last_night="vannacht; afgelopen nacht; vorige nacht",
            this_week="deze week",
            last_week="vorige week; afgelopen week; verleden week; de week ervoor",
            last_weekend="vorig weekend; verleden weekend",
            weekend="in het weekend; dit weekend; afgelopen weekend",
            this_month="deze maand",
            last_month="vorige maand; afgelopen maand; verleden maand",
            this_year="dit jaar",
            last_year="vorig jaar; afgelopen jaar; verleden jaar",
            earlier="daarnet; zojuist; net; eerder; straks",
            recently="onlangs; laatst; recent; de laatste tijd; een paar dagen geleden",
        ),
        parts=parts(
            morning="ochtend morgen ochtends",
            afternoon="middag namiddag",
            evening="avond",
            night="nacht",
        ),
        weekdays=in_order(
            "maandag; dinsdag; woensdag; donderdag; vrijdag; zaterdag; zondag"
        ),
        months=in_order(
            "januari; februari; maart; april; mei; juni; juli; augustus; september;"
            " oktober; november; december"
        ),
        units=units(
            minute="minuut minuten",
            hour="uur uren",
            day="dag dagen",
            week="week weken",
            month="maand maanden",
            year="jaar jaren",
        ),
        numbers=in_order(
            "een één; twee; drie; vier; vijf; zes; zeven; acht; negen; tien; elf; twaalf"
        ),
        last=words("vorige vorig afgelopen laatste verleden"),
        after_ago=phrases("geleden"),
        ends=words("heb hebben had hadden gehad zien"),
    ),
)
