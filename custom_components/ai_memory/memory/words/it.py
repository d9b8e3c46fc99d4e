"""Italian."""

from .language import LanguageWords, phrases, stems, words

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
)
