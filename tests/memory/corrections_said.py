"""What people say, per language: corrections, and what is none.

What was meant stands in brackets, what it was taken for in angle brackets.
"""

CORRECTIONS = {
    "en": """
        no, I meant [the bedroom]
        not <the kitchen>, [the bedroom]
        I said [bedroom] not <bathroom>
        no I mean [the light in the office]
        I meant [the bedroom], not <the kitchen>
        no, not <the kitchen>, but [the bedroom]
        sorry, I meant [the lamp by the window]
        no, [the bedroom] please
        not <in the kitchen>, [in the bedroom]
        [the bedroom], not <the kitchen>
        wait, I meant [turn off the bedroom light]
        I said [the bedroom]!
        I meant [the bedroom], not now
        not <the kitchen>, I meant [the bedroom]
        no, I was talking about [the garage door]
        I meant [the floor lamp] instead of <the ceiling light>
        no that's wrong, I meant [the bedroom]
    """,
    "de": """
        nein, ich meinte [das Schlafzimmer]
        nicht <die Küche>, [das Schlafzimmer]
        ich sagte [Schlafzimmer] nicht <Badezimmer>
        nein, ich meine [das Licht im Büro]
        ich meinte [das Schlafzimmer], nicht <die Küche>
        nicht <in der Küche>, sondern [im Schlafzimmer]
        nein, [das Schlafzimmer] bitte
        nein, [im Schlafzimmer]
        [das Schlafzimmer], nicht <die Küche>
        falsch, ich meinte [die Stehlampe]
        ich habe gesagt [das Schlafzimmer]
        nein, gemeint war [die Lampe am Fenster]
        ich meinte [die Stehlampe] statt <die Deckenlampe>
    """,
    "fr": """
        non, je voulais dire [la chambre]
        pas <la cuisine>, [la chambre]
        j'ai dit [chambre] pas <cuisine>
        non je parlais de [la lampe du bureau]
        je voulais dire [la chambre], pas <la cuisine>
        non, pas <dans la cuisine> mais [dans la chambre]
        non, [la chambre] s'il te plaît
        [la chambre], pas <la cuisine>
        pardon, je voulais dire [le salon]
        j'ai dit [la chambre]
        non, je veux dire [allume la chambre]
    """,
    "es": """
        no, quería decir [el dormitorio]
        no <la cocina>, [el dormitorio]
        dije [dormitorio] no <cocina>
        no, me refería a [la lámpara del despacho]
        quise decir [el dormitorio], no <la cocina>
        no <en la cocina>, sino [en el dormitorio]
        no, [el dormitorio] por favor
        [el dormitorio], no <la cocina>
        perdón, quería decir [el salón]
        he dicho [el dormitorio]
        no, no <la cocina>, [el dormitorio]
    """,
    "it": """
        no, intendevo [la camera]
        non <la cucina>, [la camera]
        ho detto [camera] non <cucina>
        no, volevo dire [la lampada dello studio]
        intendevo [la camera], non <la cucina>
        non <in cucina>, ma [in camera]
        no, [la camera] per favore
        [la camera], non <la cucina>
        scusa, intendevo [il salotto]
        ho detto [la camera]
        no, non <la cucina>, [la camera]
    """,
    "nl": """
        nee, ik bedoelde [de slaapkamer]
        niet <de keuken>, [de slaapkamer]
        ik zei [slaapkamer] niet <badkamer>
        nee, ik bedoel [de lamp in het kantoor]
        ik bedoelde [de slaapkamer], niet <de keuken>
        niet <in de keuken>, maar [in de slaapkamer]
        nee, [de slaapkamer] alsjeblieft
        [de slaapkamer], niet <de keuken>
        sorry, ik bedoelde [de woonkamer]
        ik zei [de slaapkamer]
        nee, niet <de keuken>, [de slaapkamer]
    """,
    "pl": """
        nie, chodziło mi o [sypialnię]
        nie <kuchnia>, tylko [sypialnia]
        powiedziałem [sypialnia] nie <kuchnia>
        nie, miałem na myśli [lampę w biurze]
        chodziło mi o [sypialnię], nie <kuchnię>
        nie <w kuchni>, [w sypialni]
        nie, [w sypialni] proszę
        [w sypialni], nie <w kuchni>
        przepraszam, chodziło mi o [salon]
        nie, mówiłam o [lampie przy oknie]
        miałam na myśli [sypialnię], a nie <kuchnię>
    """,
    "pt": """
        não, eu queria dizer [o quarto]
        não <a cozinha>, [o quarto]
        eu disse [quarto] não <cozinha>
        não, quero dizer [a luz do escritório]
        queria dizer [o quarto], não <a cozinha>
        não <na cozinha>, mas [no quarto]
        não, [o quarto] por favor
        [o quarto], não <a cozinha>
        desculpa, queria dizer [a sala]
        eu disse [o quarto]
        não, não <a cozinha>, [o quarto]
    """,
}

