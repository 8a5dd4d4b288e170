### What pages say that the browser's code writes, too. All of it is loaded with the page: what only the server says
### belongs into server.ftl.

## Everywhere

profile = Profile
administration = Administration
sign-out = Sign out
sign-in-again = Sign in again
try-again = Try again
reference = Reference { $id }
theme = Theme
theme-system = Theme: as the system
theme-light = Theme: light
theme-dark = Theme: dark
language = Language
language-is = Language: { $name }
back-to-chat = Back to the chat

## Dates

january = Jan
february = Feb
march = Mar
april = Apr
may = May
june = Jun
july = Jul
august = Aug
september = Sep
october = Oct
november = Nov
december = Dec
date = { $day } { $month } { $year }
date-and-time = { $date }, { $time }
today = Today
yesterday = Yesterday
last-week = Previous 7 days
last-month = Previous 30 days
older = Older

## The list of conversations

conversations = Conversations
photo-of = Photo of { $name }
keys = Keys
skip = Skip to the conversation
show-list = Show list
hide-list = Hide list
new-chat = New chat
search = Search
search-conversations = Search conversations
searching = Searching…
search-failed = The search did not work. { $why }
nothing-found = Nothing found for “{ $words }”.
conversation-count =
    { $count ->
        [one] 1 conversation
       *[other] { $count } conversations
    }
pinned = Pinned
archived = Archived
show-older = Show older
list-empty = Your conversations will be listed here.
list-unreadable = The list cannot be read.
options = Options
rename = Rename
pin = Pin
unpin = Unpin
move-to-folder = Move to folder
archive = Archive
unarchive = Unarchive
delete = Delete
title = Title
folder = Folder

## What was just done

done-pin = Pinned.
done-unpin = Unpinned.
done-archive = Archived.
done-unarchive = Back in the list.
done-delete = Deleted.
done-delete-elsewhere = This conversation was deleted.
done-rename = Renamed.
done-unfile = Taken out of its folder.
done-file = Moved to { $folder }.
rated-good = Rated as good.
rated-bad = Rated as bad.
rating-taken-back = The rating is taken back.
undo = Undo
say-why = Say why
why = Why
why-placeholder = Why?
submit = Submit
thank-you = Thank you.
copied-short = Copied
copied = Copied.
not-copied-short = Not copied
not-copied = Copying did not work.
lines-wrapped = Lines are wrapped.
lines-not-wrapped = Lines are not wrapped.

## A new chat

good-to-see-you = Good to see you.
good-to-see = Good to see you, { $name }.
welcome = What would you like to find out, write or understand?
suggestions = Suggestions
# What follows a colon is written by the reader, behind the space.
suggest-summary = Summarise the following text in five sentences:{ " " }
suggest-explain = Explain the difference between liquidity and solvency to a new colleague.
suggest-mail = Rewrite this e-mail so that it is short and friendly:{ " " }
suggest-sql = Write a SQL query that finds customers without a valid mandate.

## The box a question is written in

message = Message
model = Model
temporary = Temporary
temporary-why = Not listed, and gone when you sign out
temporary-hint = This chat is not listed, and gone when you sign out.
changing = Changing a question.
changing-what = What followed it stays as a version.
cancel = Cancel
context-used = Context used
context-tokens = { $used } of { $limit } tokens of context used
send = Send
send-key = Send (Enter)
stop = Stop
stop-key = Stop (Esc)
hint = Answers can be wrong. Check what matters.
question-empty = Write a question first.
question-too-long = The question is longer than the limit of { $kilobytes } kB. Shorten it or split it up.
question-unprintable = The question contains a character that cannot be stored (NUL). Remove it.

## Messages

conversation = Conversation
you = You
system = System
copy = Copy
edit = Edit
regenerate = Regenerate
regenerate-why = Ask again, with the model chosen below
continue = Continue
good-answer = Good answer
bad-answer = Bad answer
previous-version = Previous version
next-version = Next version
thinking = Thinking…
still-written = This answer is still being written. Reload the page to read on.
jump-to-latest = Jump to latest
the-model = The model
answered = { $author } answered: { $text }
code = Code
code-in = Code, { $language }
copy-code = Copy code
wrap-lines = Wrap lines
unwrap-lines = Unwrap lines
formula = Formula
table = Table
footnote = Footnote { $label }
footnote-back = Back to footnote { $label } in the text
alert-note = Note
alert-tip = Tip
alert-important = Important
alert-warning = Warning
alert-caution = Caution
image = image
done = Done
to-do = To do

## What happened to an answer

at-length-limit = The answer is at its length limit.
ask-to-go-on = Ask it to go on.
long-conversation = Long conversation.
please-note = Please note.
wait-or-stop = The answer is still being written. Wait for its end, or stop it.
you-stopped = You stopped this answer.
what-was-written = What had been written until then is kept.
was-interrupted = The answer was interrupted.
what-arrived = What had arrived until then is kept. Ask again to get all of it.
was-filtered = The answer was filtered.
filter-stepped-in = A content filter stepped in. Ask in other words.
wait-a-moment = Please wait a moment.
no-answer = There is no answer.
question-kept = Your question is kept. Ask it again.
model-busy = The model is busy.
asking-again = Asking again
in-seconds = in { $secs } s
reconnecting = Connection lost, reconnecting…
goes-on-without = The answer goes on without it.
cannot-be-read = The answer cannot be read.
signed-out-now = You are signed out.

## The palette

palette = Palette
palette-find = Find a conversation or an action
palette-entries = Entries
new-temporary-chat = New temporary chat
change-theme = Change the theme
toggle-list = Show or hide the list

## The keys

close = Close
key-send = Send the question
key-line = Begin a new line
key-stop = Stop the answer
key-edit = Change your last question
key-find = Find a conversation or an action
key-keys = Show these keys
key-tab = Go through the page
key-close = Close what is open
enter-setting = Enter begins a new line, and Ctrl+Enter sends
cap-enter = Enter
cap-shift = Shift
cap-escape = Esc
cap-control = Ctrl

## What cannot be shown

not-found = Not found
nothing-here = There is nothing here
nothing-here-why = The address may be mistyped, or what it led to has been deleted or is not yours to see.
nothing-at-address = There is nothing at this address.
start-new-chat = Start a new chat
not-shown = This cannot be shown right now
signed-out-title = You are signed out
server-unreachable = The server cannot be reached. Check the connection and try again.
went-wrong = Something went wrong. Try again.
sent-later = Banter cannot be reached just now. Your question is sent by itself as soon as that works.
