"""What people say, per language, as questions and as what is none."""

QUESTIONS = {
    "en": """
        where is the ladder
        what is our wifi password called
        who is coming for dinner
        when does the bakery open
        why is the basement so damp
        how do I turn off the water
        how old is our dishwasher
        which filter does the vacuum need
        is the ladder in the garage
        do we have any batteries
        did anyone feed the cat
        does Anna like mushrooms
        tell me where the ladder is
        do you know where I put the keys
        could you tell me when the bins go out
        can you please tell me what Anna likes
        remind me where the passports are
        hey, what's the name of our plumber
        at what time does school start
        turn signals, what colour are they?
        have we got a spare key
        explain how the dishwasher works
        would it be better to paint it white?
    """,
    "de": """
        wo ist die Leiter
        wer kommt zum Essen
        wann macht die Bäckerei auf
        warum ist der Keller so feucht
        wie alt ist die Spülmaschine
        welchen Filter braucht der Staubsauger
        ist die Leiter in der Garage
        haben wir noch Batterien
        mag Anna Pilze
        sag mir wo die Leiter ist
        weißt du wo meine Schlüssel sind
        kannst du mir sagen wann die Mülltonnen rausmüssen
        könntest du mir bitte erklären wie die Heizung funktioniert
        wie heißt unser Klempner
        auf welcher Seite ist der Sicherungskasten
        in welchem Schrank sind die Kerzen
        gibt es einen Ersatzschlüssel
        hat jemand die Katze gefüttert
        was mag Anna
        wieviel Mehl kommt in den Teig
        die Leiter ist in der Garage?
        woher kommt das Wasser im Keller
    """,
    "fr": """
        où est l'échelle
        qui vient dîner
        quand ouvre la boulangerie
        pourquoi la cave est si humide
        quel âge a le lave-vaisselle
        quelle est la taille du filtre
        est-ce que l'échelle est au garage
        as-tu une idée
        avons-nous des piles
        dis-moi où est l'échelle
        sais-tu où sont mes clés
        peux-tu me dire quand sortir les poubelles
        pourrais-tu me dire comment marche le four
        comment s'appelle notre plombier
        combien de farine faut-il
        à quelle heure commence l'école
        c'est quoi le code postal de Lyon
        il y a combien de marches
        rappelle-moi où sont les passeports
        l'échelle est au garage ?
        qu'est-ce que mange le chat
        dans quel placard sont les bougies
    """,
    "es": """
        dónde está la escalera
        donde esta la escalera
        quién viene a cenar
        cuándo abre la panadería
        por qué el sótano es tan húmedo
        cuántos años tiene el lavavajillas
        qué filtro necesita la aspiradora
        está la escalera en el garaje
        tenemos pilas?
        hay una llave de repuesto
        dime dónde está la escalera
        sabes dónde están mis llaves
        puedes decirme cuándo sale la basura
        me podrías decir cómo funciona el horno
        cómo se llama nuestro fontanero
        cuánta harina lleva la masa
        a qué hora empieza el colegio
        en qué armario están las velas
        recuérdame dónde están los pasaportes
        ¿la escalera está en el garaje?
        cuál es la talla de Ana
        le gustan las setas a Ana?
    """,
    "it": """
        dov'è la scala
        dove è la scala
        chi viene a cena
        quando apre la panetteria
        perché la cantina è così umida
        quanti anni ha la lavastoviglie
        che filtro serve all'aspirapolvere
        quale armadio ha le candele
        abbiamo delle pile?
        c'è una chiave di riserva
        ci sono candele in casa
        dimmi dov'è la scala
        sai dove sono le mie chiavi
        puoi dirmi quando passa la spazzatura
        potresti dirmi come funziona il forno
        come si chiama il nostro idraulico
        quanta farina ci vuole
        a che ora comincia la scuola
        ricordami dove sono i passaporti
        la scala è in garage?
        cosa piace ad Anna
        è in garage la scala
    """,
    "nl": """
        waar is de ladder
        wie komt er eten
        wanneer gaat de bakker open
        waarom is de kelder zo vochtig
        hoe oud is de vaatwasser
        hoe zet ik de verwarming uit
        welk filter heeft de stofzuiger nodig
        is de ladder in de garage
        hebben we nog batterijen
        vertel me waar de ladder is
        weet je waar mijn sleutels zijn
        kun je me vertellen wanneer de vuilnis wordt opgehaald
        zou je me kunnen vertellen hoe de oven werkt
        hoe heet onze loodgieter
        hoeveel bloem gaat er in het deeg
        hoe laat begint de school
        in welke kast liggen de kaarsen
        heeft iemand de kat gevoerd
        lust Anna paddenstoelen
        de ladder staat in de garage?
        wat vindt Anna lekker
        staat de ladder in de garage
    """,
    "pl": """
        gdzie jest drabina
        kto przychodzi na kolację
        kiedy otwierają piekarnię
        dlaczego piwnica jest taka wilgotna
        ile lat ma zmywarka
        jaki filtr pasuje do odkurzacza
        czy drabina jest w garażu
        czy mamy baterie
        czy Anna lubi grzyby
        powiedz mi gdzie jest drabina
        wiesz gdzie są moje klucze
        czy możesz mi powiedzieć kiedy wywożą śmieci
        mógłbyś mi powiedzieć jak działa piekarnik
        jak się nazywa nasz hydraulik
        jak wyłączyć wodę
        ile mąki idzie do ciasta
        o której zaczyna się szkoła
        w której szafce są świece
        przypomnij mi gdzie są paszporty
        drabina jest w garażu?
        co lubi Anna
        mamy zapasowy klucz?
    """,
    "pt": """
        onde está a escada
        quem vem jantar
        quando abre a padaria
        porque é que a cave é tão húmida
        quantos anos tem a máquina de lavar
        que filtro leva o aspirador
        está a escada na garagem
        temos pilhas?
        há uma chave de reserva
        é na garagem que está a escada
        diz-me onde está a escada
        sabes onde estão as minhas chaves
        podes dizer-me quando passa o lixo
        você pode me dizer como funciona o forno
        como se chama o nosso canalizador
        quanta farinha leva a massa
        a que horas começa a escola
        em que armário estão as velas
        lembra-me onde estão os passaportes
        a escada está na garagem?
        o que gosta a Ana de comer
        qual é o tamanho da Ana
    """,
}

