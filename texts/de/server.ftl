### Was nur der Server sagt: Seiten ohne Code, Blätter, Fehler und was mit einer Antwort geschehen ist.

description = Banter, der KI-Chat des Unternehmens.

## Fehler

request-unreadable = Die Anfrage konnte nicht gelesen werden.
fault-not-found = Das gibt es nicht, oder es gehört Ihnen nicht.
fault-too-long = Die Frage ist zu lang für dieses Modell: Sie hat { $tokens } Tokens, höchstens { $limit } sind möglich. Kürzen oder teilen Sie sie, oder wählen Sie ein Modell, das mehr lesen kann.
fault-reply-under-way = In dieser Unterhaltung wird noch eine Antwort geschrieben. Warten Sie sie ab oder halten Sie sie an und senden Sie dann noch einmal.
fault-asked-already = Diese Frage wurde bereits gestellt.
fault-access-unknown = Ihr Zugang kann gerade nicht geprüft werden, weil das Unternehmensverzeichnis nicht antwortet. Was Sie geschrieben haben, ist erhalten; versuchen Sie es gleich noch einmal.
fault-internal = Etwas ist schiefgegangen. Was Sie geschrieben haben, ist erhalten; versuchen Sie es noch einmal.
fault-database = Die Datenbank ist nicht erreichbar. Was Sie geschrieben haben, ist erhalten; versuchen Sie es gleich noch einmal.
fault-only-admins = Das dürfen nur Administratoren.
fault-sheet = Das hat nicht funktioniert. Versuchen Sie es gleich noch einmal.
fault-not-sent = Ihre Frage konnte nicht gesendet werden. Sie ist noch da, wenn Sie zurückgehen; versuchen Sie es gleich noch einmal.
invalid-model = Ein solches Modell gibt es nicht.
invalid-no-model = Es gibt kein Modell, das Sie nutzen dürfen.
invalid-event-number = Die Nummer eines Ereignisses ist nicht negativ.
invalid-cursor = Diese Fortsetzungsmarke stammt nicht von uns.
invalid-search = Suchen Sie nach weniger Wörtern: höchstens 200 Zeichen.
invalid-comment = Ein Kommentar hat höchstens 2.000 Zeichen.
invalid-draft = Das ist keine Frage, die gesendet werden könnte; sie wird daher nicht aufbewahrt.
invalid-title = Ein Titel ist eine Zeile mit höchstens 200 Zeichen.
invalid-folder = Der Name eines Ordners ist eine Zeile mit höchstens 60 Zeichen.
invalid-set = Das kann nicht gesetzt werden.
invalid-language = Diese Sprache spricht Banter nicht.
gone-sign-in = { $why } Melden Sie sich wieder an, um fortzufahren.
ended-signed-out = Sie haben sich abgemeldet.
ended-elsewhere = Sie haben diese Sitzung von einer anderen aus beendet.
ended-revoked = Die Administration hat diese Sitzung beendet.
ended-by-provider = Sie haben sich von Ihrem Firmenkonto abgemeldet.
ended-access-removed = Ihr Zugang zu Banter wurde entzogen.
ended-provider-refused = Der Anmeldedienst Ihres Unternehmens verlangt eine neue Anmeldung.
ended-expired = Ihre Sitzung hat ihre längste Dauer erreicht.
ended-idle = Ihre Sitzung ist beendet, weil in ihr eine Weile nichts geschehen ist.

## Kontingente

quota-requests =
    { $limit ->
        [one] Zu viele Anfragen: Sie können einmal in der Minute fragen. Versuchen Sie es in { $secs } s noch einmal.
       *[other] Zu viele Anfragen: Sie können { $limit }-mal in der Minute fragen. Versuchen Sie es in { $secs } s noch einmal.
    }
