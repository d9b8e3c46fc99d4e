"""French."""

from .language import LanguageWords, phrases, stems, words

FRENCH = LanguageWords(
    articles=words("le la l les un une des ce cet cette ces"),
    possessives=words(
        "mon ma mes notre nos ton ta tes votre vos son sa ses leur leurs"
    ),
    prepositions=words(
        "dans de du d des a au aux en sur sous pour avec chez et ou tout toute tous"
        " toutes vers par"
    ),
    fillers=words(
        "hey salut bonjour ok alors et eh bien bon oui non stp svp mais donc euh"
    ),
    questions=words(
        "qui que qu quoi quel quelle quels quelles lequel laquelle lesquels lesquelles"
        " pourquoi combien ou comment"
    ),
    conditional=words("quand si lorsque"),
    inverted=words(
        "est sont etait as a avez avons ont ai sais savez dois doit doivent peut peuvent"
        " puis faut fait fais va vas vont y es etes suis suisje veut veulent reste"
        " connais connaissez aimes aime existe marche marchent"
    ),
    subjects=words("tu vous il elle on je j nous ils elles ce t a les le la"),
    anywhere=words("combien quel quelle quels quelles pourquoi"),
    ask=phrases(
        "est-ce que; est-ce qu; dis-moi; dis moi; dites-moi; dites moi; me dire;"
        " nous dire; sais-tu; savez-vous; tu sais; vous savez; explique; expliquez;"
        " explique-moi; m'expliquer; rappelle-moi où; rappelle-moi quand;"
        " rappelle-moi qui; rappelle-moi ce; rappelle-moi quel; rappelle-moi quelle;"
        " je veux savoir; je voudrais savoir; j'aimerais savoir; je me demande;"
        " raconte-moi; me raconter; décris; donne-moi l'heure; y a-t-il; y a t il;"
        " il y a-t-il; c'est quoi; c'est qui; c'est quand; c'est où; c'est quel;"
        " te souviens-tu; tu te souviens; à qui; de qui; avec qui; depuis quand;"
        " jusqu'à quand; par où; d'où; à quoi; de quoi; as-tu; a-t-on; qu'est-ce"
    ),
    polite=phrases(
        "peux-tu; peux tu; pouvez-vous; pouvez vous; pourrais-tu; pourrais tu;"
        " pourriez-vous; pourriez vous; tu peux; vous pouvez; tu pourrais;"
        " vous pourriez; veux-tu; veux tu; voulez-vous; voudrais-tu; voudriez-vous;"
        " est-ce que tu peux; est-ce que tu pourrais; est-ce que vous pouvez;"
        " est-ce que vous pourriez; est-ce qu'on peut; peut-on; on peut; on pourrait;"
        " est-il possible de; serait-il possible de; ça te dérange de; merci de;"
        " pourrait-on; je veux que tu; j'aimerais que tu; je voudrais que tu;"
        " tu veux bien; vous voulez bien"
    ),
    commands=words(
        "mets met mettez mettre maitre ote otez dis dites va allez viens venez fais"
        " faire fait coupe eteint eteins lis lire trouve trouver aide aidez note noter"
        " pause stop prends prendre donne donner donnez ecris chante sors vide"
    ),
    command_stems=stems(
        "allum étein éteig ouvr ferm remet baiss mont descend augment diminu régl règl"
        " ajust chang activ désactiv démarr arrêt stopp coup lanc relanc jou lis écout"
        " ajout rajout supprim enlev enlèv annul rappel réveill appel envoi envoy"
        " cherch montr affich verrouill déverrouill éclair illumin tamis pass reprend"
        " repren retir coch valid nettoi nettoy aspir commande achèt achet traduis traduir"
        " calcul répèt répét parl racont programm enregistr mémoris oubli rouvr referm"
        " exécut barr débarr soustra retranch mets-"
    ),
    wishes=phrases(
        "je veux; je voudrais; j'aimerais; il me faut; il faut; nous voulons; j'ai besoin;"
        " il faudrait; on veut; s'il te plaît; s'il vous plaît"
    ),
    finite=words(
        "je j nous on il elle ils elles c est sont etait etaient ai as avons ont suis"
        " es sommes habite aime appelle"
    ),
    volatile=words(
        "maintenant aujourd hui ce demain hier actuellement actuel actuelle semaine"
        " mois annee moment instant temps heure heures date jour meteo previsions"
        " prevision pluie pleut pleuvoir neige neiger soleil vent venteux nuageux"
        " temperature temperatures degres chaud froid humidite minuteur minuteurs"
        " minuterie alarme indice pression meteorologique fait compte rebours reveil"
        " reste restant restante dernier derniere derniers prochain prochaine recent"
        " recente nouvelles actualites infos score prix trafic encore deja bientot jusqu"
        " etat statut batterie niveau luminosite volume courant energie consommation"
        " liste courses agenda calendrier rendez evenement rappel rappels lune blague"
        " maison absent colis courrier matin soir nuit midi apres tout joue"
    ),
    lasting=words("semaine mois annee heures jour matin soir nuit midi apres"),
    states=words(
        "ouvert ouverte ouverts ouvertes ferme fermee fermes fermees allume allumee"
        " allumes allumees eteint eteinte eteints eteintes verrouille verrouillee"
        " verrouilles verrouillees deverrouille active activee desactive arme armee"
        " desarme connecte connectee deconnecte occupe vide plein pleine libre"
        " disponible detecte marche arret fini termine branche presence fermer ouvrir"
    ),
    state_stems=stems("verrouill déverrouill ferm ouvert allum éteint activ désactiv"),
    final_states=words("la dehors"),
)
