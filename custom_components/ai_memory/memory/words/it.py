"""Italian."""

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

ITALIAN = LanguageWords(
    articles=words(
        "il lo la l i gli le un uno una questo questa questi queste quel quella"
    ),
    possessives=words(
        "mio mia miei mie nostro nostra nostri nostre tuo tua tuoi tue suo sua suoi sue"
        " vostro vostra vostri vostre loro"
    ),
    prepositions=words(
        "in nel nello nella nei negli nelle nell di del dello della dei degli delle dell"
        " a al allo alla ai agli alle all da dal dallo dalla dai dagli dalle dall su sul"
        " sullo sulla sui sugli sulle sull con per e ed o tutto tutta tutti tutte"
        " dentro"
    ),
    fillers=words("ehi ciao ok allora bene si no senti scusa favore per beh"),
    questions=words(
        "che cosa chi quale quali qual dove dov quanto quanta quanti quante quant come com"
        " perche cos"
    ),
    conditional=words("quando se"),
    inverted=words(
        "=è c ci sei era erano hai ha avete hanno sai sapete posso devo"
        " dobbiamo sta stanno funziona funzionano piove serve servono risulta risultano"
        " esiste resta restano manca mancano conosci ricordi vive costa"
    ),
    not_inverted=phrases("ci vuole"),
    ask=phrases(
        "dimmi; mi dici; mi dica; dammi l'ora; dammi la data; sai dirmi; dirmi; dirci;"
        " mi sai dire; sai se; sai dove; voglio sapere; vorrei sapere; mi chiedo;"
        " spiegami; spiega; spiegarmi; raccontami; raccontarmi; descrivi; descrivimi;"
        " ricordami dove; ricordami quando; ricordami cosa; ricordami chi; ricordami che;"
        " ricordami come; ricordami quale; ti ricordi; hai idea; a che; in che; di che;"
        " con chi; di chi; a chi; da dove; in quale; di quale; da quanto; per quanto;"
        " da quando; fino a quando; per chi; a quanto; a quale; su quale; con che;"
        " mi puoi dire; per quale; ogni quanto"
    ),
    polite=phrases(
        "puoi; potresti; può; potrebbe; potete; potreste; mi puoi; mi potresti;"
        " ti dispiace; ti dispiacerebbe; vuoi; vorresti; riesci a; puoi per favore;"
        " è possibile; sarebbe possibile; possiamo; potremmo; si può; voglio che tu;"
        " vorrei che tu; perché non; ti va di; mi fai; mi apri; mi accendi; mi spegni;"
        " mi chiudi; mi metti"
    ),
    commands=words(
        "metti mettere mettimi metta fai fa fare far faccia vai andare vieni dai dammi"
        " dare di dica apri aprire apra alza alzare togli togliere ferma fermare leggi"
        " leggere canta muta mutare lascia lasciare cerca cercare porta torna suona"
        " suonare basta niente pausa stop prendi scrivi compra ordina trova gira passa"
        " salta salva annota aiutami avanti ripeti"
    ),
    command_stems=stems(
        "accend spegn speng chiud abbass attiv disattiv impost sett setta cambi modific"
        " regol aument diminu riduc ridur increment illumin avvi riavvi esegu arrest"
        " ferm interromp blocc sblocc riproduc ascolt metti riprend continu salt aggiung"
        " inser rimuov elimin cancell annull complet spunt controll ricordami ricordarmi"
        " svegli chiam invi mand mostr visualizz pulisc pulire aspir informa informare"
        " annunci silenzi riattiv stopp traduc calcol programm memorizz rendi render"
        " dimm oscur collega scolleg dimentic segn"
    ),
    wishes=phrases(
        "voglio; vorrei; mi piacerebbe; ho bisogno; abbiamo bisogno; vogliamo; serve che;"
        " per favore; bisogna"
    ),
    finite=words(
        "io noi lui lei loro =è sono siamo era erano ho ha abbiamo hanno sei sta stanno"
        " si vive abita chiama piace lavora costa appartiene tengo teniamo"
    ),
    volatile=words(
        "adesso ora oggi domani ieri stasera stamattina stanotte attualmente attuale"
        " momento settimana mese anno tempo ore orario data giorno meteo previsioni"
        " piove piovera pioggia pioverà neve nevica sole vento ventoso nuvoloso"
        " temperatura temperature gradi caldo freddo umidita timer sveglia allarme"
        " rimane rimangono rimanente restante ultimo ultima ultimi prossimo prossima"
        " recente notizie risultato prezzo traffico ancora gia appena fa presto fino"
        " stato batteria livello luminosita volume corrente energia consumo lista spesa"
        " calendario agenda appuntamento appuntamenti evento eventi promemoria luna"
        " barzelletta casa pacco posta sera notte mattina pomeriggio mezzogiorno"
    ),
    lasting=words(
        "settimana mese anno ore giorno sera notte mattina pomeriggio mezzogiorno"
    ),
    states=words(
        "aperto aperta aperti aperte chiuso chiusa chiusi chiuse acceso accesa accesi"
        " accese spento spenta spenti spente bloccato bloccata sbloccato sbloccata"
        " attivo attiva attivi attive attivato attivata disattivato disattivata"
        " disattivate inserito connesso connessa disconnesso collegato occupato vuoto"
        " pieno libero disponibile rilevato finito pronto funzione inattivo presente"
        " presenti"
    ),
    state_stems=stems(
        "apert chius acces spent bloccat sbloccat attiv disattiv abbassat"
    ),
    final_states=words("fuori dentro su giu"),
    secrets=SecretWords(
        pins=phrases("pin; codice pin; numero pin"),
        codes=phrases(
            "codice dell'allarme; codice allarme; codice d'allarme; codice di allarme;"
            " codice della porta; codice porta; codice del cancello; codice del garage;"
            " codice di accesso; codice d'accesso; codice di sicurezza;"
            " codice della cassaforte; codice di verifica; codice di conferma;"
            " codice di recupero; codici di recupero; codice segreto; codice sms;"
            " codice usa e getta; codice monouso; codice di sblocco; otp; puk"
        ),
        loose_codes=phrases(
            "codice; codici; combinazione; lucchetto; disarma; disarmare; sblocca; sbloccare"
        ),
        passwords=phrases(
            "password; parola d'ordine; parola chiave; chiave wifi; chiave wi-fi;"
            " chiave del wifi; chiave wpa; chiave di rete; frase segreta;"
            " frase di recupero; parola segreta"
        ),
        tokens=phrases(
            "token; chiave api; chiave dell'api; token di accesso; token d'accesso;"
            " chiave di accesso; chiave segreta"
        ),
        loose_keys=phrases("chiave; chiave privata; chiave di recupero"),
        cards=phrases(
            "numero di carta; numero della carta; numero della mia carta;"
            " carta di credito; carta di debito; numero carta; bancomat"
        ),
        card_checks=phrases("cvv; cvc; codice cvv; codice di controllo"),
        no_secret=words(
            "postale postali fiscale barre qr errore errori guasto sorgente"
            " abbigliamento sconto promozionale promo colore colori strada civile penale"
            " condotta prodotto articolo ordine prenotazione tracking spedizione paese"
            " lingua morse iban http stato genetico gestore generatore criteri campo"
            " dimenticata inglese bacheca avviamento"
        ),
        means=words("=è era sono sarà"),
        towards=words("a con in come su"),
        changes=words("cambia cambiato cambiata imposta impostato metti messo cambio"),
        skipped=words(
            "ora adesso ancora non anche attualmente semplicemente sempre stata stato"
            " proprio solo già"
        ),
        joins=words("e o oppure poi"),
        digits=words("zero uno un due tre quattro cinque sei sette otto nove"),
        numbers=words(
            "dieci undici dodici tredici quattordici quindici sedici diciassette"
            " diciotto diciannove venti trenta quaranta cinquanta sessanta settanta"
            " ottanta novanta cento"
        ),
        number_endings=stems(
            "quarantasette trentadue ventuno ventidue ventitré ventiquattro"
            " venticinque ventisei ventisette ventotto ventinove"
        ),
        repeats=words("doppio doppia triplo"),
        no_value=words(
            "salvata salvato scritta scritto annotata annotato memorizzata conservata"
            " nascosta sbagliata sbagliato errata errato corretta corretto giusta giusto"
            " valida stessa stesso diversa nuova nuovo vecchia sicura sicuro debole"
            " forte facile difficile complicata lunga corta troppo molto così più meno"
            " segreta segreto privata nota sconosciuta necessaria richiesta persa"
            " dimenticata scaduta cambiata qui lì là dove che cosa quale qualcosa niente"
            " nulla mai nessuna vuota bloccata protetta cifrata buona migliore peggiore"
            " attaccata appesa disponibile dietro sotto sopra io tu lui lei noi voi loro"
            " come quando se perché uguale custodita brutta pronta"
        ),
    ),
    corrections=CorrectionWords(
        no=words("no sbagliato scusa aspetta errore macché"),
        meant=phrases(
            "intendevo; intendo; volevo dire; voglio dire; io intendevo; parlavo di;"
            " parlavo del; parlavo della; parlavo dello; mi riferivo a; mi riferivo al;"
            " mi riferivo alla; quello che intendevo era; intendevo dire;"
            " mi riferivo allo; mi riferivo all"
        ),
        said=phrases("ho detto; avevo detto; io ho detto; ho chiesto; volevo"),
        negations=phrases(
            "non; e non; invece di; invece del; invece della; al posto di;"
            " al posto del; al posto della; anziché"
        ),
        but=phrases("ma; bensì; ma piuttosto; piuttosto"),
        definite=words(
            "il lo la l i gli le in nel nella nello nell nei negli nelle al alla sul"
            " sulla mio mia nostro nostra"
        ),
        never=words(
            "questo quello che ciò grazie sì si no va bene male niente nulla tutto"
            " qualcosa adesso ora ancora oggi domani ieri dopo più molto troppo così solo"
            " mai sempre forse vero stesso stessa problema importa serve fa ti mi di per"
            " favore chi come quando dove perché ciao basta già momento altro è proprio"
        ),
        doubtful=words(
            "io tu lui noi mi ti ci vi so credo voglio piace posso penso vedo ho hai ha"
            " è sono dispiace accendere spegnere aprire chiudere mettere fare conosco"
        ),
        late_negation=True,
        polite=phrases("grazie; prego; per favore"),
    ),
    past=PastWords(
        talk=phrases(
            "nostra conversazione; nostre conversazioni; la mia domanda; mie domande;"
            " mia ultima domanda; parlavamo; dicevo; dicevamo; nostra ultima conversazione"
        ),
        began=phrases("abbiamo; ho; hai; avevamo; avevo; avevi; ci siamo"),
        talked=words(
            "detto detti parlato chiesto raccontato discusso menzionato domandato"
            " accennato deciso risposto"
        ),
        reach=3,
        openers=phrases(
            "mostrami; mostra; cerca; trova; ricordami; leggimi; ripeti; riassumi"
        ),
        about=phrases(
            "di; del; della; dello; dell; dei; degli; delle; su; sul; sulla; sullo;"
            " sull; sui; sulle; riguardo a; riguardo al; riguardo alla; a proposito di;"
            " a proposito del; a proposito della; circa"
        ),
        leads=words(
            "di del della dell il la lo in a nel nella da dal durante lo scorso scorsa"
            " negli gli"
        ),
        times=times(
            today="oggi",
            yesterday="ieri",
            day_before_yesterday="l'altro ieri; altro ieri; ieri l'altro; avantieri",
            this_morning="stamattina; questa mattina; stamani",
            this_afternoon="questo pomeriggio",
            this_evening="stasera; questa sera",
            last_night="stanotte; la scorsa notte; scorsa notte; la notte scorsa",
            this_week="questa settimana",
            last_week="la settimana scorsa; settimana scorsa; la scorsa settimana;"
            " scorsa settimana; la settimana passata",
            last_weekend=(
                "lo scorso fine settimana; scorso weekend; scorso fine settimana;"
                " fine settimana scorso"
            ),
            weekend="nel fine settimana; questo fine settimana; nel weekend",
            this_month="questo mese",
            last_month="il mese scorso; mese scorso; lo scorso mese; scorso mese",
            this_year="quest'anno",
            last_year="l'anno scorso; anno scorso; lo scorso anno; scorso anno",
            earlier="prima; poco fa; un attimo fa; poc'anzi",
            recently="recentemente; di recente; ultimamente; l'altro giorno;"
            " qualche giorno fa",
        ),
        parts=parts(
            morning="mattina mattino",
            afternoon="pomeriggio",
            evening="sera",
            night="notte",
        ),
        weekdays=in_order(
            "lunedì; martedì; mercoledì; giovedì; venerdì; sabato; domenica"
        ),
        months=in_order(
            "gennaio; febbraio; marzo; aprile; maggio; giugno; luglio; agosto; settembre;"
            " ottobre; novembre; dicembre"
        ),
        units=units(
            minute="minuto minuti",
            hour="ora ore",
            day="giorno giorni",
            week="settimana settimane",
            month="mese mesi",
            year="anno anni",
        ),
        numbers=in_order(
            "un una uno; due; tre; quattro; cinque; sei; sette; otto; nove; dieci;"
            " undici; dodici"
        ),
        last=words("scorso scorsa scorsi scorse ultimo ultima ultimi ultime passato"),
        after_ago=phrases("fa"),
    ),
)
