"""Spanish."""

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

SPANISH = LanguageWords(
    articles=words("el la los las lo un una unos unas este esta ese esa"),
    possessives=words(
        "mi mis nuestro nuestra nuestros nuestras tu tus su sus vuestro vuestra"
    ),
    prepositions=words(
        "en de del a al con por para desde hasta sobre y o todo toda todos todas"
    ),
    fillers=words("oye hola ok vale bueno y pues por favor eh si no a ver"),
    questions=words(
        "=qué quien quienes cual cuales donde adonde cuanto cuanta cuantos cuantas"
        " =cómo =cuándo =dónde"
    ),
    conditional=words("que como cuando si"),
    inverted=words(
        "hay esta estan estas es son era fue tiene tienen tienes"
        " sabes sabe sabeis saben puedo debo debemos puede hace llueve funciona"
        " funcionan queda quedan ha has han va vamos vas necesita existe hubo"
        " falta faltan recuerdas conoces vive cuesta viene vienen"
    ),
    not_inverted=phrases("puede ser; puede que; esta noche; esta tarde; hace falta"),
    ask=phrases(
        "dime; decime; dígame; digame; decidme; dinos; decirme; decid; decí; decir; indique; indíqueme; indicar; decirnos; sabes;"
        " me puedes decir; me podrías decir; quiero saber; quisiera saber;"
        " me gustaría saber; me pregunto; explícame; explicame; explica; explicarme;"
        " recuérdame qué; recuérdame dónde; recuérdame cuándo; recuérdame quién;"
        " recuérdame cómo; recuérdame cuál; cuéntame; contarme; describe; indícame;"
        " indicarme; tienes idea; te acuerdas; a qué; en qué; de qué; con qué; por qué;"
        " para qué; de quién; con quién; a quién; desde cuándo; hasta cuándo;"
        " de dónde; a dónde; a cuánto; a cuántos; en cuál; de cuál; para quién; por dónde;"
        " en cuánto; cada cuánto; cómo se; indica"
    ),
    polite=phrases(
        "puedes; podrías; puede usted; podría; podrías por favor; me puedes; me podrías;"
        " te importa; te importaría; podéis; podríais; quieres; querrías; puedes por favor;"
        " es posible; sería posible; podemos; podríamos; se puede; quiero que;"
        " me gustaría que; necesito que; tú puedes; harías el favor de; serías tan;"
        " podés; podés por favor; por qué no; qué tal si"
    ),
    commands=words(
        "pon ponme ponga poner poned ponlo ponla pone haz hazme haga hacer di diga da"
        " dame de ve vaya ir ven trae deja dejar deje para pare parar parad sal lee leer"
        " oir oye ver toca tocar avisa avisar sube suba subir baja baje bajar abra abre"
        " abrir abri abrid nada basta silencio pausa"
    ),
    command_stems=stems(
        "enciend encend encien apag cierr cerr cerrá apagu prend conect desconect activ"
        " desactiv configur ajust cambi aument aumen incrementa incremente increment"
        " decrement reduc reduz reduzc baj sub levant establec establez quit quít"
        " cancel deten detén detien inici empiez empez comienz comenz reproduc reproduz"
        " escuch paus continú continu reanud salt siguient añad agreg apunt anot guard"
        " elimin borr marc recuérdame recordar recordá despiert llam llám env"
        " busc encuentr muestr mostr enseñ bloque desbloque atenú atenu ilumin limpi aspir"
        " vuelv regres retorn devuelv devolv silenci traduc traduzc calcul repit repet cuent"
        " progr program compr ejecut ponlo pong acort acortá regul gir"
    ),
    wishes=phrases(
        "quiero; quisiera; me gustaría; necesito; necesitamos; queremos; hace falta;"
        " por favor; ojalá; vamos a"
    ),
    finite=words(
        "yo nosotros ella ellos es son esta estan era fue he ha han hemos tengo tiene"
        " tenemos tienen hay puse deje guarde compre vive vivimos trabaja gusta gustan encanta encantan"
        " llama soy somos estoy cuesta pertenece"
    ),
    volatile=words(
        "ahora hoy manana ayer anoche actualmente actual momento semana mes ano tiempo"
        " hora horas fecha dia clima pronostico lluvia llueve llover llovera nieve nieva"
        " nevar sol viento nublado temperatura temperaturas grados calor frio humedad"
        " temporizador temporizadores cuenta alarma alarmas despertador queda quedan"
        " restante resta ultimo ultima ultimos proximo proxima reciente noticias"
        " resultado precio trafico todavia aun ya pronto hasta estado bateria nivel"
        " brillo volumen luz energia consumo lista compra agenda calendario cita citas"
        " evento eventos recordatorio recordatorios luna chiste casa paquete correo"
        " tarde noche mediodia reproduciendo sonando"
    ),
    lasting=words("semana mes ano horas dia tarde noche mediodia"),
    states=words(
        "abierto abierta abiertos abiertas cerrado cerrada cerrados cerradas encendido"
        " encendida encendidos encendidas apagado apagada apagados apagadas bloqueado"
        " bloqueada desbloqueado desbloqueada activado activada desactivado desactivada"
        " prendido prendida conectado conectada conectadas desconectado desconectada"
        " desconectadas armado ocupado vacio lleno disponible detectado terminado listo"
        " funcionando puesta puesto activo activa"
    ),
    state_stems=stems(
        "abiert abr cerrad encendid apagad bloquead desbloquead activad desactivad prendid"
        " conectad desconectad detectad"
    ),
    final_states=words("fuera dentro"),
    secrets=SecretWords(
        pins=phrases("pin; código pin; número pin; número secreto"),
        codes=phrases(
            "código de la alarma; código de alarma; código alarma; código de la puerta;"
            " código de acceso; código de entrada; código del garaje; código del portal;"
            " código de seguridad; código de verificación; código de confirmación;"
            " código de recuperación; códigos de recuperación; código de un solo uso;"
            " código sms; código secreto; código de desbloqueo; código de la caja; otp;"
            " puk; clave de la alarma; clave de acceso; clave de un solo uso"
        ),
        loose_codes=phrases(
            "código; códigos; combinación; candado; desarma; desarmar; desbloquea; desbloquear"
        ),
        passwords=phrases(
            "contraseña; contraseñas; clave del wifi; clave wifi; clave del wi-fi;"
            " clave de wifi; clave del router; clave de la red; clave secreta;"
            " palabra clave; palabra secreta; frase de contraseña; frase semilla;"
            " frase de recuperación; contrasena del wifi; password"
        ),
        tokens=phrases(
            "token; clave api; clave de api; clave de la api; token de acceso; api key"
        ),
        loose_keys=phrases("clave; llave; clave privada; clave de recuperación"),
        cards=phrases(
            "número de tarjeta; número de la tarjeta; número de mi tarjeta;"
            " tarjeta de crédito; tarjeta de débito; tarjeta bancaria"
        ),
        card_checks=phrases("cvv; cvc; código cvv; código de la tarjeta"),
        no_secret=words(
            "postal postales barras qr error errores fuente vestimenta descuento"
            " promocional promoción color colores civil penal conducta producto artículo"
            " pedido reserva seguimiento país área idioma morse fiscal estado http"
            " genético ético gestor generador política campo pista olvidada inglesa"
            " tablero avería fallo"
        ),
        means=words("es era son será dice"),
        towards=words("a con por como en"),
        changes=words(
            "cambia cambié cambio cambiado pon puse puesto cambiamos cambiar poner"
        ),
        skipped=words(
            "ahora todavía aún no también actualmente simplemente siempre sigue siendo"
            " ya"
        ),
        joins=words("y o u e luego"),
        digits=words("cero uno un una dos tres cuatro cinco seis siete ocho nueve"),
        numbers=words(
            "diez once doce trece catorce quince veinte treinta cuarenta cincuenta"
            " sesenta setenta ochenta noventa cien"
        ),
        number_endings=stems(
            "dieciséis diecisiete dieciocho diecinueve veintiuno veintidós veintitrés"
            " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
        ),
        repeats=words("doble triple"),
        no_value=words(
            "guardada guardado escrita escrito anotada anotado apuntada apuntado"
            " escondida almacenada incorrecta incorrecto correcta correcto inválida"
            " válida misma mismo diferente nueva nuevo vieja antigua segura seguro débil"
            " fuerte fácil difícil complicada larga corta muy tan más demasiado secreta"
            " secreto privada conocida desconocida necesaria necesario obligatoria"
            " perdida olvidada caducada aquí allí ahí donde dónde que qué cuál algo nada"
            " nunca ninguna ya vacía bloqueada protegida cifrada mala buena mejor peor"
            " pegada colgada disponible detrás debajo encima la el yo tú él ella nosotros"
            " usted como cuando si porque igual requerida sensible cambiada"
        ),
    ),
    corrections=CorrectionWords(
        no=words("no perdón perdona espera error mal"),
        meant=phrases(
            "quería decir; quise decir; quiero decir; me refería a; me refería al;"
            " me refiero a; me refiero al; yo quería decir; yo me refería a;"
            " yo me refería al; hablaba de; hablaba del; estaba hablando de;"
            " estaba hablando del; lo que quería decir es; lo que quería decir era"
        ),
        said=phrases("dije; he dicho; yo dije; había dicho; pedí; yo quería"),
        negations=phrases("no; y no; en vez de; en lugar de; en vez del; en lugar del"),
        but=phrases("sino; sino que; pero; mejor"),
        definite=words("el la los las en al mi mis nuestro nuestra"),
        never=words(
            "eso esto que lo gracias sí si no vale bien mal nada todo algo ahora todavía"
            " hoy mañana ayer luego después más muy tan solo sólo nunca siempre quizás"
            " tal vez verdad misma mismo problema importa hace falta te me se por favor"
            " qué quién cómo cuándo dónde adiós hola basta ya pasa momento de otra menos"
        ),
        doubtful=words(
            "yo tú él nosotros me te se nos le les sé creo quiero gusta necesito puedo"
            " pienso siento veo he has ha puede está es son fue enciendas apagues pongas"
            " hagas abras cierres"
        ),
        late_negation=True,
        polite=phrases("gracias; por favor"),
    ),
    past=PastWords(
        talk=phrases(
            "hablamos; dijimos; comentamos; discutimos; conversamos; quedamos;"
            " te pregunté; te dije; te conté; te pedí; me dijiste; me contaste; dije;"
            " dijiste; pregunté; preguntaste; hablábamos; nuestra conversación;"
            " nuestras conversaciones; mi pregunta; mis preguntas; mi última pregunta;"
            " nuestra última conversación; mencioné; nos dijiste"
        ),
        began=phrases("hemos; he; has; habíamos; había"),
        talked=words(
            "hablado dicho preguntado contado comentado mencionado pedido discutido"
            " conversado"
        ),
        reach=2,
        openers=phrases(
            "muéstrame; muestra; busca; encuentra; enséñame; recuérdame; léeme; repite;"
            " resume"
        ),
        about=phrases("sobre; de; del; acerca de; acerca del; respecto a; respecto al"),
        leads=words("de del el la en los las desde durante por a"),
        times=times(
            today="hoy",
            yesterday="ayer",
            day_before_yesterday="anteayer; antes de ayer; antier",
            this_morning="esta mañana",
            this_afternoon="esta tarde",
            this_evening="esta noche",
            last_night="anoche",
            this_week="esta semana",
            last_week="la semana pasada; semana pasada; la última semana",
            last_weekend="el fin de semana pasado; fin de semana pasado",
            weekend="el fin de semana; este fin de semana",
            this_month="este mes",
            last_month="el mes pasado; mes pasado",
            this_year="este año",
            last_year="el año pasado; año pasado",
            earlier="antes; hace un momento; hace un rato; hace poco",
            recently="recientemente; últimamente; el otro día; hace unos días",
        ),
        parts=parts(
            morning="mañana", afternoon="tarde", evening="atardecer", night="noche"
        ),
        weekdays=in_order("lunes; martes; miércoles; jueves; viernes; sábado; domingo"),
        months=in_order(
            "enero; febrero; marzo; abril; mayo; junio; julio; agosto; septiembre"
            " setiembre; octubre; noviembre; diciembre"
        ),
        units=units(
            minute="minuto minutos",
            hour="hora horas",
            day="día días",
            week="semana semanas",
            month="mes meses",
            year="año años",
        ),
        numbers=in_order(
            "un una uno; dos; tres; cuatro; cinco; seis; siete; ocho; nueve; diez; once;"
            " doce"
        ),
        last=words("último última últimos últimas pasado pasada pasados pasadas"),
        before_ago=phrases("hace"),
        after_ago=phrases("atrás"),
    ),
)