NO_QUESTIONS = {
    "en": """
        turn on the office lights
        can you turn on the light
        Could you please dim the lights?
        would you mind closing the blinds?
        will you start the vacuum
        when I come home turn on the light
        set the thermostat to 21 degrees
        I put the ladder in the garage
        do not open the door
        don't turn off the fan
        have the vacuum clean the kitchen
        remind me to call Anna
        why don't you turn off the radio
        kitchen lights on
        Anna likes mushrooms
    """,
    "de": """
        schalte das Licht im Büro ein
        kannst du das Licht einschalten
        Könntest du bitte die Lampen dimmen?
        würdest du die Rollläden schließen
        starte den Staubsauger
        wenn ich nach Hause komme mach das Licht an
        stell die Heizung auf 21 Grad
        ich habe die Leiter in die Garage gestellt
        Licht im Büro an
        mach bitte das Radio aus
        erinnere mich daran Anna anzurufen
        Anna mag Pilze
        ich möchte dass du das Licht ausmachst
        spiel Musik im Wohnzimmer
        öffne die Garage
    """,
    "fr": """
        allume la lumière du bureau
        peux-tu allumer la lumière
        Pourrais-tu baisser les lumières ?
        est-ce que tu peux fermer les volets
        lance l'aspirateur
        quand je rentre allume la lumière
        mets le chauffage à 21 degrés
        j'ai mis l'échelle au garage
        éteins la radio s'il te plaît
        ferme la porte du garage
        rappelle-moi d'appeler Anna
        Anna aime les champignons
        tu peux éteindre la radio
        joue de la musique au salon
        ouvre les volets
    """,
    "es": """
        enciende la luz de la oficina
        puedes encender la luz
        ¿Podrías bajar las persianas?
        me puedes apagar la radio
        pon en marcha la aspiradora
        cuando llegue a casa enciende la luz
        pon la calefacción a 21 grados
        puse la escalera en el garaje
        apaga la radio por favor
        cierra la puerta del garaje
        recuérdame llamar a Ana
        a Ana le gustan las setas
        quiero que apagues la luz
        para la música
        sube las persianas
    """,
    "it": """
        accendi la luce dello studio
        puoi accendere la luce
        Potresti abbassare le luci?
        vuoi chiudere le tapparelle
        avvia l'aspirapolvere
        quando torno a casa accendi la luce
        imposta il riscaldamento a 21 gradi
        ho messo la scala in garage
        spegni la radio per favore
        chiudi la porta del garage
        ricordami di chiamare Anna
        ad Anna piacciono i funghi
        metti della musica in salotto
        apri le tapparelle
        fai partire la lavatrice
    """,
    "nl": """
        doe het licht in het kantoor aan
        kun je het licht aandoen
        Zou je de lampen willen dimmen?
        wil je de rolluiken sluiten
        start de stofzuiger
        als ik thuiskom doe het licht aan
        zet de verwarming op 21 graden
        ik heb de ladder in de garage gezet
        mag het licht uit
        zet de radio uit alsjeblieft
        herinner me eraan Anna te bellen
        Anna houdt van paddenstoelen
        speel muziek in de woonkamer
        open de garage
        lampen in de keuken aan
    """,
    "pl": """
        włącz światło w biurze
        możesz włączyć światło
        Czy mógłbyś przyciemnić światła?
        czy możesz zamknąć rolety
        uruchom odkurzacz
        gdy wrócę do domu włącz światło
        ustaw ogrzewanie na 21 stopni
        położyłem drabinę w garażu
        wyłącz radio proszę
        zamknij bramę garażową
        przypomnij mi o telefonie do Anny
        Anna lubi grzyby
        zagraj muzykę w salonie
        otwórz rolety
        zgaś światło w kuchni
    """,
    "pt": """
        acende a luz do escritório
        podes acender a luz
        Você poderia baixar as persianas?
        pode desligar o rádio
        liga o aspirador
        quando chegar a casa acende a luz
        põe o aquecimento a 21 graus
        pus a escada na garagem
        desliga o rádio por favor
        fecha a porta da garagem
        lembra-me de ligar à Ana
        a Ana gosta de cogumelos
        toca música na sala
        abre os estores
        para a música
    """,
}

