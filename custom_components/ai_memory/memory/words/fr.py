"""French."""

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
    secrets=SecretWords(
        pins=phrases("pin; code pin; codes pin"),
        codes=phrases(
            "code d'alarme; code de l'alarme; code alarme; code de la porte;"
            " code de porte; code du portail; code d'entrée; code d'accès;"
            " code du garage; code du coffre; code secret; code de sécurité;"
            " code de vérification; code de confirmation; code de récupération;"
            " codes de récupération; code de secours; codes de secours; code sms;"
            " code à usage unique; otp; puk; digicode; code de déverrouillage"
        ),
        loose_codes=phrases(
            "code; codes; combinaison; cadenas; désarme; désarmer; déverrouille; déverrouiller"
        ),
        passwords=phrases(
            "mot de passe; mots de passe; mdp; phrase secrète; phrase de passe;"
            " clé wifi; clé wi-fi; clé wpa; clé du wifi; clé du wi-fi; clé du réseau;"
            " clé de sécurité; mot de code; phrase de récupération"
        ),
        tokens=phrases(
            "token; jeton; jeton d'accès; clé api; clé d'api; clé d'accès; clé secrète"
        ),
        loose_keys=phrases("clé; clef; clé privée; clé de récupération"),
        cards=phrases(
            "numéro de carte; numéro de ma carte; carte bancaire; carte bleue;"
            " carte de crédit; numéro de la carte"
        ),
        card_checks=phrases("cvv; cvc; cryptogramme; cryptogramme visuel"),
        no_secret=words(
            "postal postaux route rue qr barres barre erreur erreurs panne source"
            " vestimentaire promo promotionnel réduction remise couleur couleurs civil"
            " pénal travail conduite produit article commande réservation suivi pays"
            " régional langue morse fiscal statut http parrainage gestionnaire"
            " générateur politique champ indice oublié punaise"
        ),
        means=words("est était sont c devient égale"),
        towards=words("à avec par comme en"),
        changes=words("change changé mets mis modifie modifié remplace"),
        skipped=words(
            "maintenant toujours encore pas aussi actuellement simplement juste de"
            " désormais bien donc est"
        ),
        joins=words("et ou puis"),
        digits=words("zéro un deux trois quatre cinq six sept huit neuf"),
        numbers=words(
            "dix onze douze treize quatorze quinze seize vingt vingts trente quarante"
            " cinquante soixante septante octante huitante nonante cent"
        ),
        repeats=words("double triple"),
        no_value=words(
            "stocké enregistré écrit noté inscrit rangé caché sauvegardé gardé faux"
            " fausse bon bonne correct incorrect invalide valide même mêmes différent"
            " nouveau nouvelle ancien vieux sûr faible fort facile difficile compliqué"
            " long court trop très si plus moins secret privé connu inconnu nécessaire"
            " requis obligatoire perdu oublié expiré inchangé ici là où ce que qui quoi"
            " quelque nulle part pas jamais rien aucun déjà vide bloqué protégé chiffré"
            " mauvais meilleur mieux affiché collé accroché disponible prêt derrière"
            " devant dessous dessus celui celle je tu il elle on nous vous ils comme"
            " entre chez peut doit faut demandé composé sensible changé modifié posé"
        ),
    ),
    corrections=CorrectionWords(
        no=words("non nan faux pardon attends erreur désolé désolée"),
        meant=phrases(
            "je voulais dire; je veux dire; je parlais de; je parlais du; je parle de;"
            " je parle du; je voulais parler de; je voulais parler du; je pensais à;"
            " je pensais au; ce que je voulais dire c'est; ce que je voulais dire c'était"
        ),
        said=phrases("j'ai dit; j'avais dit; j'ai demandé; je voulais"),
        negations=phrases("pas; et pas; non pas; au lieu de; au lieu du; plutôt que"),
        but=phrases("mais; mais plutôt; plutôt"),
        definite=words("le la l les dans au aux en mon ma mes notre nos chez"),
        never=words(
            "ça ca cela que qu si merci oui non stop quoi qui comment pourquoi quand où"
            " rien tout toute tous quelque maintenant encore aujourd demain hier tard"
            " vraiment seulement trop très mal sûr bien bon assez peut jamais toujours"
            " même problème grave la-bas plus moins de d besoin souci question tant"
            " du moment bonjour bonsoir salut mieux possible important là"
        ),
        doubtful=words(
            "je j tu il elle on nous vous ils elles te me se lui leur pense sais crois"
            " veux aime faut vois est sont peux suis"
        ),
        polite=phrases("stp; svp; merci; s'il te plaît; s'il vous plaît"),
    ),
    past=PastWords(
        talk=phrases(
            "notre conversation; nos conversations; notre discussion; nos discussions;"
            " on parlait; nous parlions; parlions nous; ma question; mes questions;"
            " ma dernière question; notre dernière conversation"
        ),
        began=phrases(
            "je t'ai; j'ai; t'ai-je; ai-je; avons-nous; nous avons; on a; a-t-on; as-tu;"
            " tu m'as; tu as; m'as-tu; on s'est; j'avais; on avait; nous avions;"
            " je vous ai; tu nous as; avions-nous; vous avez; avez-vous; nous as-tu"
        ),
        talked=words(
            "dit dits demandé parlé discuté raconté évoqué mentionné posé décidé convenu"
            " répondu"
        ),
        reach=3,
        openers=phrases(
            "montre-moi; montre; cherche; trouve; retrouve; rappelle-moi; relis; répète;"
            " résume"
        ),
        about=phrases(
            "de; du; des; d; sur; à propos de; à propos du; au sujet de; au sujet du;"
            " concernant; à propos des; au sujet des"
        ),
        leads=words("de du d le la l en au depuis pendant ce dans les"),
        times=times(
            today="aujourd'hui",
            yesterday="hier",
            day_before_yesterday="avant-hier; avant hier",
            this_morning="ce matin",
            this_afternoon="cet après-midi",
            this_evening="ce soir",
            last_night="cette nuit; la nuit dernière; nuit dernière",
            this_week="cette semaine",
            last_week="la semaine dernière; semaine dernière; la semaine passée",
            last_weekend="le week-end dernier; week-end dernier",
            weekend="ce week-end; le week-end",
            this_month="ce mois-ci; ce mois",
            last_month="le mois dernier; mois dernier; le mois passé",
            this_year="cette année",
            last_year="l'année dernière; année dernière; l'an dernier; an dernier",
            earlier="tout à l'heure; tantôt; à l'instant; plus tôt",
            recently="récemment; dernièrement; l'autre jour; ces derniers jours",
        ),
        parts=parts(
            morning="matin", afternoon="après-midi", evening="soir", night="nuit"
        ),
        weekdays=in_order("lundi; mardi; mercredi; jeudi; vendredi; samedi; dimanche"),
        months=in_order(
            "janvier; février; mars; avril; mai; juin; juillet; août; septembre; octobre;"
            " novembre; décembre"
        ),
        units=units(
            minute="minute minutes",
            hour="heure heures",
            day="jour jours",
            week="semaine semaines",
            month="mois",
            year="an ans année années",
        ),
        numbers=in_order(
            "un une; deux; trois; quatre; cinq; six; sept; huit; neuf; dix; onze; douze"
        ),
        last=words("dernier dernière derniers dernières passé passée"),
        before_ago=phrases("il y a; y a"),
    ),
)
