"""German."""

from .language import LanguageWords, phrases, stems, words

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
        " wofur womit wodurch woran worauf worin welche welcher welches welchen welchem"
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
)
