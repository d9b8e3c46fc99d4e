"""The labelled set in German."""

from .labelled import Form, Language

_WORDS = {
    "person": (
        "Anna, Ben, Clara, David, Emma, Felix, Hanna, Jonas, Julia, Karl, Laura, Max, Nora, Oskar, Paula, Rosa, Simon,"
        " Theo, Ulla, Viktor, Oma|Großmutter, Opa|Großvater, Tante Maria, Onkel Josef"
    ),
    "surname": (
        "Albers, Brandt, Conrad, Dittrich, Engel, Fuchs, Graf, Hofmann, Jansen, Kowalski, Lehmann, Metzger, Novak,"
        " Petersen, Richter, Sommer, Thiele, Ulrich, Vogel, Weber, Yilmaz, Zimmer"
    ),
    "room": (
        "Wohnzimmer|Stube, Dachboden|Speicher, Keller|Untergeschoss, Arbeitszimmer|Büro, Flur|Gang, Badezimmer|Bad,"
        " Schlafzimmer, Garten, Gästezimmer, Kinderzimmer, Hauswirtschaftsraum|Waschraum, Esszimmer"
    ),
    "furniture": (
        "in der oberen Schublade, in der blauen Kiste, im zweiten Regal, in der Blechdose, im grauen Ordner, hinter dem"
        " Schrank, im alten Koffer, auf der Bank, in der Kommode, unter der Treppe"
    ),
    "document": (
        "Reisepass|Ausweis, Mietvertrag|Wohnungsvertrag, Impfpass|Impfausweis, Führerschein|Fahrerlaubnis, Versicherungsschein|"
        "Police, Steuerbescheid|Brief vom Finanzamt, Schülerausweis, Kaufvertrag|Kaufbeleg"
    ),
    "appliance": (
        "Staubsauger|Sauger, Wäschetrockner|Trockner, Kühlschrank|Kühlgerät, Fernseher|TV-Gerät, Rauchmelder|Feuermelder,"
        " Geschirrspüler|Spülmaschine, Gefrierschrank|Tiefkühler, Heizkörper|Heizung, Ventilator|Lüfter, Router|WLAN-Kasten,"
        " Luftbefeuchter|Befeuchter, Kaffeeautomat|Espressomaschine"
    ),
    "tool": (
        "Akkuschrauber|Schraubgerät, Leiter|Trittleiter, Taschenlampe|Handlampe, Zollstock|Metermaß, Wasserwaage,"
        " Heckenschere|Schere für die Hecke, Schubkarre|Karre, Zelt|Campingunterkunft, Nähmaschine|Maschine zum Nähen,"
        " Luftpumpe|Fahrradpumpe, Schaufel|Spaten, Luftmatratze|Gästebett, Kühlbox|Kühltasche, Schlitten|Rodel,"
        " Kindersitz|Autositz, Bohrmaschine|Bohrer"
    ),
    "food": (
        "Erdnüsse, Walnüsse, Krabben, Erdbeeren, Sellerie, Senf, Haferflocken, Lachs, Linsen, Pilze, Ziegenkäse, Honig,"
        " Spinat, Kürbis, Sesam, Kichererbsen, Pflaumen"
    ),
    "medicine": "Vitamin D, Eisensaft, Hustensaft, Magnesium, Augentropfen, Insulin, Baldrian, Schilddrüsentabletten",
    "activity": (
        "Schwimmen|Schwimmunterricht, Judo|Kampfsport, Klavier|Klavierstunde, Fußball|Kicken, Ballett|Tanzstunde, Töpfern|"
        "Keramikkurs, Geige|Violine, Reiten|Reitstunde, Chor|Singen, Klettern|Kletterhalle"
    ),
    "weekday": "Montag, Dienstag, Mittwoch, Donnerstag, Freitag, Samstag, Sonntag",
    "month": "Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember",
    "shop": "Hartmann, Elektro Punkt, Bauer und Söhne, Nordhaus, Werkzeugscheune, Villa Wohnen",
    "company": "Nordlicht, Telvana, Stromwerk, Aquaris, Kestrel, Blauberg, Heimschutz, Vianet, Lumio, Kastor, Orbita",
    "service": (
        "Internet|WLAN, Strom|Elektrizität, Gas, Handy|Mobilfunk, Fitnessstudio|Sportstudio, Zeitung|Tageszeitung,"
        " Hausratversicherung|Versicherung der Möbel, Pannenhilfe|Abschleppdienst"
    ),
    "plant": "Orchidee, Gummibaum|Ficus, Kaktus|Sukkulente, Farn, Zitronenbaum|Zitrusbaum, Efeu|Kletterpflanze, Palme",
    "animal": "Hund|Welpe, Kater|Stubentiger, Hase|Kaninchen, Hamster, Papagei|Vogel",
    "city": "Lissabon, Wien, Oslo, Porto, Krakau, Dublin, Sevilla, Gent, Prag, Turin, Bergen, Athen, Lyon, Riga, Basel",
    "hotel": "im Hotel Aurora, in der Pension Linde, im Hafenhof, in der Casa Azul, in der Alten Mühle, im Hotel Union",
    "vehicle": "Auto|Wagen, Motorrad|Maschine, Roller|Moped, Wohnmobil|Camper, Transporter|Kleinbus",
    "present": "ein Fernrohr, eine Geldbörse, ein Kochbuch, eine Halskette, ein Brettspiel, einen Rucksack, eine Decke",
    "ailment": "Rücken|Kreuzschmerzen, Asthma|Atemnot, Migräne|Kopfweh, Augen|Sehkraft, Hautausschlag|Ekzem, Zähne|Gebiss, Knie|Gelenk",
    "vaccine": "Tetanus|Wundstarrkrampf, Masern, Grippe|Influenza, Hepatitis|Gelbsucht, FSME|Zecken, Keuchhusten",
    "object": "Vorhang|Gardine, Teppich|Läufer, Fenster|Scheibe, Regal|Bord, Tisch|Tafel, Spiegel",
    "clothing": "Hosen|Beinkleider, Pullover|Pulli, Schuhe|Fußbekleidung, Handschuhe|Fäustlinge, Mützen|Kopfbedeckung, Jacken|Mäntel",
    "size": "S, M, L, XL, 36, 38, 40, 42, 44, 116, 128, 140",
    "trade": (
        "Klempner|jemanden für ein undichtes Rohr, Elektriker|jemanden für kaputte Leitungen, Schornsteinfeger|jemanden für"
        " den Kamin, Schlüsseldienst|jemanden für eine zugefallene Tür, Dachdecker|jemanden für kaputte Ziegel, Maler|"
        "jemanden zum Streichen, Babysitter|jemanden für die Kinder, Tierarzt|jemanden für ein krankes Haustier, Glaser|"
        "jemanden für eine gesprungene Scheibe, Klavierstimmer|jemanden für das verstimmte Klavier"
    ),
    "colour": "Salbeigrün, Cremeweiß, Altrosa, Schiefergrau, Himmelblau, Ocker, Terrakotta",
}