quota-tokens = Ihre { $limit } Tokens für heute sind aufgebraucht. Sie erneuern sich um 00:00 Uhr UTC, in { $wait }.
quota-money = Ihre { $limit } für diesen Monat sind aufgebraucht. Sie erneuern sich am 1. { $month } um 00:00 Uhr UTC.
minutes = { $minutes } Min.
hours-and-minutes = { $hours } Std. { $minutes } Min.
# In der Reihenfolge des Jahres, durch ein Leerzeichen getrennt.
long-months = Januar Februar März April Mai Juni Juli August September Oktober November Dezember

## Was mit einer Antwort geschehen ist

in-categories = { " " }({ $categories })
category-hate = Hass
category-self-harm = Selbstverletzung
category-sexual = sexuelle Inhalte
category-violence = Gewalt
category-jailbreak = Umgehung der Regeln
category-protected-text = geschützter Text
category-protected-code = geschützter Code
notice-unreachable = Das Modell ist gerade nicht erreichbar. Ihre Frage ist erhalten; stellen Sie sie gleich noch einmal.
notice-not-authorised = Banter darf dieses Modell nicht nutzen. Bitte nennen Sie Ihrer Administration die Referenz unten.
notice-no-deployment = Dieses Modell ist nicht verfügbar. Wählen Sie ein anderes, oder nennen Sie Ihrer Administration die Referenz unten.
notice-too-many-requests = Das Modell hat im Moment zu viele Anfragen: Versuchen Sie es in { $secs } s noch einmal.
notice-question-filtered = Die Frage wurde von der Inhaltsrichtlinie gefiltert{ $categories }. Formulieren Sie sie anders und senden Sie sie noch einmal.
notice-too-long = Diese Unterhaltung ist für das Modell zu lang geworden. Beginnen Sie einen neuen Chat und nehmen Sie mit, worauf es ankommt.
notice-refused = Das Modell hat die Anfrage abgelehnt. Fragen Sie noch einmal, oder nennen Sie Ihrer Administration die Referenz unten.
notice-broken-off = Das Modell hat abgebrochen. Fragen Sie noch einmal, um eine ganze Antwort zu bekommen.
notice-empty = Das Modell hat ohne Antwort geendet. Fragen Sie noch einmal, oder fragen Sie mit anderen Worten.
notice-fault = Beim Schreiben dieser Antwort ist etwas schiefgegangen.
notice-restarted = Der Server wurde neu gestartet, während er diese Antwort schrieb.
notice-length = Die Antwort hat die Längengrenze des Modells erreicht.
notice-rest-filtered = Der Rest dieser Antwort wurde von der Inhaltsrichtlinie gefiltert{ $categories }. Fragen Sie mit anderen Worten weiter.
notice-connection = Die Verbindung zum Modell ist abgebrochen.
notice-withdrawn = Diese Antwort wurde zurückgezogen: Die Inhaltsrichtlinie hat sie nach dem Anzeigen beanstandet{ $categories }. Fragen Sie mit anderen Worten.
notice-server-gone = Der Server, der diese Antwort schrieb, ist ausgefallen.
notice-trimmed =
    { $sent ->
        [one] Der Anfang dieser Unterhaltung wurde weggelassen: Sie ist länger, als das Modell lesen kann. Nur die letzte Nachricht wurde gesendet.
       *[other] Der Anfang dieser Unterhaltung wurde weggelassen: Sie ist länger, als das Modell lesen kann. Die letzten { $sent } Nachrichten wurden gesendet.
    }

## Warum jemand nicht hineinkommt

