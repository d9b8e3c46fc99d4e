"""What people say, per language: with secrets, in brackets, and without."""

SECRETS = {
    "en": """
        the alarm code is [4711]
        my PIN is [1 2 3 4]
        my PIN is [1, 2, 3, 4].
        the Wi-Fi password is [Sommer2024!]
        password: [hunter2]
        the code for the shed is [0815]
        the alarm code is [four seven one one]
        the pin code of my card is [double four seven one]
        [4711] is the alarm code
        is [4711] still the alarm code?
        I changed the alarm code. It's [4711] now
        the guest wifi password is [blue elephant] and the garage code is [1234]
        please change the password to [sunshine]
        my card number is [4111 1111 1111 1111] and the CVV is [123]
        pay with [378282246310005] please
        the recovery code is [abcd-1234-efgh]
        backup codes: [1234-5678, 2345-6789] and [3456-7890]
        the one-time code is [493 201]
        disarm the alarm with [4711]
        the safe combination is [12-34-56]
        the api key is [a8f5f167f44f4964e6c998dee827110c]
        the door code is [forty seven eleven]
        my netflix password is still [Tr0ub4dor&3]
        the password for the router is "[correct horse battery staple]".
        open https://anna:[geheim]@camera.local/stream
        the PIN: [0000]
        remember the bike lock is [472]
        the key is [Zx81kk29vQp0aa77]
    """,
    "de": """
        der Alarmcode lautet [vier sieben eins eins]
        Das WLAN-Passwort ist [Sommer2024!]
        meine PIN ist [1 2 3 4]
        der Code für den Schuppen ist [0815]
        Passwort: [geheim]
        [4711] ist der Alarmcode
        das Passwort vom Router lautet [blauer Elefant]
        der Türcode ist jetzt auf [2580] gesetzt
        ich habe den Alarmcode auf [4711] geändert
        die TAN ist [493201]
        meine Kreditkartennummer ist [4111 1111 1111 1111]
        die Prüfziffer ist [123]
        der Zugangscode lautet [siebenundvierzig elf]
        der WLAN-Schlüssel heißt [sonnenblume]
        die Geheimzahl ist [neun acht sieben sechs]
        der Wiederherstellungscode ist [abcd-1234-efgh]
        ist [4711] der Code?
        merk dir, dass der Code vom Gartentor [1984] ist
        merk dir dass das Passwort vom Router [blauer Elefant] ist
        merk dir dass das WLAN-Passwort [Katze] lautet
        das Zahlenschloss ist [472]
        gib die PIN [4711] ein
        der API-Schlüssel ist [a8f5f167f44f4964e6c998dee827110c]
    """,
    "fr": """
        le code de l'alarme est [4711]
        mon code PIN est [1 2 3 4]
        le mot de passe du wifi est [Soleil2024!]
        mot de passe : [secret]
        le code du garage c'est le [0815]
        le code du portail est [quatre sept un un]
        [4711] est le code de l'alarme
        le digicode est [45B12]
        la clé wifi est [tournesol]
        le numéro de ma carte est [4111 1111 1111 1111]
        le cryptogramme est [123]
        désarme l'alarme avec [4711]
        j'ai changé le code de l'alarme, c'est [2580] maintenant
        le code de vérification est [493201]
        le mot de passe de Netflix est [éléphant bleu]
    """,
    "es": """
        el código de la alarma es [4711]
        mi PIN es [1 2 3 4]
        la contraseña del wifi es [Verano2024!]
        contraseña: [secreta]
        el código del garaje es [cuatro siete uno uno]
        [4711] es el código de la alarma
        la clave del wifi es [girasol]
        el código de verificación es [493201]
        mi número de tarjeta es [4111 1111 1111 1111]
        el CVV es [123]
        desarma la alarma con [4711]
        cambia el código a [2580]
        la contraseña de Netflix es [elefante azul]
        el código del trastero es [0815]
    """,
    "it": """
        il codice dell'allarme è [4711]
        il mio PIN è [1 2 3 4]
        la password del wifi è [Estate2024!]
        password: [segreta]
        il codice del cancello è [quattro sette uno uno]
        [4711] è il codice dell'allarme
        la chiave wifi è [girasole]
        il codice di verifica è [493201]
        il numero della carta è [4111 1111 1111 1111]
        il CVV è [123]
        disarma l'allarme con [4711]
        il codice della cantina è [0815]
        la password di Netflix è [elefante blu]
        il codice di recupero è [abcd-1234-efgh]
    """,
    "nl": """
        de alarmcode is [4711]
        mijn pincode is [1 2 3 4]
        het wifi-wachtwoord is [Zomer2024!]
        wachtwoord: [geheim]
        de code van de schuur is [vier zeven een een]
        [4711] is de alarmcode
        het wachtwoord van de router luidt [blauwe olifant]
        de verificatiecode is [493201]
        mijn kaartnummer is [4111 1111 1111 1111]
        de CVC is [123]
        zet de alarmcode op [2580]
        de deurcode is [0815]
        onthoud dat de code van het hek [1984] is
        onthoud dat het wachtwoord van de router [zonnebloem] is
        de wifi-sleutel is [zonnebloem]
        de code van de kluis is [zevenenveertig elf]
    """,
    "pl": """
        kod alarmu to [4711]
        mój PIN to [1 2 3 4]
        hasło do wifi to [Lato2024!]
        hasło: [tajemnica]
        kod do garażu to [cztery siedem jeden jeden]
        [4711] to kod alarmu
        hasło do Netflixa to [niebieski słoń]
        kod weryfikacyjny to [493201]
        numer karty to [4111 1111 1111 1111]
        CVV to [123]
        zmieniłem kod alarmu na [2580]
        kod do szopy to [0815]
        kod do furtki brzmi [dwa pięć osiem zero]
        hasłem jest [słonecznik]
    """,
    "pt": """
        o código do alarme é [4711]
        o meu PIN é [1 2 3 4]
        a senha do wifi é [Verao2024!]
        palavra-passe: [segredo]
        o código da garagem é [quatro sete um um]
        [4711] é o código do alarme
        a palavra-passe do router é [elefante azul]
        o código de verificação é [493201]
        o número do cartão é [4111 1111 1111 1111]
        o CVV é [123]
        desarma o alarme com [4711]
        mudei a senha para [girassol]
        o código do galpão é [0815]
        a senha do cofre é [2580]
    """,
}

