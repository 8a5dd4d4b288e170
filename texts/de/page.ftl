### Was Seiten sagen und auch der Code im Browser schreibt. All das wird mit der Seite geladen: Was nur der Server sagt,
### gehört in server.ftl.

## Überall

profile = Profil
administration = Administration
sign-out = Abmelden
sign-in-again = Wieder anmelden
try-again = Noch einmal versuchen
reference = Referenz { $id }
theme = Farbschema
theme-system = Farbschema: wie das System
theme-light = Farbschema: hell
theme-dark = Farbschema: dunkel
language = Sprache
language-is = Sprache: { $name }
back-to-chat = Zurück zum Chat

## Daten

january = Januar
february = Februar
march = März
april = April
may = Mai
june = Juni
july = Juli
august = August
september = September
october = Oktober
november = November
december = Dezember
date = { $day }. { $month } { $year }
date-and-time = { $date }, { $time }
today = Heute
yesterday = Gestern
last-week = Letzte 7 Tage
last-month = Letzte 30 Tage
older = Älter

## Die Liste der Unterhaltungen

conversations = Unterhaltungen
photo-of = Foto von { $name }
keys = Tasten
skip = Zur Unterhaltung springen
show-list = Liste einblenden
hide-list = Liste ausblenden
new-chat = Neuer Chat
search = Suchen
search-conversations = Unterhaltungen durchsuchen
searching = Suche läuft…
search-failed = Die Suche hat nicht funktioniert. { $why }
nothing-found = Nichts gefunden zu „{ $words }“.
conversation-count =
    { $count ->
        [one] 1 Unterhaltung
       *[other] { $count } Unterhaltungen
    }
pinned = Angeheftet
archived = Archiviert
show-older = Ältere anzeigen
list-empty = Hier werden Ihre Unterhaltungen aufgeführt.
list-unreadable = Die Liste kann nicht gelesen werden.
options = Optionen
rename = Umbenennen
pin = Anheften
unpin = Lösen
move-to-folder = In Ordner verschieben
archive = Archivieren
unarchive = Aus dem Archiv holen
delete = Löschen
title = Titel
folder = Ordner

## Was gerade getan wurde

done-pin = Angeheftet.
done-unpin = Gelöst.
done-archive = Archiviert.
done-unarchive = Wieder in der Liste.
done-delete = Gelöscht.
done-delete-elsewhere = Diese Unterhaltung wurde gelöscht.
done-rename = Umbenannt.
done-unfile = Aus dem Ordner genommen.
done-file = Nach „{ $folder }“ verschoben.
rated-good = Als gut bewertet.
rated-bad = Als schlecht bewertet.
rating-taken-back = Die Bewertung ist zurückgenommen.
undo = Rückgängig
say-why = Begründen
why = Begründung
why-placeholder = Warum?
submit = Absenden
thank-you = Vielen Dank.
copied-short = Kopiert
copied = Kopiert.
not-copied-short = Nicht kopiert
not-copied = Das Kopieren hat nicht funktioniert.
lines-wrapped = Zeilen werden umbrochen.
lines-not-wrapped = Zeilen werden nicht umbrochen.

## Ein neuer Chat

good-to-see-you = Schön, dass Sie da sind.
good-to-see = Schön, dass Sie da sind, { $name }.
welcome = Was möchten Sie herausfinden, schreiben oder verstehen?
suggestions = Vorschläge
# Was auf einen Doppelpunkt folgt, schreibt der Leser, hinter dem Leerzeichen.
suggest-summary = Fassen Sie den folgenden Text in fünf Sätzen zusammen:{ " " }
suggest-explain = Erklären Sie einer neuen Kollegin den Unterschied zwischen Liquidität und Solvenz.
suggest-mail = Formulieren Sie diese E-Mail kurz und freundlich:{ " " }
suggest-sql = Schreiben Sie eine SQL-Abfrage, die Kunden ohne gültiges Mandat findet.

## Das Feld, in das eine Frage geschrieben wird

message = Nachricht
model = Modell
temporary = Temporär
temporary-why = Nicht in der Liste, und nach dem Abmelden gelöscht
temporary-hint = Dieser Chat steht nicht in der Liste und ist nach dem Abmelden gelöscht.
changing = Sie ändern eine Frage.
changing-what = Was auf sie folgte, bleibt als Version erhalten.
cancel = Abbrechen
context-used = Genutzter Kontext
context-tokens = { $used } von { $limit } Tokens des Kontexts genutzt
send = Senden
send-key = Senden (Eingabetaste)
stop = Anhalten
stop-key = Anhalten (Esc)
hint = Antworten können falsch sein. Prüfen Sie, worauf es ankommt.
question-empty = Schreiben Sie zuerst eine Frage.
question-too-long = Die Frage ist länger als die erlaubten { $kilobytes } kB. Kürzen oder teilen Sie sie.
question-unprintable = Die Frage enthält ein Zeichen, das nicht gespeichert werden kann (NUL). Entfernen Sie es.