n-reference = Referenz
n-try-again-in-a-minute = Versuchen Sie es in einer Minute noch einmal.
n-unavailable-title = Nicht verfügbar
n-unavailable = Banter ist gerade nicht verfügbar
n-unavailable-why = Die Datenbank ist nicht erreichbar. Was Sie geschrieben haben, ist nicht verloren; Ihre Entwürfe bleiben in diesem Browser.
n-unavailable-session = Die Datenbank ist nicht erreichbar, daher konnte Ihre Sitzung nicht gespeichert werden.
n-too-many-title = Zu viele Anmeldungen
n-too-many = Zu viele Anmeldungen auf einmal
n-too-many-why = Aus Ihrem Netz kommen mehr Anmeldungen, als Banter in einer Minute annimmt. Versuchen Sie es in { $secs } s noch einmal.
n-circles-title = Anmeldung dreht sich im Kreis
n-circles = Die Anmeldung dreht sich im Kreis
n-circles-why = Sie wurden innerhalb einer Minute mehrmals angemeldet, und jedes Mal kam dieser Browser ohne seine Sitzung zurück. Meist nimmt er keine Cookies dieser Website an, oder seine Uhr geht falsch.
n-circles-do = Erlauben Sie Cookies für diese Website, stellen Sie die Uhr und versuchen Sie es noch einmal. Wenn es dabei bleibt, nennen Sie Ihrem Helpdesk die Referenz unten.
n-directory-title = Verzeichnis nicht verfügbar
n-directory = Ihre Gruppen können gerade nicht geprüft werden
n-directory-why = Sie sind angemeldet, aber das Unternehmensverzeichnis hat nicht gesagt, in welchen Gruppen Sie sind. Ohne das lässt Banter niemanden hinein.
n-directory-do = Was Sie geschrieben haben, ist nicht verloren. Versuchen Sie es in einer Minute noch einmal.
n-trouble = Etwas ist schiefgegangen
n-trouble-why = Das ist ein Fehler von Banter, nicht Ihrer. Was Sie geschrieben haben, ist erhalten.
n-trouble-do = Versuchen Sie es noch einmal. Wenn es wieder geschieht, nennen Sie Ihrem Helpdesk die Referenz unten.
n-signed-out-title = Abgemeldet
n-signed-out = Sie sind abgemeldet
n-signed-out-why = Ihre Unterhaltungen sind noch da, wenn Sie wiederkommen.
n-cancelled-title = Anmeldung abgebrochen
n-cancelled = Sie haben die Anmeldung abgebrochen
n-cancelled-why = Banter muss wissen, wer Sie sind, bevor es sich öffnet.
n-expired-title = Anmeldung abgelaufen
n-expired = Diese Anmeldung ist vorbei
n-expired-why = Sie wurde schon verwendet, hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Das kommt von der Zurück-Taste, alten Lesezeichen und blockierten Cookies.
n-expired-do = Beginnen Sie eine neue; Sie kommen auf die Seite zurück, zu der Sie wollten.
n-unreachable-title = Anmeldung nicht verfügbar
n-unreachable = Der Anmeldedienst ist nicht erreichbar
n-unreachable-why = Banter konnte den Anmeldedienst Ihres Unternehmens nicht fragen, wer Sie sind.
n-unreachable-do = Versuchen Sie es in einer Minute noch einmal. Wenn es dabei bleibt, nennen Sie Ihrem Helpdesk die Referenz unten.
n-failed-title = Anmeldung fehlgeschlagen
n-unverified = Die Anmeldung konnte nicht geprüft werden
n-unverified-why = Was der Anmeldedienst gesendet hat, ist nicht, was es sein sollte. Daher wurde niemand hineingelassen.
n-unverified-do = Versuchen Sie es noch einmal. Wenn es wieder geschieht, nennen Sie Ihrem Helpdesk die Referenz unten.
n-denied-title = Kein Zugang
n-denied = Sie haben noch keinen Zugang zu Banter
n-denied-why = Sie sind angemeldet, aber Ihr Konto ist in keiner der Gruppen, die Banter nutzen dürfen.
n-denied-ask = Bitten Sie um Zugang und nennen Sie die Referenz unten. Wenn Sie ein anderes Arbeitskonto haben, verwenden Sie dieses.
n-denied-tell = Bitten Sie Ihre Führungskraft oder den Helpdesk, Sie aufzunehmen, und nennen Sie die Referenz unten. Wenn Sie ein anderes Arbeitskonto haben, verwenden Sie dieses.
n-signed-in-as = Angemeldet als
n-missing-one = Es fehlt: Mitgliedschaft in
n-missing-one-of = Es fehlt: Mitgliedschaft in einer von
n-other-account = Anderes Konto verwenden
n-ask-for-access = Um Zugang bitten
n-refused = Sie konnten nicht angemeldet werden
n-code = Fehlernummer
n-trace-id = Ablaufkennung (Trace ID)
n-correlation-id = Korrelationskennung (Correlation ID)
n-do-ours = Beheben kann das nur, wer Banter betreibt: Geben Sie Ihrem Helpdesk, was unten steht.
n-do-self = Versuchen Sie es noch einmal und tun Sie, worum der Anmeldedienst bittet. Wenn es dabei bleibt, geben Sie Ihrem Helpdesk, was unten steht.
n-do-general = Versuchen Sie es noch einmal, oder verwenden Sie ein anderes Konto. Wenn es dabei bleibt, geben Sie Ihrem Helpdesk, was unten steht.
n-not-assigned = Ihr Konto ist Banter im Unternehmensverzeichnis nicht zugewiesen.
n-not-assigned-do = Bitten Sie Ihre Führungskraft oder den Helpdesk um die Zuweisung, und geben Sie weiter, was unten steht; oder verwenden Sie ein anderes Konto.
n-rule = Eine Regel Ihres Unternehmens erlaubt diese Anmeldung von diesem Gerät, Ort oder Programm aus nicht.
n-rule-do = Versuchen Sie es von einem Firmengerät oder aus dem Firmennetz. Wenn es erlaubt sein sollte, geben Sie Ihrem Helpdesk, was unten steht.
n-second-proof = Ihr Unternehmen verlangt einen zweiten Nachweis, dass Sie es sind.
n-consent = Banter darf Ihr Profil und Ihre Gruppen noch nicht lesen: Niemand hat zugestimmt, oder es wurde abgelehnt.
n-consent-do = Versuchen Sie es noch einmal und stimmen Sie zu. Wenn die Administration zustimmen muss, geben Sie Ihrem Helpdesk, was unten steht.
n-account = Ihr Konto ist deaktiviert, gesperrt oder unbekannt, oder sein Kennwort ist abgelaufen.
n-account-do = Ihr Helpdesk kann sagen, was davon zutrifft; geben Sie weiter, was unten steht.
n-too-slow = Die Anmeldung hat zu lange gedauert, oder sie wurde zweimal verwendet.
n-too-slow-do = Versuchen Sie es noch einmal; Sie kommen auf die Seite zurück, zu der Sie wollten.
n-not-proven = Banter konnte dem Anmeldedienst nicht nachweisen, dass es Banter ist.
n-not-registered = Banter ist beim Anmeldedienst nicht so registriert, wie es sein sollte.
n-loop = Der Anmeldedienst hat bemerkt, dass sich die Anmeldung im Kreis dreht.
n-loop-do = Schließen Sie die Tabs von Banter, warten Sie eine Minute und versuchen Sie es noch einmal.
n-access-denied = Ihr Konto darf Banter nicht nutzen, oder die Anmeldung wurde abgelehnt.
n-sign-in-yourself = Der Anmeldedienst möchte, dass Sie sich selbst anmelden.
n-service-trouble = Der Anmeldedienst hat gerade Schwierigkeiten.
n-service-refused = Der Anmeldedienst hat die Anmeldung abgelehnt.