NO_SECRETS = {
    "en": """
        the postal code is 8004
        the dress code is black tie
        error code E23
        QR code
        area code 044
        promo code SAVE20
        the pin on the board
        the password is stored in the safe
        the password is written on the note behind the fridge
        Anna's birthday is 12.05.1987
        set the thermostat to 21
        code 5 means the boiler has low pressure
        the key is under the mat
        what is the wifi password?
        I gave the password to Anna
        the password is wrong
        the password manager is great
        I forgot my PIN
        I forgot my password, the dog is hungry
        the alarm code is on the fridge
        the account is DE89 3704 0044 0532 0130 00
        call +49 4111 1111 1111 11
        the alarm is set to 0730
        the key to happiness is patience
        the password is 12 characters long
        the source code review is at 1430
        the meter reads 4711 kilowatt hours
        change the code please
        the password is not working
    """,
    "de": """
        die Postleitzahl ist 8004
        der Dresscode ist schwarz
        Fehlercode E23
        QR-Code
        der Fehlercode ist 4711
        die PIN an der Wand
        das Passwort ist im Safe gespeichert
        das Passwort steht auf dem Zettel hinter dem Kühlschrank
        Annas Geburtstag ist am 12.05.1987
        stell die Heizung auf 21
        Code 5 heißt, dass die Heizung zu wenig Druck hat
        der Schlüssel liegt unter der Matte
        wie ist das WLAN-Passwort?
        das Passwort ist falsch
        ich habe meine PIN vergessen
        der Schlüssel zum Glück ist Geduld
        der Rabattcode ist SOMMER20
        der Zählerstand ist 4711
        der Geocode ist 4711
        ich glaube, dass das Passwort falsch ist
        merk dir, dass das Passwort im Safe ist
        sag mir, wie das Passwort vom Router lautet
        das Passwort wurde gestern geändert
    """,
    "fr": """
        le code postal est 75011
        le code vestimentaire est décontracté
        code erreur E23
        le code QR est sur la boîte
        le code d'erreur est 4711
        le mot de passe est dans le coffre
        le mot de passe est écrit sur la note derrière le frigo
        l'anniversaire d'Anna est le 12.05.1987
        mets le thermostat à 21
        le code 5 veut dire que la pression est basse
        la clé est sous le paillasson
        quel est le mot de passe du wifi ?
        le mot de passe est faux
        j'ai oublié mon code
        le code promo est ETE20
        le code de la route est compliqué
    """,
    "es": """
        el código postal es 28004
        el código de vestimenta es formal
        código de error E23
        el código QR está en la caja
        el código de error es 4711
        la contraseña está en la caja fuerte
        la contraseña es muy larga
        el cumpleaños de Ana es el 12.05.1987
        pon el termostato a 21
        el código 5 significa que hay poca presión
        la llave está debajo del felpudo
        ¿cuál es la contraseña del wifi?
        la contraseña es incorrecta
        he olvidado mi PIN
        la clave del éxito es la paciencia
        el código de descuento es VERANO20
    """,
    "it": """
        il codice postale è 20121
        il codice fiscale è RSSMRA85T10A562S
        codice di errore E23
        il codice QR è sulla scatola
        il codice errore è 4711
        la password è nella cassaforte
        la password è scritta sul foglio dietro il frigo
        il compleanno di Anna è il 12.05.1987
        metti il termostato a 21
        il codice 5 vuol dire che la pressione è bassa
        la chiave è sotto lo zerbino
        qual è la password del wifi?
        la password è sbagliata
        ho dimenticato il PIN
        il codice sconto è ESTATE20
        la chiave del successo è la pazienza
    """,
    "nl": """
        de postcode is 1012
        de dresscode is zwart
        foutcode E23
        de QR-code staat op de doos
        de foutcode is 4711
        het wachtwoord ligt in de kluis
        het wachtwoord is opgeschreven op het briefje achter de koelkast
        de verjaardag van Anna is 12.05.1987
        zet de thermostaat op 21
        code 5 betekent dat de druk te laag is
        de sleutel ligt onder de mat
        wat is het wifi-wachtwoord?
        het wachtwoord is fout
        ik ben mijn pincode vergeten
        de kortingscode is ZOMER20
        de meterstand is 4711
        ik denk dat het wachtwoord in de kluis is
    """,
    "pl": """
        kod pocztowy to 00950
        kod kreskowy to 5901234123457
        kod błędu E23
        kod QR jest na pudełku
        kod błędu to 4711
        hasło jest w sejfie
        hasło jest zapisane na kartce za lodówką
        urodziny Anny są 12.05.1987
        ustaw termostat na 21
        kod 5 oznacza niskie ciśnienie
        klucz jest pod wycieraczką
        jakie jest hasło do wifi?
        hasło jest złe
        zapomniałem PIN
        kod rabatowy to LATO20
        kluczem do sukcesu jest cierpliwość
    """,
    "pt": """
        o código postal é 1000
        o código de vestimenta é formal
        código de erro E23
        o código QR está na caixa
        o código de erro é 4711
        a senha está no cofre
        a senha é muito longa
        o aniversário da Ana é 12.05.1987
        põe o termostato a 21
        o código 5 quer dizer que a pressão é baixa
        a chave está debaixo do tapete
        qual é a senha do wifi?
        a senha está errada
        esqueci o meu PIN
        o código de desconto é VERAO20
        a chave do sucesso é a paciência
    """,
}
