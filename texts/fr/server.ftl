### Ce que seul le serveur dit : pages sans code, fiches, erreurs, et ce qui est arrivé à une réponse.

description = Banter, le chat d’IA de l’entreprise.

## Erreurs

request-unreadable = La requête n’a pas pu être lue.
fault-not-found = Cela n’existe pas, ou ne vous appartient pas.
fault-too-long = La question est trop longue pour ce modèle : elle compte { $tokens } jetons, pour un maximum de { $limit }. Raccourcissez-la, divisez-la ou choisissez un modèle qui peut lire davantage.
fault-reply-under-way = Une réponse est encore en cours de rédaction dans cette conversation. Attendez-la ou arrêtez-la, puis envoyez de nouveau.
fault-asked-already = Cette question a déjà été posée.
fault-access-unknown = Votre accès ne peut pas être vérifié pour le moment, car l’annuaire de l’entreprise ne répond pas. Rien de ce que vous avez écrit n’est perdu ; réessayez dans un instant.
fault-internal = Une erreur s’est produite. Rien de ce que vous avez écrit n’est perdu ; réessayez.
fault-database = La base de données est injoignable. Rien de ce que vous avez écrit n’est perdu ; réessayez dans un instant.
fault-only-admins = Seuls les administrateurs peuvent faire cela.
fault-sheet = L’opération n’a pas abouti. Réessayez dans un instant.
fault-not-sent = Votre question n’a pas pu être envoyée. Vous la retrouverez en revenant en arrière ; réessayez dans un instant.
invalid-model = Ce modèle n’existe pas.
invalid-no-model = Il n’y a aucun modèle que vous puissiez utiliser.
invalid-event-number = Le numéro d’un événement n’est pas négatif.
invalid-cursor = Ce curseur ne vient pas de nous.
invalid-search = Cherchez moins de mots : 200 caractères au plus.
invalid-comment = Un commentaire compte 2 000 caractères au plus.
invalid-draft = Ce n’est pas une question qui pourrait être envoyée ; elle n’est donc pas conservée.
invalid-title = Un titre tient sur une ligne de 200 caractères au plus.
invalid-folder = Le nom d’un dossier tient sur une ligne de 60 caractères au plus.
invalid-set = Cela ne peut pas être composé.
invalid-language = Banter ne parle pas cette langue.
gone-sign-in = { $why } Reconnectez-vous pour continuer.
ended-signed-out = Vous vous êtes déconnecté.
ended-elsewhere = Vous avez fermé cette session depuis une autre.
ended-revoked = Un administrateur a fermé cette session.
ended-by-provider = Vous avez quitté votre compte d’entreprise.
ended-access-removed = Votre accès à Banter a été retiré.
ended-provider-refused = Le service de connexion de votre entreprise demande une nouvelle connexion.
ended-expired = Votre session a atteint sa durée maximale.
ended-idle = Votre session s’est terminée faute d’activité.

## Quotas

quota-requests =
    { $limit ->
        [one] Trop de requêtes : vous pouvez poser { $limit } question par minute. Réessayez dans { $secs } s.
       *[other] Trop de requêtes : vous pouvez poser { $limit } questions par minute. Réessayez dans { $secs } s.
    }
quota-tokens = Vos { $limit } jetons du jour sont épuisés. Ils se renouvellent à 00:00 UTC, dans { $wait }.
quota-money = Vos { $limit } du mois sont épuisés. Ils se renouvellent le 1er { $month } à 00:00 UTC.
minutes = { $minutes } min
hours-and-minutes = { $hours } h { $minutes } min
# Dans l’ordre de l’année, séparés par une espace.
long-months = janvier février mars avril mai juin juillet août septembre octobre novembre décembre

## Ce qui est arrivé à une réponse

