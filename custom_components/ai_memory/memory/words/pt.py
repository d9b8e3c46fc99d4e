"""Portuguese, of Portugal and Brazil."""

from .language import LanguageWords, phrases, stems, words

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
        "diz-me; diz me; diga-me; diga me; me diz; me diga; me fala; me fale; dizer-me;"
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
)
