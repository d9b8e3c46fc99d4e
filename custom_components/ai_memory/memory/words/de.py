"""German."""

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

GERMAN = LanguageWords(
    articles=words(
        "der die das den dem des ein eine einen einem einer eines diese dieser dieses"
        " diesen diesem"
    ),
    possessives=words(
        "mein meine meinen meinem meiner meines unser unsere unseren unserem unserer"
        " unseres unsre unsern unserm dein deine deinen deinem deiner deines ihr ihre"
        " ihren ihrem ihrer euer eure euren eurem eurer sein seine seinen seinem seiner"
    ),
    prepositions=words(
        "in im ins an am ans auf aus bei beim von vom zu zum zur mit fur und oder alle"
        " nach uber unter vor hinter neben"
    ),
    fillers=words(
        "hey hallo hi ok okay bitte also und ja nein ahm so gut mal nun denn sag"
    ),
    questions=words(
        "was wer wen wem wessen wo woher wohin wann warum wieso weshalb weswegen wozu"
        " wofur womit wodurch woran worauf worin woruber wovon welche welcher welches welchen welchem"
        " wieviel wieviele wie"
    ),
    conditional=words("wenn falls ob sobald"),
    inverted=words(
        "ist sind war waren hat habe haben hast hatte hatten gibt gab kann konnen konnt"
        " konnte muss mussen soll sollen sollte darf durfen wird werden wurde wurden"
        " weisst braucht brauche brauchen lauft laufen steht stehen liegt liegen"
        " hangt hangen bin bist seid kommt kommen geht gehen brennt brennen regnet"
        " scheint funktioniert wohnt heisst passt magst mag kennt kennst isst trinkt"
        " schlaft fehlt fehlen reicht gehort"
    ),
    ask=phrases(
        "sag mir; sage mir; sag uns; sagt mir; sag mal; mir sagen; uns sagen; mir bitte sagen; mir bitte erklären; mir bitte verraten;"
        " erzahl mir; erzähl mir; erzähle mir; mir erzählen; weißt du; wisst ihr;"
        " mir erklären; erklär mir; erkläre mir; verrat mir; verrate mir; mir verraten;"
        " nenn mir; nenne mir; mir nennen; erinnerst du dich; ich möchte wissen;"
        " ich will wissen; ich wüsste gern; ich frage mich; gib mir auskunft; beschreib;"
        " beschreibe; erklär; erkläre; hast du eine ahnung; keine ahnung; wie viel;"
        " wie viele; wie lange; wie oft; wie spät; wie alt; wie weit; wie heißt"
    ),
    polite=phrases(
        "kannst du; könntest du; können sie; könnten sie; würdest du; würden sie;"
        " willst du; magst du; könntet ihr; könnt ihr; wärst du so; wären sie so;"
        " kann man; können wir; könnten wir; du kannst; du könntest; du sollst;"
        " du solltest; kann bitte; kann jemand; könnte jemand; ist es möglich; wie wäre es;"
        " ich möchte dass du; ich will dass du; kannst bitte; kannste; warum machst du;"
        " warum schaltest du; würde bitte; könnte bitte; sei so"
    ),
    commands=words(
        "an aus ein auf zu hoch runter tu tue tut halt halte haltet rede ruf gib gebt"
        " geh geht bring hol lies nimm leg lege stell mute erinnere merk vergiss"
    ),
    command_stems=stems(
        "schalt einschalt ausschalt anschalt abschalt umschalt stell einstell anstell"
        " abstell umstell mach anmach ausmach aufmach zumach dreh aufdreh runterdreh"
        " herunterdreh hochdreh dimm öffn schließ abschließ aufschließ fahr hochfahr"
        " runterfahr herunterfahr start stopp setz aktivier deaktivier spiel abspiel"
        " pausier lösch hinzufüg füg erhöh verringer reduzier senk heb heiz kühl sperr"
        " absperr verriegel entriegel lass nehm leg hinleg erinner merk vergess vergiss"
        " zeig sag erzähl such ruf anruf schick send beend brech abbrech brich änder"
        " veränder ergänz entfern streich wiederhol überspring sing lies les vorles"
        " übersetz notier speicher weck gib geb bring koch putz saug staubsaug wechsel"
        " wechsl entmut färb führ bestell kauf hol rechne berechn buch plan verläng"
        " verkürz setz verschieb trag eintrag schreib aufschreib aufweck ausführ"
        " stummschalt leiser lauter heller dunkler wärmer kälter probier versuch warte"
        " hör aufhör red"
    ),
    wishes=phrases(
        "ich möchte; ich will; ich hätte gern; ich hätte gerne; ich brauche; ich würde;"
        " wir brauchen; wir wollen; ich wünsche; bitte; ich wünschte; du sollst; lass uns"
    ),
    finite=words(
        "ich wir er es man ist sind war waren bin bist hat habe haben hatte hatten steht"
        " stehen liegt liegen hangt hangen wohnt heisst mag kommt kommen geht gehen"
        " gehort lebt arbeitet wird werden wurde braucht sitzt trinkt isst schlaft"
        " kostet passt bedeutet"
    ),
    volatile=words(
        "jetzt gerade heute heutige heutigen heutiges gestern morgen ubermorgen"
        " vorgestern momentan aktuell aktuelle aktuellen aktueller derzeit zurzeit woche"
        " monat jahr wochenende moment zeit uhr uhrzeit spat datum tag wochentag stunde"
        " stunden wetter wetterbericht vorhersage regen regnet regnen schnee schneit"
        " sonne sonnig wind windig bewolkt sonnenaufgang sonnenuntergang temperatur"
        " temperaturen grad warm kalt heiss feuchtigkeit luftfeuchtigkeit timer wecker"
        " restzeit ubrig verbleibend neueste neuesten letzte letzten letztes nachste"
        " nachsten nachster nachrichten ergebnis preis verkehr stau noch schon bereits"
        " eben bald bis vor status zustand lauft spielt akku batterie ladestand"
        " helligkeit lautstarke strom energie verbrauch stromverbrauch liste"
        " einkaufsliste kalender termin termine ereignis erinnerung erinnerungen mond"
        " witz zuhause hause daheim unterwegs position paket post nacht abend mittag"
        " vormittag nachmittag fruh spater"
    ),
    lasting=words(
        "woche monat jahr wochenende tag wochentag stunde stunden nacht abend mittag"
        " vormittag nachmittag"
    ),
    states=words(
        "offen offene geoffnet geschlossen verschlossen verriegelt entriegelt"
        " abgeschlossen eingeschaltet ausgeschaltet angeschaltet eingesteckt aktiv"
        " inaktiv aktiviert deaktiviert verbunden getrennt besetzt frei voll leer"
        " ausgelost erkannt verfugbar brennt brennen fertig laufen stumm scharf unscharf"
        " gekippt anwesend abwesend angemacht ausgemacht unten oben"
    ),
    state_stems=stems(
        "offen geöffn öffn schließ geschloss verriegel entriegel gesperr aufgesperr zugesperr"
        " abgesperr abgeschloss eingeschalt ausgeschalt angeschalt"
    ),
    final_states=words("an aus auf zu da weg ein"),
    secrets=SecretWords(
        pins=phrases(
            "pin; pins; pin code; pincode; pin nummer; pinnummer; geheimzahl;"
            " geheimnummer; kartenpin; handypin"
        ),
        codes=phrases(
            "alarmcode; alarm code; türcode; tür code; haustürcode; torcode;"
            " garagencode; tresorcode; safecode; zugangscode; zutrittscode;"
            " sicherheitscode; schlosscode; einmalcode; einmalpasswort;"
            " bestätigungscode; verifizierungscode; wiederherstellungscode;"
            " wiederherstellungscodes; backup code; backup codes; notfallcode;"
            " freischaltcode; entsperrcode; tan; mtan; otp; puk; sms code;"
            " zahlenkombination; alarmanlagencode"
        ),
        loose_codes=phrases(
            "code; codes; kombination; entschärfe; entsperre; fahrradschloss;"
            " zahlenschloss; vorhängeschloss"
        ),
        passwords=phrases(
            "passwort; passworts; passwörter; kennwort; kennworts; passphrase;"
            " losungswort; codewort; wlan schlüssel; wifi schlüssel; wlanschlüssel;"
            " wpa schlüssel; netzwerkschlüssel"
        ),
        tokens=phrases(
            "token; tokens; api schlüssel; zugriffstoken; zugangstoken;"
            " zugriffsschlüssel"
        ),
        loose_keys=phrases("schlüssel; wiederherstellungsschlüssel"),
        cards=phrases(
            "kartennummer; kreditkarte; kreditkartennummer; bankkarte; debitkarte;"
            " ec karte; girokarte"
        ),
        card_checks=phrases(
            "cvv; cvc; prüfnummer; prüfziffer; kartenprüfnummer; kartenprüfziffer"
        ),
        no_secret=words(
            "post postleit fehler error qr bar strich dress farb farben quell länder"
            " landes land sprach währungs rabatt gutschein promo aktions produkt artikel"
            " bestell buchungs sendungs status http exit straf steuer morse trans manager generator richtlinie richtlinien feld hinweis regel"
            " regeln stärke abfrage brett wand schutz review bund anhänger kasten"
        ),
        means=words("ist war lautet lautete heißt hieß sind waren lauten wird"),
        towards=words("auf zu mit als"),
        changes=words("setz setze ändere stell stelle"),
        skipped=words(
            "jetzt nun noch immer nicht auch aktuell derzeit weiterhin einfach nur"
            " wieder bloß momentan eigentlich"
        ),
        joins=words("und oder dann"),
        digits=words("null eins zwei zwo drei vier fünf sechs sieben acht neun"),
        numbers=words("zehn elf zwölf"),
        number_endings=stems(
            "zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
            " hundert"
        ),
        repeats=words("doppel doppelt zweimal dreimal"),
        no_value=words(
            "gespeichert geschrieben aufgeschrieben notiert hinterlegt abgelegt"
            " versteckt falsch richtig korrekt ungültig gültig gleich gleiche selbe"
            " dasselbe anders neu alt sicher unsicher schwach stark leicht schwer"
            " schwierig kompliziert lang kurz zu sehr so ganz ziemlich geheim privat"
            " bekannt unbekannt nötig notwendig erforderlich verloren vergessen weg"
            " abgelaufen geändert unverändert hier dort da wo was dass irgendwo nirgends"
            " nirgendwo kein keine nichts nie niemals schon bereits leer kaputt gesperrt"
            " geschützt verschlüsselt gut schlecht besser mir dir uns ihm unten oben"
            " draußen wohl vielleicht wahrscheinlich ich du er sie es wir man wie wer"
            " wann warum viel mehr etwas länger gefragt verlangt"
        ),
        code_endings=("code", "codes"),
        password_endings=("passwort", "kennwort"),
        verb_last=words("dass weil falls da"),
    ),
    corrections=CorrectionWords(
        no=words("nein nee nö falsch quatsch moment sorry entschuldigung halt"),
        meant=phrases(
            "ich meinte; ich meine; ich habe gemeint; ich meinte eigentlich;"
            " ich meinte doch; gemeint war; gemeint ist; gemeint habe ich;"
            " ich rede von; ich spreche von; was ich meinte war; eigentlich meinte ich"
        ),
        said=phrases("ich sagte; ich habe gesagt; ich sagte doch; ich wollte"),
        negations=phrases("nicht; statt; anstatt; und nicht; anstelle von; aber nicht"),
        but=phrases("sondern; aber"),
        definite=words(
            "der die das den dem im in am auf beim ins mein meine meinen unser unsere"
        ),
        never=words(
            "es ja nein nur ernst gut so zu dass daß das dich euch dir danke bitte ok"
            " okay was wer wie warum wann wo ob nichts alles etwas jetzt noch heute"
            " morgen gestern später wieder wirklich sehr schlecht sicher genug vielleicht"
            " nie immer gleich selbe dasselbe problem mehr schlimm nötig schon eben mal"
            " halt kein keine stopp hallo tschüss moment ganz unbedingt auch lieber"
            " eigentlich nicht sorry heißt stimmt wahr viel"
        ),
        doubtful=words(
            "ich du er sie es wir ihr mich mir dich dir ihn ihm uns glaube weiß denke"
            " mag will möchte brauche brauchen wäre stimmt reicht"
        ),
        polite=phrases("bitte; danke; doch"),
    ),
    past=PastWords(
        talk=phrases(
            "sagte ich; fragte ich; ich sagte; ich fragte; sprachen wir; redeten wir;"
            " sagtest du; ich dich fragte; ich dir sagte; war die rede; unser gespräch;"
            " unsere gespräche; unserem gespräch; unserer unterhaltung;"
            " unsere unterhaltung; meine frage; meine fragen; meine letzte frage;"
            " unser letztes gespräch"
        ),
        began=phrases(
            "habe ich; hab ich; haben wir; hast du; hatte ich; hatten wir; hattest du;"
            " ich; wir; du mir; du uns"
        ),
        talked=words(
            "gesagt gefragt gesprochen erzählt geredet besprochen erwähnt gebeten"
            " unterhalten geantwortet ausgemacht diskutiert"
        ),
        reach=12,
        openers=phrases(
            "zeig mir; zeig; zeige; such; suche; finde; find; lies; erinner mich;"
            " erinnere mich; wiederhol; wiederhole; fass"
        ),
        about=phrases(
            "über; nach; vom; von; zu; zum; zur; wegen; bezüglich; zum thema; betreffend"
        ),
        leads=words("am im an in vom von seit der die das den dem während aus"),
        times=times(
            today="heute",
            yesterday="gestern",
            day_before_yesterday="vorgestern",
            last_night="letzte nacht; heute nacht; vergangene nacht; letzter nacht",
            this_week="diese woche; dieser woche; in dieser woche",
            last_week=(
                "letzte woche; letzter woche; vorige woche; voriger woche;"
                " vergangene woche; vergangener woche; vorwoche; letzten woche"
            ),
            last_weekend="letztes wochenende; letzten wochenende",
            weekend="am wochenende; dieses wochenende; diesem wochenende",
            this_month="diesen monat; diesem monat",
            last_month=(
                "letzten monat; letztem monat; vorigen monat; vergangenen monat;"
                " im letzten monat"
            ),
            this_year="dieses jahr; diesem jahr",
            last_year="letztes jahr; letzten jahr; voriges jahr; vergangenes jahr",
            earlier="vorhin; eben; gerade eben; gerade",
            recently="neulich; kürzlich; in letzter zeit; vor kurzem; vor ein paar tagen",
        ),
        parts=parts(
            morning="morgen früh vormittag",
            afternoon="nachmittag mittag",
            evening="abend",
            night="nacht",
        ),
        weekdays=in_order(
            "montag; dienstag; mittwoch; donnerstag; freitag; samstag sonnabend; sonntag"
        ),
        months=in_order(
            "januar jänner; februar; märz; april; mai; juni; juli; august; september;"
            " oktober; november; dezember"
        ),
        units=units(
            minute="minute minuten",
            hour="stunde stunden",
            day="tag tage tagen",
            week="woche wochen",
            month="monat monate monaten",
            year="jahr jahre jahren",
        ),
        numbers=in_order(
            "ein eine einem einer eins; zwei; drei; vier; fünf; sechs; sieben; acht;"
            " neun; zehn; elf; zwölf"
        ),
        last=words(
            "letzte letzten letzter letztes letztem vorige vorigen vergangene vergangenen"
        ),
        before_ago=phrases("vor"),
    ),
)