in-categories = { " " }({ $categories })
category-hate = haine
category-self-harm = automutilation
category-sexual = contenu sexuel
category-violence = violence
category-jailbreak = contournement des règles
category-protected-text = texte protégé
category-protected-code = code protégé
notice-unreachable = Le modèle est injoignable pour le moment. Votre question est conservée ; posez-la de nouveau dans un instant.
notice-not-authorised = Banter n’a pas le droit d’utiliser ce modèle. Veuillez communiquer la référence ci-dessous à votre administrateur.
notice-no-deployment = Ce modèle n’est pas disponible. Choisissez-en un autre, ou communiquez la référence ci-dessous à votre administrateur.
notice-too-many-requests = Le modèle reçoit trop de requêtes en ce moment : réessayez dans { $secs } s.
notice-question-filtered = La question a été filtrée par la politique de contenu{ $categories }. Formulez-la autrement et envoyez-la de nouveau.
notice-too-long = Cette conversation est devenue trop longue pour le modèle. Commencez un nouveau chat en y reprenant l’essentiel.
notice-refused = Le modèle a refusé la requête. Redemandez, ou communiquez la référence ci-dessous à votre administrateur.
notice-broken-off = Le modèle s’est interrompu. Redemandez pour obtenir une réponse complète.
notice-empty = Le modèle a terminé sans répondre. Reposez la question, ou formulez-la autrement.
notice-fault = Une erreur s’est produite pendant la rédaction de cette réponse.
notice-restarted = Le serveur a redémarré pendant la rédaction de cette réponse.
notice-length = La réponse a atteint la longueur maximale du modèle.
notice-rest-filtered = La suite de cette réponse a été filtrée par la politique de contenu{ $categories }. Demandez autrement pour continuer.
notice-connection = La connexion au modèle a été coupée.
notice-withdrawn = Cette réponse a été retirée : la politique de contenu s’y est opposée{ $categories } après son affichage. Demandez autrement.
notice-server-gone = Le serveur qui rédigeait cette réponse a disparu.
notice-trimmed =
    { $sent ->
        [one] Le début de cette conversation a été omis : elle est plus longue que ce que le modèle peut lire. Seul le dernier message a été envoyé.
       *[other] Le début de cette conversation a été omis : elle est plus longue que ce que le modèle peut lire. Les { $sent } derniers messages ont été envoyés.
    }

## Pourquoi quelqu’un n’entre pas

