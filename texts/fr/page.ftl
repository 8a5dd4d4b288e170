### Ce que disent les pages et que le code du navigateur écrit aussi. Tout est chargé avec la page : ce que seul le
### serveur dit se trouve dans server.ftl.

## Partout

profile = Profil
administration = Administration
sign-out = Se déconnecter
sign-in-again = Se reconnecter
try-again = Réessayer
reference = Référence { $id }
theme = Thème
theme-system = Thème : comme le système
theme-light = Thème : clair
theme-dark = Thème : sombre
language = Langue
language-is = Langue : { $name }
back-to-chat = Retour au chat

## Dates

january = janvier
february = février
march = mars
april = avril
may = mai
june = juin
july = juillet
august = août
september = septembre
october = octobre
november = novembre
december = décembre
date = { $day } { $month } { $year }
date-and-time = { $date } à { $time }
today = Aujourd’hui
yesterday = Hier
last-week = 7 derniers jours
last-month = 30 derniers jours
older = Plus ancien

## La liste des conversations

conversations = Conversations
photo-of = Photo de { $name }
keys = Touches
skip = Aller à la conversation
show-list = Afficher la liste
hide-list = Masquer la liste
new-chat = Nouveau chat
search = Rechercher
search-conversations = Rechercher dans les conversations
searching = Recherche en cours…
search-failed = La recherche n’a pas abouti. { $why }
nothing-found = Aucun résultat pour « { $words } ».
conversation-count =
    { $count ->
        [one] { $count } conversation
        [many] { $count } de conversations
       *[other] { $count } conversations
    }
pinned = Épinglées
archived = Archivées
show-older = Afficher les plus anciennes
list-empty = Vos conversations apparaîtront ici.
list-unreadable = La liste ne peut pas être lue.
options = Options
rename = Renommer
pin = Épingler
unpin = Désépingler
move-to-folder = Déplacer vers un dossier
archive = Archiver
unarchive = Sortir des archives
delete = Supprimer
title = Titre
folder = Dossier

## Ce qui vient d’être fait

done-pin = Conversation épinglée.
done-unpin = Conversation désépinglée.
done-archive = Conversation archivée.
done-unarchive = De retour dans la liste.
done-delete = Conversation supprimée.
done-delete-elsewhere = Cette conversation a été supprimée.
done-rename = Conversation renommée.
done-unfile = Sortie de son dossier.
done-file = Déplacée vers « { $folder } ».
rated-good = Notée comme bonne.
rated-bad = Notée comme mauvaise.
rating-taken-back = La note est retirée.
undo = Annuler
say-why = Dire pourquoi
why = Raison
why-placeholder = Pourquoi ?
submit = Envoyer
thank-you = Merci.
copied-short = Copié
copied = Copié.
not-copied-short = Non copié
not-copied = La copie n’a pas fonctionné.
lines-wrapped = Les lignes longues reviennent à la ligne.
lines-not-wrapped = Les lignes longues ne reviennent plus à la ligne.

## Un nouveau chat

good-to-see-you = Bienvenue.
good-to-see = Bienvenue, { $name }.
welcome = Que souhaitez-vous découvrir, écrire ou comprendre ?
suggestions = Suggestions
# Ce qui suit un deux-points est écrit par le lecteur, après l’espace.
suggest-summary = Résumez le texte suivant en cinq phrases :{ " " }
suggest-explain = Expliquez à une nouvelle collègue la différence entre liquidité et solvabilité.
suggest-mail = Reformulez cet e-mail pour qu’il soit court et aimable :{ " " }
suggest-sql = Écrivez une requête SQL qui trouve les clients sans mandat valable.

## Le champ dans lequel on écrit une question

message = Message
model = Modèle
temporary = Temporaire
temporary-why = Absent de la liste, et effacé à la déconnexion
temporary-hint = Cette discussion n’apparaît pas dans la liste et disparaît à la déconnexion.
changing = Vous modifiez une question.
changing-what = Ce qui la suivait reste comme version.
cancel = Annuler
context-used = Contexte utilisé
context-tokens = { $used } jetons de contexte utilisés sur { $limit }
send = Envoyer
send-key = Envoyer (Entrée)
stop = Arrêter
stop-key = Arrêter (Échap)
hint = Les réponses peuvent être fausses. Vérifiez ce qui compte.
question-empty = Écrivez d’abord une question.
question-too-long = La question dépasse la limite de { $kilobytes } ko. Raccourcissez-la ou divisez-la.
question-unprintable = La question contient un caractère qui ne peut pas être enregistré (NUL). Supprimez-le.