STATEMENTS = {
    "en": """
        I put the ladder in the garage
        Anna likes mushrooms on her pizza
        the spare key is under the blue pot
        our plumber's name is Kowalski and he is great
    """,
    "de": """
        ich habe die Leiter in die Garage gestellt
        Anna mag Pilze auf der Pizza
        der Ersatzschlüssel liegt unter dem blauen Topf
    """,
    "fr": """
        j'ai mis l'échelle dans le garage
        la clé de secours est sous le pot bleu
        nous avons acheté un nouveau vélo
    """,
    "es": """
        he puesto la escalera en el garaje
        la llave de repuesto está debajo de la maceta azul
        a Ana le encantan las setas
    """,
    "it": """
        ho messo la scala in garage
        la chiave di riserva è sotto il vaso blu
        noi abbiamo comprato una bici nuova
    """,
    "nl": """
        ik heb de ladder in de garage gezet
        de reservesleutel ligt onder de blauwe pot
        onze loodgieter heet Jansen
    """,
    "pl": """
        położyłem drabinę w dużym garażu
        zapasowy klucz jest pod niebieską doniczką
        Anna lubi grzyby na pizzy
    """,
    "pt": """
        pus a escada na garagem
        a chave de reserva está debaixo do vaso azul
        a Ana gosta de cogumelos na pizza
    """,
}


def lines(table: dict[str, str]) -> list[tuple[str, str]]:
    """Return language and utterance, one by one."""
    return [
        (language, line.strip())
        for language, text in table.items()
        for line in text.strip().splitlines()
    ]