n-reference = Référence
n-try-again-in-a-minute = Réessayez dans une minute.
n-unavailable-title = Indisponible
n-unavailable = Banter est indisponible pour le moment
n-unavailable-why = Sa base de données est injoignable. Rien de ce que vous avez écrit n’est perdu ; vos brouillons restent dans ce navigateur.
n-unavailable-session = Sa base de données est injoignable ; votre session n’a donc pas pu être conservée.
n-too-many-title = Trop de connexions
n-too-many = Trop de connexions à la fois
n-too-many-why = Votre réseau envoie plus de connexions que Banter n’en accepte en une minute. Réessayez dans { $secs } s.
n-circles-title = La connexion tourne en rond
n-circles = La connexion tourne en rond
n-circles-why = Vous avez été connecté plusieurs fois en une minute, et chaque fois ce navigateur est revenu sans sa session. Le plus souvent, il n’accepte pas les cookies de ce site, ou son horloge est fausse.
n-circles-do = Autorisez les cookies de ce site et réglez l’horloge, puis réessayez. Si cela persiste, communiquez la référence ci-dessous à votre assistance.
n-directory-title = Annuaire indisponible
n-directory = Vos groupes ne peuvent pas être vérifiés pour le moment
n-directory-why = Vous êtes connecté, mais l’annuaire de l’entreprise n’a pas indiqué vos groupes ; sans cela, Banter ne laisse entrer personne.
n-directory-do = Rien de ce que vous avez écrit n’est perdu. Réessayez dans une minute.
n-trouble = Une erreur s’est produite
n-trouble-why = C’est une erreur de Banter, pas la vôtre. Ce que vous avez écrit est conservé.
n-trouble-do = Réessayez. Si cela se reproduit, communiquez la référence ci-dessous à votre assistance.
n-signed-out-title = Session terminée
n-signed-out = Votre session est terminée
n-signed-out-why = Vos conversations vous attendent pour votre retour.
n-cancelled-title = Connexion annulée
n-cancelled = Vous avez annulé la connexion
n-cancelled-why = Banter doit savoir qui vous êtes avant de s’ouvrir.
n-expired-title = Connexion expirée
n-expired = Cette connexion n’est plus valable
n-expired-why = Elle a déjà servi, a duré trop longtemps ou a commencé dans un autre navigateur. Cela arrive avec le bouton de retour, d’anciens favoris et des cookies bloqués.
n-expired-do = Commencez-en une nouvelle ; vous reviendrez à la page voulue.
n-unreachable-title = Connexion indisponible
n-unreachable = Le service de connexion est injoignable
n-unreachable-why = Banter n’a pas pu demander au service de connexion de votre entreprise qui vous êtes.
n-unreachable-do = Réessayez dans une minute. Si cela persiste, communiquez la référence ci-dessous à votre assistance.
n-failed-title = Échec de la connexion
n-unverified = La connexion n’a pas pu être vérifiée
n-unverified-why = Ce que le service de connexion a envoyé n’est pas ce qui était attendu ; personne n’a donc été admis.
n-unverified-do = Réessayez une fois. Si cela se reproduit, communiquez la référence ci-dessous à votre assistance.
n-denied-title = Pas d’accès
n-denied = Vous n’avez pas encore accès à Banter
n-denied-why = Vous êtes connecté, mais votre compte n’appartient à aucun des groupes autorisés à utiliser Banter.
n-denied-ask = Demandez l’accès en indiquant la référence ci-dessous. Si vous avez un autre compte professionnel, utilisez-le.
n-denied-tell = Demandez à votre responsable ou à l’assistance de vous ajouter, en indiquant la référence ci-dessous. Si vous avez un autre compte professionnel, utilisez-le.
n-signed-in-as = Compte connecté
n-missing-one = Il manque l’appartenance à
n-missing-one-of = Il manque l’appartenance à l’un de ces groupes
n-other-account = Utiliser un autre compte
n-ask-for-access = Demander l’accès
n-refused = Vous n’avez pas pu être connecté
n-code = Code d’erreur
n-trace-id = Identifiant de trace (Trace ID)
n-correlation-id = Identifiant de corrélation (Correlation ID)
n-do-ours = Seuls ceux qui exploitent Banter peuvent y remédier : transmettez à votre assistance ce qui est écrit ci-dessous.
n-do-self = Réessayez, et faites ce que demande le service de connexion. Si cela persiste, transmettez à votre assistance ce qui est écrit ci-dessous.
n-do-general = Réessayez, ou utilisez un autre compte. Si cela persiste, transmettez à votre assistance ce qui est écrit ci-dessous.
n-not-assigned = Votre compte n’est pas affecté à Banter dans l’annuaire de l’entreprise.
n-not-assigned-do = Demandez à votre responsable ou à l’assistance de vous affecter, en transmettant ce qui est écrit ci-dessous ; ou utilisez un autre compte.
n-rule = Une règle de votre entreprise n’autorise pas cette connexion depuis cet appareil, ce lieu ou cette application.
n-rule-do = Essayez depuis un appareil ou le réseau de l’entreprise. Si cela devrait être autorisé, transmettez à votre assistance ce qui est écrit ci-dessous.
n-second-proof = Votre entreprise demande une seconde preuve de votre identité.
n-consent = Banter ne peut pas encore lire votre profil et vos groupes : personne n’y a consenti, ou cela a été refusé.
n-consent-do = Réessayez et acceptez. Si un administrateur doit accepter, transmettez à votre assistance ce qui est écrit ci-dessous.
n-account = Votre compte est désactivé, verrouillé ou inconnu, ou son mot de passe a expiré.
n-account-do = Votre assistance peut dire ce qu’il en est ; transmettez-lui ce qui est écrit ci-dessous.
n-too-slow = La connexion a duré trop longtemps, ou elle a servi deux fois.
n-too-slow-do = Réessayez ; vous reviendrez à la page voulue.
n-not-proven = Banter n’a pas pu prouver au service de connexion qu’il est bien Banter.
n-not-registered = Banter n’est pas enregistré comme il le devrait auprès du service de connexion.
n-loop = Le service de connexion a constaté que la connexion tourne en rond.
n-loop-do = Fermez les onglets de Banter, attendez une minute et réessayez.
n-access-denied = Votre compte ne peut pas utiliser Banter, ou la connexion a été refusée.
n-sign-in-yourself = Le service de connexion souhaite que vous vous connectiez vous-même.
n-service-trouble = Le service de connexion rencontre des difficultés en ce moment.
n-service-refused = Le service de connexion a refusé la connexion.

