"""Portuguese, of Portugal and Brazil."""

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

PORTUGUESE = LanguageWords(
    articles=words("o a os as um uma uns umas este esta esse essa"),
    possessives=words(
        "meu minha meus minhas nosso nossa nossos nossas teu tua teus tuas seu sua seus"
        " suas vosso vossa"
    ),
    prepositions=words(
        "em no na nos nas num numa de do da dos das a ao aos para pra por pelo pela com"
        " e ou todo toda todos todas ate"
    ),
    fillers=words("ei ola oi ok entao bem por favor sim nao olha bom"),
    questions=words(
        "que quem qual quais onde aonde quanto quanta quantos quantas porque como"
    ),
    conditional=words("quando se"),
    inverted=words(
        "=é =há está estão =são era eram tem têm tens sabes sabe posso devo"
        " devemos vai vão existe existem falta faltam funciona funcionam chove lembras"
        " conheces fica ficam foi mora custa vem"
    ),
    ask=phrases(
        "sobre o que; sobre o quê; diz-me; diz me; diga-me; diga me; me diz; me diga; me fala; me fale; dizer-me;"
        " me dizer; nos dizer; dizer-nos; sabes; você sabe; voce sabe; quero saber;"
        " gostaria de saber; queria saber; pergunto-me; explica; explique; explica-me;"
        " explicar-me; me explicar; conta-me; me conta; descreve; descreva; lembra-me onde;"
        " lembra-me quando; lembra-me quem; lembra-me o que; lembra-me qual;"
        " lembras-te; você lembra; tens ideia; o que; o quê; a que; em que; de que;"
        " com que; por que; para que; de quem; com quem; a quem; para quem; em qual;"
        " de qual; desde quando; até quando; de onde; para onde; por onde; a quanto;"
        " a quantos; há quanto; a qual; cadê; me lembra onde; de quanto"
    ),
    polite=phrases(
        "podes; pode; poderias; poderia; podias; podia; você pode; voce pode;"
        " você poderia; será que podes; será que pode; será que você pode; consegues;"
        " consegue; importas-te de; importa-se de; queres; quer; podemos; poderíamos;"
        " é possível; seria possível; dá para; dá pra; quero que; gostaria que;"
        " preciso que; tu podes; por que não; que tal; se importa de; podem"
    ),
    commands=words(
        "põe poe ponha pôr por faz faça fazer diz diga da dá dê vai va ir vem traz deixa"
        " deixar sobe subir suba abre abrir abra abrer lê ler para pare parar toca tocar"
        " toque passa passar passe corre correr corra anterior seguinte próxima próximo"
        " nada esquece esquecer pausa pausar pause tira tirar tire liga ligar ligue"
        " baixa baixar baixe junta juntar junte muda mudar mude volta voltar volte"
        " compra comprar compre mostra mostrar mostre avisa chama canta limpa limpar"
        " limpe guarda guardar ouvir assistir desce descer desça"
    ),
    command_stems=stems(
        "acend apag deslig fech defin ajust alter coloc colóq aument diminu reduz ativ"
        " desativ activ desactiv levant tranc destranc inici começ reproduz reproduc"
        " recu retorn cancel abort elimin prosseg continu avanç paus suspend retom"
        " adicion acrescent remov retir apont anot lembra-me lembrar lembre acord"
        " envi mand procur encontr bloque desbloque ilumin aspir silenci traduz calcul"
        " repet repit program program execut coloq colo agend gir regul escur clare"
    ),
    wishes=phrases(
        "quero; queria; gostaria; gostava; preciso; precisamos; queremos; por favor;"
        " tomara; vamos"
    ),
    finite=words(
        "eu nós ele ela eles elas nos =é =são está estão era foi tenho tem temos têm há"
        " pus coloquei deixei guardei comprei mora moramos vive trabalha gosta chama sou"
        " somos estou custa pertence fica ficam"
    ),
    volatile=words(
        "agora hoje amanhã ontem actualmente atualmente atual actual momento semana mês"
        " ano tempo hora horas data dia clima previsão chuva chove chover neve nevar sol"
        " vento nublado temperatura temperaturas graus quente frio calor humidade"
        " umidade temporizador temporizadores timer alarme alarmes despertador falta"
        " faltam resta restante último última últimos próximo próxima recente notícias"
        " resultado preço trânsito ainda já logo até estado bateria nível brilho volume"
        " luz energia consumo lista compras agenda calendário compromisso compromissos"
        " evento eventos lembrete lembretes lua piada casa encomenda correio manhã tarde"
        " noite tocando"
    ),
    lasting=words("semana mês ano horas dia manhã tarde noite"),
    states=words(
        "aberto aberta abertos abertas fechado fechada fechados fechadas ligado ligada"
        " ligados ligadas desligado desligada desligados desligadas trancado trancada"
        " destrancado destrancada aceso acesa acesos acesas apagado apagada apagados"
        " apagadas ativo ativa ativado ativada desativado armado ocupado vazio cheio livre"
        " disponível detectado conectado desconectado pronto funcionando fechar abrir"
    ),
    state_stems=stems(
        "abert fechad ligad desligad tranc destranc ativad desativad aces apagad"
    ),
    final_states=words("fora dentro"),
    secrets=SecretWords(
        pins=phrases("pin; código pin; número pin"),
        codes=phrases(
            "código do alarme; código de alarme; código alarme; código da porta;"
            " código do portão; código da garagem; código de acesso; código de entrada;"
            " código do cofre; código de segurança; código de verificação;"
            " código de confirmação; código de recuperação; códigos de recuperação;"
            " código de uso único; código sms; código secreto; código de desbloqueio;"
            " otp; puk; senha do alarme; senha do cofre"
        ),
        loose_codes=phrases(
            "código; códigos; combinação; cadeado; desarma; desarmar; desarme; desbloqueia;"
            " desbloquear; desbloqueie; segredo do cofre"
        ),
        passwords=phrases(
            "senha; senhas; palavra-passe; palavras-passe; palavra passe; password;"
            " chave do wifi; chave wifi; chave do wi-fi; chave wpa; chave da rede;"
            " frase secreta; frase de recuperação; palavra secreta"
        ),
        tokens=phrases(
            "token; chave api; chave de api; chave da api; token de acesso;"
            " chave de acesso"
        ),
        loose_keys=phrases("chave; chave privada; chave de recuperação"),
        cards=phrases(
            "número do cartão; número de cartão; número do meu cartão;"
            " cartão de crédito; cartão de débito; cartão bancário"
        ),
        card_checks=phrases("cvv; cvc; código cvv; código do cartão"),
        no_secret=words(
            "postal postais barras qr erro erros avaria falha fonte vestimenta desconto"
            " promocional cor cores civil penal conduta produto artigo encomenda pedido"
            " reserva rastreamento rastreio país área idioma morse fiscal estado http"
            " genético trabalho estrada gestor gerenciador gerador política campo dica"
            " esquecida inglesa quadro atendimento"
        ),
        means=words("=é era são será"),
        towards=words("para pra com como por em"),
        changes=words("muda mudei mudou altera alterei põe pus troca troquei coloquei"),
        skipped=words(
            "agora ainda não também atualmente simplesmente sempre continua sendo já"
            " mesmo só"
        ),
        joins=words("e ou depois"),
        digits=words(
            "zero um uma dois duas três quatro cinco seis meia sete oito nove"
        ),
        numbers=words(
            "dez onze doze treze quatorze catorze quinze dezasseis dezesseis dezassete"
            " dezessete dezoito dezanove dezenove vinte trinta quarenta cinquenta"
            " sessenta setenta oitenta noventa cem"
        ),
        repeats=words("duplo dupla triplo"),
        no_value=words(
            "guardada guardado escrita escrito anotada anotado salva armazenada"
            " escondida errada errado incorreta correta correto certa certo inválida"
            " válida mesma diferente nova novo velha antiga segura fraca forte fácil"
            " difícil complicada longa curta muito tão mais demasiado secreta privada"
            " conhecida desconhecida necessária obrigatória perdida esquecida expirada"
            " alterada aqui ali lá onde que qual algo nada nunca nenhuma vazia bloqueada"
            " protegida encriptada criptografada má boa melhor pior colada pendurada"
            " disponível atrás debaixo embaixo cima eu tu ele ela nós você vocês como"
            " quando se porque igual exigida trás dentro pedida"
        ),
    ),
    corrections=CorrectionWords(
        no=words("não nao errado desculpa desculpe espera peraí erro"),
        meant=phrases(
            "queria dizer; eu queria dizer; quis dizer; quero dizer; eu quis dizer;"
            " referia-me a; referia-me ao; referia-me à; estava falando de;"
            " estava falando do; estava falando da; estava a falar de;"
            " estava a falar do; estava a falar da; falava do; falava da;"
            " o que eu queria dizer era; me referia ao; me referia à; me refiro ao;"
            " me refiro à; refiro-me ao; refiro-me à"
        ),
        said=phrases("eu disse; disse; eu falei; falei; eu pedi; pedi"),
        negations=phrases("não; e não; em vez de; em vez do; em vez da; ao invés de"),
        but=phrases("mas; mas sim; e sim; sim; senão"),
        definite=words("o a os as no na nos nas em ao à meu minha nosso nossa"),
        never=words(
            "isso isto que obrigado obrigada sim não bem mal nada tudo algo agora ainda"
            " hoje amanhã ontem depois mais muito tão só nunca sempre talvez verdade"
            " mesma mesmo problema importa precisa te me se lhe por favor quem como quando"
            " onde tchau adeus olá oi chega já momento de outro menos faz tem mal é"
            " para pra"
        ),
        doubtful=words(
            "eu tu ele nós você me te se nos lhe sei acho quero gosto preciso posso"
            " penso sinto vejo tem é está são foi ligue desligue apague abra feche faça"
            " ligues abras feches conheço"
        ),
        late_negation=True,
        polite=phrases("obrigado; obrigada; por favor; se faz favor"),
    ),
    past=PastWords(
        talk=phrases(
            "falamos; falámos; conversamos; conversámos; dissemos; discutimos; perguntei;"
            " eu disse; eu te disse; te perguntei; disseste; você disse; você me disse;"
            " a gente falou; a gente conversou; a gente disse; a gente discutiu;"
            " eu falei; te falei; falei; contei; te contei; pedi; te pedi; que te disse;"
            " que lhe disse; combinamos; combinámos; você falou; você me falou;"
            " me disseste; respondeste; nossa conversa; nossas conversas;"
            " minha pergunta; minhas perguntas; minha última pergunta; perguntaste;"
            " nossa última conversa"
        ),
        began=frozenset(),
        talked=frozenset(),
        reach=0,
        openers=phrases(
            "mostra-me; mostra; mostre; me mostra; me mostre; procura; procure; encontra;"
            " encontre; lembra-me; me lembra; me lembre; lê; repete; repita; resume; busca;"
            " busque"
        ),
        about=phrases(
            "sobre; de; do; da; dos; das; acerca de; acerca do; acerca da; a respeito de;"
            " a respeito do; a respeito da; em relação a; em relação ao; em relação à"
        ),
        leads=words("de do da no na em o a os as desde durante nos nas à"),
        times=times(
            today="hoje",
            yesterday="ontem",
            day_before_yesterday="anteontem; antes de ontem",
            this_morning="esta manhã; essa manhã",
            this_afternoon="esta tarde",
            this_evening="esta noite",
            last_night="a noite passada; noite passada",
            this_week="esta semana; essa semana; nesta semana",
            last_week="a semana passada; semana passada; na semana anterior;"
            " última semana",
            last_weekend="fim de semana passado; último fim de semana",
            weekend="no fim de semana; este fim de semana; neste fim de semana",
            this_month="este mês; esse mês; neste mês",
            last_month="o mês passado; mês passado",
            this_year="este ano; esse ano; neste ano",
            last_year="o ano passado; ano passado",
            earlier="há pouco; agora há pouco; antes; mais cedo",
            recently="recentemente; ultimamente; outro dia; há alguns dias; nos últimos dias",
        ),
        parts=parts(
            morning="manhã", afternoon="tarde", evening="noitinha", night="noite"
        ),
        weekdays=in_order("segunda; terça; quarta; quinta; sexta; sábado; domingo"),
        months=in_order(
            "janeiro; fevereiro; março; abril; maio; junho; julho; agosto; setembro;"
            " outubro; novembro; dezembro"
        ),
        units=units(
            minute="minuto minutos",
            hour="hora horas",
            day="dia dias",
            week="semana semanas",
            month="mês meses",
            year="ano anos",
        ),
        numbers=in_order(
            "um uma; dois duas; três; quatro; cinco; seis; sete; oito; nove; dez; onze;"
            " doze"
        ),
        last=words(
            "último última últimos últimas passado passada passados passadas feira"
        ),
        before_ago=phrases("há; faz"),
        after_ago=phrases("atrás"),
    ),
)
