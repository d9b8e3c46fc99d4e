"""Spanish."""

from .language import LanguageWords, phrases, stems, words

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
)