## Le profil

p-refresh = Relire depuis l’annuaire
p-mail = E-mail professionnel
p-username = Nom de connexion
p-department = Service
p-preferred-language = Langue préférée
p-synced = Lu depuis l’annuaire
p-session-ends = Cette session se termine au plus tard
p-language-of-profile = Comme dans le profil d’entreprise ({ $name })
p-language-of-browser = Comme dans le navigateur ({ $name })
p-language-save = Changer de langue
p-roles = Rôles
p-role-everybody = Toute l’entreprise l’a.
p-role-group = Par le groupe { $group }.
p-role-app = Par le rôle d’application { $role }.
p-role-user = Utilisation
p-role-auditor = Audit
p-role-admin = Administration
p-sessions = Sessions ouvertes
p-session-place = { $network }, depuis{ " " }
p-session-seen = , dernière activité :{ " " }
p-unknown-network = réseau inconnu
p-this-session = Cette session
p-end = Fermer
p-end-others = Fermer toutes les autres sessions
p-recent-sign-ins = Connexions récentes
p-none-yet = Il n’y en a pas encore.
p-when = Quand
p-what-happened = Ce qui s’est passé
p-device = Appareil
p-network = Réseau
p-unknown-device = Appareil inconnu
p-device-on = { $browser } sur { $system }
p-groups = Groupes
p-no-groups = L’annuaire ne mentionne aucun groupe pour vous.
p-about = { $label } : { $about }
p-do-it = Oui, confirmer
outcome-success = Connexion réussie
outcome-not-allowed = Pas d’accès
outcome-cancelled = Annulée
outcome-refused = Refusée par le service de connexion
outcome-unverified = N’a pas pu être vérifiée
outcome-replayed = A servi deux fois
outcome-directory = Groupes non vérifiables
outcome-unreachable = Service de connexion injoignable
outcome-database = N’a pas pu être enregistrée

## Consommation

u-usage = Consommation
u-nothing-asked = Vous n’avez rien demandé ce mois-ci.
u-this-month = Ce mois-ci
u-answers = Réponses
u-tokens = Jetons
u-cost = Coût
u-requests = Questions en une minute
u-requests-renew = Chacune compte pendant une minute.
u-tokens-today = Jetons du jour
u-tokens-renew = Ils se renouvellent à 00:00 UTC.
u-cost-this-month = Coût du mois
u-cost-renews = Le montant se renouvelle le premier du mois à 00:00 UTC.
u-of = { $used } sur { $limit }
u-used-up = { $used }, épuisé
u-last-30-days = Consommation des 30 derniers jours
u-nobody = Personne n’a rien demandé.
u-by-day = Par jour
u-usage-by-day = Consommation par jour
u-day = Jour (UTC)
u-by-model = Par modèle
u-usage-by-model = Consommation par modèle
u-by-department = Par service
u-usage-by-department = Consommation par service
u-most = Plus grande consommation
u-usage-by-person = Consommation par personne
u-not-known = Inconnu
u-tokens-on = { $day } : { $tokens } jetons
u-picture = Jetons par jour. Le maximum en un jour est de { $tokens }.
u-tokens-at-most = { $most } jetons

## Administration

a-people = Personnes
a-search-people = Rechercher des personnes
a-search-hint = Nom, nom de connexion ou e-mail
a-search = Rechercher
a-nobody = Personne de ce nom ne s’est connecté.
a-end-all = Fermer toutes les sessions
a-end-all-what = { $name } devra se reconnecter sur chaque appareil, et ses discussions temporaires seront effacées. Il n’y a pas de retour.
a-name = Nom
a-account = Compte
a-last-seen = Dernière visite
a-what-to-do = Actions
a-ratings = Notes
a-no-ratings = Personne n’a encore noté de réponse.
a-who = Qui
a-rating = Note
a-good = Bonne
a-bad = Mauvaise
a-comment = Commentaire
a-sign-ins = Connexions
a-how = Comment