_FORMS = (
    Form(
        (
            "{person} bewahrt den {document} {furniture} auf.",
            "Der {document} von {person} liegt {furniture}.",
        ),
        (
            "Wo finde ich {document} von {person}?",
            "Wohin hat {person} {document} gelegt?",
        ),
    ),
    Form(
        ("{person} ist allergisch gegen {food}.", "{person} verträgt keine {food}."),
        (
            "Was dürfen wir {person} nicht zu essen geben?",
            "Welche Zutat macht {person} krank?",
        ),
    ),
    Form(
        (
            "{person} hat am {day}. {month} Geburtstag.",
            "{person} wurde am {day}. {month} {year} geboren.",
        ),
        (
            "Wann feiern wir {person}?",
            "Zu welchem Datum brauche ich eine Torte für {person}?",
        ),
    ),
    Form(
        (
            "Den {appliance} für das {room} haben wir im {month} {year} bei {shop} gekauft.",
        ),
        (
            "Wie alt ist {appliance} im Raum {room}?",
            "Aus welchem Laden stammt {appliance} für {room}?",
        ),
    ),
    Form(
        (
            "Der Filter vom {appliance} im {room} muss alle {number} Wochen gewechselt werden.",
        ),
        ("Wie oft tausche ich den Einsatz in {appliance} bei {room}?",),
    ),
    Form(
        (
            "{person} nimmt täglich {number} Milliliter {medicine}.",
            "{person} bekommt vor dem Essen {number} Tropfen {medicine}.",
        ),
        (
            "Wie viel {medicine} braucht {person}?",
            "Welche Dosis {medicine} soll ich {person} geben?",
        ),
    ),
    Form(
        ("{person} hat {weekday} um {clock} Uhr {activity}.",),
        (
            "Wann fängt für {person} {activity} an?",
            "Zu welcher Zeit fahre ich {person} hin, {activity}?",
        ),
    ),
    Form(
        (
            "Herr {surname} unterrichtet {person} in {activity}.",
            "Frau {surname} ist die Lehrerin von {person} für {activity}.",
        ),
        ("Wer bringt {person} {activity} bei?",),
    ),
    Form(
        ("Die {tool} haben wir im {month} an {person} {surname} verliehen.",),
        (
            "Wer hat sich {tool} von uns geborgt?",
            "Von wem bekommen wir {tool} noch zurück?",
        ),
    ),
    Form(
        ("Das Werkzeug {tool} liegt im {room}, {furniture}.",),
        ("An welchem Ort lagern wir {tool}?",),
    ),
    Form(
        ("{person} mag es im {room} abends {number} Grad warm.",),
        ("Welche Temperatur will {person} nachts in {room}?",),
    ),
    Form(
        ("Unser {trade} heißt {person} {surname}, Telefon {code}.",),
        ("Kennen wir {trade}?", "Wen rufe ich an, wenn ich {trade} brauche?"),
    ),
    Form(
        ("Die Pflanze {plant} im {room} braucht alle {number} Tage Wasser.",),
        ("Wie oft muss ich {plant} bei {room} gießen?",),
    ),
    Form(
        ("{person}s {animal} bekommt {number} Gramm {food} am Tag.",),
        (
            "Was frisst {animal} von {person}?",
            "Wie viel füttere ich {animal} von {person}?",
        ),
    ),
    Form(
        ("{person} fliegt am {day}. {month} nach {city}.",),
        (
            "Wann verreist {person} Richtung {city}?",
            "An welchem Datum startet die Reise von {person} in {city}?",
        ),
    ),
    Form(
        ("{person} hat in {city} {hotel} übernachtet und gut geschlafen.",),
        ("Welche Unterkunft in {city} hat {person} gefallen?",),
    ),
    Form(
        ("{person}s {vehicle} muss bei {number} Tausend Kilometern zur Inspektion.",),
        ("Wann soll die Werkstatt sich {vehicle} von {person} ansehen?",),
    ),
    Form(
        ("Das Kennzeichen von {person}s {vehicle} lautet {code}.",),
        ("Welches Nummernschild hat {vehicle} von {person}?",),
    ),
    Form(
        ("{person} hat {person2} zu Weihnachten {year} {present} geschenkt.",),
        ("Was bekam {person2} im Dezember {year} von {person}?",),
    ),
    Form(
        ("{person} schuldet {person2} {number} Euro.",),
        ("Wie viel Geld muss {person} an {person2} zurückzahlen?",),
    ),
    Form(
        ("Der Vertrag über {service} mit {company} endet am {day}. {month} {year}.",),
        (
            "Bis wann sind wir an {company} gebunden, {service}?",
            "Wann können wir {company} kündigen, {service}?",
        ),
    ),
    Form(
        ("Für {service} zahlen wir {number} Euro im Monat an {company}.",),
        ("Was kostet uns {service} von {company}?",),
    ),
    Form(
        ("Der {appliance} im {room} hängt an Sicherung {number}.",),
        ("Welchen Schalter lege ich um, damit {appliance} in {room} stromlos ist?",),
    ),
    Form(
        ("Wegen {ailment} geht {person} zu Doktor {surname}.",),
        ("Welcher Arzt behandelt {person}, {ailment}?",),
    ),
    Form(
        ("{person} wurde im {month} {year} gegen {vaccine} geimpft.",),
        (
            "Ist {person} noch geschützt, {vaccine}?",
            "Wann bekam {person} die Spritze, {vaccine}?",
        ),
    ),
    Form(
        ("Im {room} misst {object} {number} mal {number2} Zentimeter.",),
        ("Wie groß ist {object} in {room}?",),
    ),
    Form(
        ("{person} trägt {clothing} in Größe {size}.",),
        (
            "Was passt {person}, {clothing}?",
            "Wie groß sollen {clothing} sein, die ich für {person} kaufe?",
        ),
    ),
    Form(
        (
            "Die Wände im {room} sind in {colour} Nummer {number} von {shop} gestrichen.",
        ),
        ("Welchen Farbton haben wir in {room} benutzt?",),
    ),
)

GERMAN = Language("de", _WORDS, _FORMS)