NO_CORRECTIONS = {
    "en": """
        no thanks
        no
        not now
        I meant well
        no, that's fine
        not bad
        I said stop
        I said milk and eggs
        I mean it
        I meant to call Anna
        not today, thanks
        no problem, thanks
        the light is on, not off
        no, the light is fine
        Anna likes tea, not coffee
        I mean, the weather is nice
        what did you mean
        I said that the dog is outside
        turn on the bedroom light
        no, by the way
        not yet, maybe later
        not so loud, please
        I said yesterday that we need milk
        I meant what I said
        no more sugar please
        in the evening
    """,
    "de": """
        nein danke
        nein
        jetzt nicht
        ich meinte es gut
        nein, das ist gut so
        nicht schlecht
        ich sagte stopp
        ich wollte Milch kaufen
        ich meine es ernst
        nicht so laut, bitte
        nicht jetzt, später
        Anna mag Tee, nicht Kaffee
        das Licht ist an, nicht aus
        ich meine ja nur
        ich habe gesagt, dass der Hund draußen ist
        mach das Licht im Schlafzimmer an
        nein, das stimmt nicht
        nein, das Licht ist gut
        ich meine, dass es zu kalt ist
    """,
    "fr": """
        non merci
        non
        pas maintenant
        je ne voulais pas dire ça
        non, c'est bon
        pas mal
        j'ai dit stop
        pas si fort, s'il te plaît
        pas de problème, merci
        Anna aime le thé, pas le café
        allume la chambre
        j'ai dit que le chien est dehors
        pas encore, plus tard
        non, ça va
    """,
    "es": """
        no gracias
        no
        ahora no
        no está mal
        no pasa nada
        no lo sé, la verdad
        no enciendas la luz, apaga la tele
        no me gusta la cocina, prefiero el salón
        dije que el perro está fuera
        enciende la luz del dormitorio
        no la he visto, lo siento
        todavía no, más tarde
        no, está bien
        Ana bebe té, no café
    """,
    "it": """
        no grazie
        no
        non adesso
        non è male
        non importa
        non lo so, la verità
        non accendere la luce, spegni la tele
        ho detto che il cane è fuori
        accendi la luce della camera
        non ancora, più tardi
        no, va bene
        Anna beve tè, non caffè
        ho detto basta
        non fa niente, grazie
    """,
    "nl": """
        nee bedankt
        nee
        niet nu
        ik bedoelde het goed
        nee, dat is goed
        niet slecht
        ik zei stop
        niet zo hard, alsjeblieft
        niet vandaag, morgen graag
        Anna houdt van thee, niet van koffie
        het licht is aan, niet uit
        ik zei dat de hond buiten is
        doe het licht in de slaapkamer aan
        nee, het licht is goed
    """,
    "pl": """
        nie, dziękuję
        nie
        nie teraz
        nie szkodzi
        nie wiem, zapytaj Annę
        nie działa, spróbuj jeszcze raz
        nie rozumiem, powtórz
        powiedziałem, że pies jest na dworze
        włącz światło w sypialni
        nie tak głośno, proszę
        jeszcze nie, później
        Anna lubi herbatę, nie kawę
        nie ma problemu
        nie o to chodzi
    """,
    "pt": """
        não, obrigado
        não
        agora não
        não está mal
        não faz mal
        não sei, a verdade
        não ligues a luz, apaga a televisão
        eu disse que o cão está lá fora
        liga a luz do quarto
        ainda não, mais tarde
        não, está bem
        a Ana bebe chá, não café
        eu disse chega
        não tem problema
    """,
}
