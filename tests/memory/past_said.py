"""What people ask, per language: what was said, and what is none of that.

The topic stands in brackets; behind the bar the time, see `test_past.TIMES`.
"""

PAST = {
    "en": """
        what did we say about [the boiler] last week | last week
        what did I ask you yesterday | yesterday
        what did I tell you about [the dentist] |
        what did we talk about three days ago | three days ago
        do you remember what I told you about [Anna's birthday] in October | October
        did I ask you anything this morning | this morning
        what have we discussed today | today
        what did you say about [the heating] last Friday | Friday
        what did we say last week about [the boiler] | last week
        what did I ask you yesterday evening | yesterday evening
        show me our conversation about [the holiday] from last month | last month
        remind me what I told you about [the plumber] the day before yesterday | two days ago
        when did I last ask you about [the bins] |
        what did I say on Friday about [the car]? | Friday
        what have I asked you in the last two weeks | two weeks
        what did I tell you on the 3rd of November | 3 November
    """,
    "de": """
        worüber haben wir gestern gesprochen | yesterday
        was haben wir letzte Woche über [den Kessel] gesagt | last week
        was habe ich dich gestern gefragt | yesterday
        was habe ich dir über [den Zahnarzt] erzählt |
        was habe ich dich vor drei Tagen gefragt | three days ago
        was haben wir im Oktober zum [Urlaub] gesagt | October
        was habe ich dich heute Morgen gefragt | this morning
        was hast du mir am Freitag über [die Heizung] gesagt | Friday
        weißt du noch, was ich dir letzten Monat von [Anna] erzählt habe | last month
        worüber haben wir gestern Abend geredet | yesterday evening
        zeig mir unser Gespräch über [den Garten] von letzter Woche | last week
        was habe ich in den letzten zwei Wochen gefragt | two weeks
        was habe ich dir am 3. November gesagt | 3 November
        was habe ich dich vorgestern gefragt | two days ago
    """,
    "fr": """
        de quoi avons-nous parlé hier | yesterday
        qu'avons-nous dit de [la chaudière] la semaine dernière | last week
        qu'est-ce que je t'ai demandé hier | yesterday
        qu'est-ce que je t'ai dit sur [le dentiste] |
        qu'est-ce que je t'ai demandé il y a trois jours | three days ago
        qu'avons-nous dit à propos des [vacances] en octobre | October
        qu'est-ce que j'ai demandé ce matin | this morning
        que m'as-tu dit vendredi au sujet du [chauffage] | Friday
        te souviens-tu de ce que je t'ai dit le mois dernier | last month
        de quoi avons-nous discuté hier soir | yesterday evening
        montre-moi notre conversation sur [le jardin] |
        de quoi avons-nous parlé avant-hier | two days ago
        qu'est-ce que je t'ai dit le 3 novembre | 3 November
    """,
    "es": """
        de qué hablamos ayer | yesterday
        qué dijimos sobre [la caldera] la semana pasada | last week
        qué te pregunté ayer | yesterday
        qué te dije del [dentista] |
        qué te pregunté hace tres días | three days ago
        qué dijimos de [las vacaciones] en octubre | October
        qué te pregunté esta mañana | this morning
        qué me dijiste el viernes sobre [la calefacción] | Friday
        te acuerdas de lo que te dije el mes pasado | last month
        de qué hemos hablado hoy | today
        muéstrame nuestra conversación sobre [el jardín] |
        de qué hablamos anteayer | two days ago
        qué te dije el 3 de noviembre | 3 November
    """,
    "it": """
        di che cosa abbiamo parlato ieri | yesterday
        cosa abbiamo detto della [caldaia] la settimana scorsa | last week
        cosa ti ho chiesto ieri | yesterday
        cosa ti ho detto del [dentista] |
        cosa ti ho chiesto tre giorni fa | three days ago
        cosa abbiamo detto delle [vacanze] in ottobre | October
        cosa ti ho chiesto stamattina | this morning
        cosa mi hai detto venerdì sul [riscaldamento] | Friday
        ti ricordi cosa ti ho detto il mese scorso | last month
        di cosa abbiamo parlato ieri sera | yesterday evening
        mostrami la nostra conversazione sul [giardino] |
        che cosa ti ho detto il 3 novembre | 3 November
    """,
    "nl": """
        waar hebben we het gisteren over gehad | yesterday
        wat hebben we vorige week over [de ketel] gezegd | last week
        wat heb ik je gisteren gevraagd | yesterday
        wat heb ik je verteld over [de tandarts] |
        wat heb ik je drie dagen geleden gevraagd | three days ago
        wat hebben we in oktober over [de vakantie] gezegd | October
        wat heb ik je vanmorgen gevraagd | this morning
        wat heb je me vrijdag over [de verwarming] verteld | Friday
        weet je nog wat ik je vorige maand heb gevraagd | last month
        waarover hebben we gisteravond gepraat | yesterday evening
        laat me ons gesprek over [de tuin] zien |
        wat heb ik je eergisteren gevraagd | two days ago
    """,
    "pl": """
        o czym rozmawialiśmy wczoraj | yesterday
        co mówiliśmy o [piecu] w zeszłym tygodniu | last week
        o co cię wczoraj pytałem | yesterday
        co ci mówiłam o [dentyście] |
        o co pytałem trzy dni temu | three days ago
        co mówiliśmy o [wakacjach] w październiku | October
        o co pytałam dzisiaj rano | this morning
        co mi powiedziałeś w piątek o [ogrzewaniu] | Friday
        czy pamiętasz, co ci powiedziałem w zeszłym miesiącu | last month
        o czym rozmawialiśmy wczoraj wieczorem | yesterday evening
        pokaż mi naszą rozmowę o [ogrodzie] |
        o czym rozmawialiśmy przedwczoraj | two days ago
    """,
    "pt": """
        sobre o que falamos ontem | yesterday
        o que dissemos sobre [a caldeira] na semana passada | last week
        o que te perguntei ontem | yesterday
        o que eu te disse sobre [o dentista] |
        o que te perguntei há três dias | three days ago
        o que dissemos das [férias] em outubro | October
        o que te perguntei esta manhã | this morning
        o que você me disse na sexta-feira sobre [o aquecimento] | Friday
        lembras-te do que eu te disse no mês passado | last month
        do que a gente falou hoje | today
        mostra-me a nossa conversa sobre [o jardim] |
        de que falamos anteontem | two days ago
    """,
}