## Messages

conversation = Conversation
you = Vous
system = Système
copy = Copier
edit = Modifier
regenerate = Régénérer
regenerate-why = Redemander, avec le modèle choisi ci-dessous
continue = Continuer
good-answer = Bonne réponse
bad-answer = Mauvaise réponse
previous-version = Version précédente
next-version = Version suivante
thinking = Réflexion en cours…
still-written = Cette réponse est encore en cours de rédaction. Rechargez la page pour lire la suite.
jump-to-latest = Aller à la fin
the-model = Le modèle
answered = { $author } a répondu : { $text }
code = Code
code-in = Code, { $language }
copy-code = Copier le code
wrap-lines = Retour à la ligne
unwrap-lines = Sans retour à la ligne
formula = Formule
table = Tableau
footnote = Note { $label }
footnote-back = Retour à la note { $label } dans le texte
alert-note = Remarque
alert-tip = Conseil
alert-important = Important
alert-warning = Avertissement
alert-caution = Attention
image = image
done = Fait
to-do = À faire

## Ce qui est arrivé à une réponse

at-length-limit = La réponse a atteint sa longueur maximale.
ask-to-go-on = Demandez-en la suite.
long-conversation = Longue conversation.
please-note = À noter.
wait-or-stop = La réponse est encore en cours. Attendez la fin, ou arrêtez-la.
you-stopped = Vous avez arrêté cette réponse.
what-was-written = Ce qui avait été écrit jusque-là est conservé.
was-interrupted = La réponse a été interrompue.
what-arrived = Ce qui était arrivé jusque-là est conservé. Redemandez pour tout obtenir.
was-filtered = La réponse a été filtrée.
filter-stepped-in = Un filtre de contenu est intervenu. Demandez autrement.
wait-a-moment = Veuillez patienter un instant.
no-answer = Il n’y a pas de réponse.
question-kept = Votre question est conservée. Posez-la de nouveau.
model-busy = Le modèle est occupé.
asking-again = Nouvelle tentative
in-seconds = dans { $secs } s
reconnecting = Connexion perdue, reconnexion…
goes-on-without = La réponse continue sans elle.
cannot-be-read = La réponse ne peut pas être lue.
signed-out-now = Votre session est terminée.

## La palette

palette = Palette
palette-find = Trouver une conversation ou une action
palette-entries = Entrées
new-temporary-chat = Nouveau chat temporaire
change-theme = Changer de thème
toggle-list = Afficher ou masquer la liste

## Les touches

close = Fermer
key-send = Envoyer la question
key-line = Commencer une nouvelle ligne
key-stop = Arrêter la réponse
key-edit = Modifier votre dernière question
key-find = Trouver une conversation ou une action
key-keys = Afficher ces touches
key-tab = Parcourir la page
key-close = Fermer ce qui est ouvert
enter-setting = Entrée commence une nouvelle ligne, Ctrl+Entrée envoie
cap-enter = Entrée
cap-shift = Maj
cap-escape = Échap
cap-control = Ctrl

## Ce qui ne peut pas être affiché

not-found = Introuvable
nothing-here = Il n’y a rien ici
nothing-here-why = L’adresse est peut-être mal saisie, ou ce qu’elle désignait a été supprimé ou ne vous est pas accessible.
nothing-at-address = Il n’y a rien à cette adresse.
start-new-chat = Commencer un nouveau chat
not-shown = Cela ne peut pas être affiché pour le moment
signed-out-title = Votre session est terminée
server-unreachable = Le serveur est injoignable. Vérifiez la connexion et réessayez.
went-wrong = Une erreur s’est produite. Réessayez.
sent-later = Banter est injoignable pour le moment. Votre question sera envoyée d’elle-même dès que ce sera possible.