## Das Profil

p-refresh = Noch einmal aus dem Verzeichnis lesen
p-mail = E-Mail
p-username = Anmeldename
p-department = Abteilung
p-preferred-language = Bevorzugte Sprache
p-synced = Aus dem Verzeichnis gelesen
p-session-ends = Diese Sitzung endet spätestens
p-language-of-profile = Wie im Firmenprofil ({ $name })
p-language-of-browser = Wie im Browser eingestellt ({ $name })
p-language-save = Sprache ändern
p-roles = Rollen
p-role-everybody = Jeder im Unternehmen hat sie.
p-role-group = Durch die Gruppe { $group }.
p-role-app = Durch die Anwendungsrolle { $role }.
p-role-user = Nutzung
p-role-auditor = Revision
p-role-admin = Administration
p-sessions = Sitzungen
p-session-place = { $network }, seit{ " " }
p-session-seen = , zuletzt gesehen{ " " }
p-unknown-network = unbekanntes Netz
p-this-session = Diese Sitzung
p-end = Beenden
p-end-others = Alle anderen Sitzungen beenden
p-recent-sign-ins = Letzte Anmeldungen
p-none-yet = Es gibt noch keine.
p-when = Wann
p-what-happened = Was geschah
p-device = Gerät
p-network = Netz
p-unknown-device = Unbekanntes Gerät
p-device-on = { $browser } auf { $system }
p-groups = Gruppen
p-no-groups = Das Verzeichnis führt keine Gruppen für Sie auf.
p-about = { $label }: { $about }
p-do-it = Ja, ausführen
outcome-success = Angemeldet
outcome-not-allowed = Kein Zugang
outcome-cancelled = Abgebrochen
outcome-refused = Vom Anmeldedienst abgelehnt
outcome-unverified = Konnte nicht geprüft werden
outcome-replayed = Zweimal verwendet
outcome-directory = Gruppen konnten nicht geprüft werden
outcome-unreachable = Anmeldedienst nicht erreichbar
outcome-database = Konnte nicht gespeichert werden