NO_PAST = {
    "en": """
        what is on tomorrow
        when did the washing machine run yesterday
        could you tell me when the bins go out
        what did Anna say
        I told you to turn off the light
        remind me to call Anna
        what was the temperature yesterday
        who was at the door this morning
        did you see what the weather did last week
        turn off the light in the office
        I said the bedroom
    """,
    "de": """
        was steht morgen an
        wann lief die Waschmaschine gestern
        kannst du mir sagen, wann der Müll geholt wird
        was hat Anna gesagt
        ich habe dir gesagt, du sollst das Licht ausmachen
        erinnere mich daran, Anna anzurufen
        wie warm war es gestern
        wer war heute Morgen an der Tür
    """,
    "fr": """
        qu'est-ce qui est prévu demain
        quand la machine à laver a-t-elle tourné hier
        peux-tu me dire quand passent les poubelles
        qu'a dit Anna
        je t'ai dit d'éteindre la lumière
        rappelle-moi d'appeler Anna
        quelle était la température hier
        qui était à la porte ce matin
    """,
    "es": """
        qué hay mañana
        cuándo funcionó la lavadora ayer
        me puedes decir cuándo pasa la basura
        qué ha dicho Ana
        te dije que apagaras la luz
        recuérdame llamar a Ana
        qué temperatura hizo ayer
        quién estaba en la puerta esta mañana
    """,
    "it": """
        cosa c'è domani
        quando ha girato la lavatrice ieri
        mi puoi dire quando passa la spazzatura
        cosa ha detto Anna
        ti ho detto di spegnere la luce
        ricordami di chiamare Anna
        che temperatura c'era ieri
        chi era alla porta stamattina
    """,
    "nl": """
        wat staat er morgen op de agenda
        wanneer draaide de wasmachine gisteren
        kun je me zeggen wanneer het vuilnis wordt opgehaald
        wat heeft Anna gezegd
        ik heb je gezegd dat je het licht uit moet doen
        herinner me eraan Anna te bellen
        hoe warm was het gisteren
        wie stond er vanmorgen aan de deur
    """,
    "pl": """
        co jest jutro
        kiedy pralka działała wczoraj
        czy możesz mi powiedzieć, kiedy wywożą śmieci
        co powiedziała Anna
        powiedziałem ci, żebyś zgasił światło
        przypomnij mi, żeby zadzwonić do Anny
        jaka była wczoraj temperatura
        kto był rano przy drzwiach
    """,
    "pt": """
        o que há amanhã
        quando funcionou a máquina de lavar ontem
        podes dizer-me quando passa o lixo
        o que disse a Ana
        eu disse para apagares a luz
        lembra-me de ligar à Ana
        qual era a temperatura ontem
        quem estava à porta esta manhã
    """,
}