## Nachrichten

conversation = Unterhaltung
you = Sie
system = System
copy = Kopieren
edit = Bearbeiten
regenerate = Neu erzeugen
regenerate-why = Noch einmal fragen, mit dem unten gewählten Modell
continue = Fortsetzen
good-answer = Gute Antwort
bad-answer = Schlechte Antwort
previous-version = Vorherige Version
next-version = Nächste Version
thinking = Denkt nach…
still-written = Diese Antwort wird noch geschrieben. Laden Sie die Seite neu, um weiterzulesen.
jump-to-latest = Zum Ende springen
the-model = Das Modell
answered = { $author } hat geantwortet: { $text }
code = Code
code-in = Code, { $language }
copy-code = Code kopieren
wrap-lines = Zeilen umbrechen
unwrap-lines = Zeilen nicht umbrechen
formula = Formel
table = Tabelle
footnote = Fußnote { $label }
footnote-back = Zurück zu Fußnote { $label } im Text
alert-note = Hinweis
alert-tip = Tipp
alert-important = Wichtig
alert-warning = Warnung
alert-caution = Vorsicht
image = Bild
done = Erledigt
to-do = Offen

## Was mit einer Antwort geschehen ist

at-length-limit = Die Antwort ist so lang, wie sie sein darf.
ask-to-go-on = Bitten Sie um die Fortsetzung.
long-conversation = Lange Unterhaltung.
please-note = Bitte beachten Sie:
wait-or-stop = Die Antwort wird noch geschrieben. Warten Sie ihr Ende ab, oder halten Sie sie an.
you-stopped = Sie haben diese Antwort angehalten.
what-was-written = Was bis dahin geschrieben war, ist erhalten.
was-interrupted = Die Antwort wurde unterbrochen.
what-arrived = Was bis dahin angekommen war, ist erhalten. Fragen Sie noch einmal, um alles zu bekommen.
was-filtered = Die Antwort wurde gefiltert.
filter-stepped-in = Ein Inhaltsfilter hat eingegriffen. Fragen Sie mit anderen Worten.
wait-a-moment = Bitte warten Sie einen Moment.
no-answer = Es gibt keine Antwort.
question-kept = Ihre Frage ist erhalten. Stellen Sie sie noch einmal.
model-busy = Das Modell ist ausgelastet.
asking-again = Es wird noch einmal gefragt
in-seconds = in { $secs } s
reconnecting = Verbindung verloren, sie wird wiederhergestellt…
goes-on-without = Die Antwort wird trotzdem weitergeschrieben.
cannot-be-read = Die Antwort kann nicht gelesen werden.
signed-out-now = Sie sind abgemeldet.

## Die Palette

palette = Palette
palette-find = Unterhaltung oder Aktion suchen
palette-entries = Einträge
new-temporary-chat = Neuer temporärer Chat
change-theme = Farbschema wechseln
toggle-list = Liste ein- oder ausblenden

## Die Tasten

close = Schließen
key-send = Frage senden
key-line = Neue Zeile beginnen
key-stop = Antwort anhalten
key-edit = Letzte Frage ändern
key-find = Unterhaltung oder Aktion suchen
key-keys = Diese Tasten anzeigen
key-tab = Durch die Seite gehen
key-close = Geöffnetes schließen
enter-setting = Die Eingabetaste beginnt eine neue Zeile, Strg+Eingabetaste sendet
cap-enter = Eingabe
cap-shift = Umschalt
cap-escape = Esc
cap-control = Strg

## Was nicht angezeigt werden kann

not-found = Nicht gefunden
nothing-here = Hier ist nichts
nothing-here-why = Vielleicht ist die Adresse vertippt, oder ihr Inhalt wurde gelöscht oder ist nicht für Sie bestimmt.
nothing-at-address = Unter dieser Adresse gibt es nichts.
start-new-chat = Neuen Chat beginnen
not-shown = Das kann gerade nicht angezeigt werden
signed-out-title = Sie sind abgemeldet
server-unreachable = Der Server ist nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.
went-wrong = Etwas ist schiefgegangen. Versuchen Sie es noch einmal.
sent-later = Banter ist gerade nicht erreichbar. Ihre Frage wird von selbst gesendet, sobald das wieder geht.