## Verbrauch

u-usage = Verbrauch
u-nothing-asked = Sie haben in diesem Monat noch nichts gefragt.
u-this-month = Dieser Monat
u-answers = Antworten
u-tokens = Tokens
u-cost = Kosten
u-requests = Fragen innerhalb einer Minute
u-requests-renew = Jede zählt eine Minute lang.
u-tokens-today = Tokens heute
u-tokens-renew = Sie erneuern sich um 00:00 Uhr UTC.
u-cost-this-month = Kosten in diesem Monat
u-cost-renews = Der Betrag erneuert sich am Ersten des Monats um 00:00 Uhr UTC.
u-of = { $used } von { $limit }
u-used-up = { $used }, aufgebraucht
u-last-30-days = Verbrauch der letzten 30 Tage
u-nobody = Niemand hat etwas gefragt.
u-by-day = Nach Tagen
u-usage-by-day = Verbrauch nach Tagen
u-day = Tag (UTC)
u-by-model = Nach Modellen
u-usage-by-model = Verbrauch nach Modellen
u-by-department = Nach Abteilungen
u-usage-by-department = Verbrauch nach Abteilungen
u-most = Größter Verbrauch
u-usage-by-person = Verbrauch nach Personen
u-not-known = Nicht bekannt
u-tokens-on = { $day }: { $tokens } Tokens
u-picture = Tokens nach Tagen. Die meisten an einem Tag waren { $tokens }.
u-tokens-at-most = { $most } Tokens

## Administration

a-people = Personen
a-search-people = Personen suchen
a-search-hint = Name, Anmeldename oder E-Mail
a-search = Suchen
a-nobody = Niemand, der sich angemeldet hat, heißt so.
a-end-all = Alle Sitzungen beenden
a-end-all-what = { $name } muss sich auf jedem Gerät neu anmelden, und alle temporären Chats sind gelöscht. Das lässt sich nicht zurücknehmen.
a-name = Name
a-account = Konto
a-last-seen = Zuletzt gesehen
a-what-to-do = Aktionen
a-ratings = Bewertungen
a-no-ratings = Noch hat niemand eine Antwort bewertet.
a-who = Wer
a-rating = Bewertung
a-good = Gut
a-bad = Schlecht
a-comment = Kommentar
a-sign-ins = Anmeldungen
a-how = Wie
