### What only the server says: pages without code, sheets, faults, and what happened to an answer.

description = Banter, the company's own AI chat.

## Faults

request-unreadable = The request could not be read.
fault-not-found = This does not exist, or it is not yours.
fault-too-long = The question is too long for this model: it has { $tokens } tokens, and { $limit } is the most. Shorten it, split it up, or choose a model that can read more.
fault-reply-under-way = An answer is still being written in this conversation. Wait for it or stop it, then send again.
fault-asked-already = This question was asked already.
fault-access-unknown = Your access cannot be checked right now, because the company directory does not answer. Nothing you typed is lost; try again in a moment.
fault-internal = Something went wrong. Nothing you typed is lost; try again.
fault-database = The database cannot be reached. Nothing you typed is lost; try again in a moment.
fault-only-admins = Only administrators may do this.
fault-sheet = That could not be done. Try again in a moment.
fault-not-sent = Your question could not be sent. It is kept if you go back; try again in a moment.
invalid-model = There is no such model.
invalid-no-model = There is no model that you may use.
invalid-event-number = An event number is not negative.
invalid-cursor = The cursor is not one of ours.
invalid-search = Search for fewer words: at most 200 characters.
invalid-comment = A comment has at most 2,000 characters.
invalid-draft = This is no question that could be sent, so it is not kept.
invalid-title = A title is one line of at most 200 characters.
invalid-folder = A folder's name is one line of at most 60 characters.
invalid-set = This cannot be set.
invalid-language = Banter does not speak this language.
gone-sign-in = { $why } Sign in again to go on.
ended-signed-out = You signed out.
ended-elsewhere = You ended this session from another one.
ended-revoked = An administrator ended this session.
ended-by-provider = You signed out of your company account.
ended-access-removed = Your access to Banter was removed.
ended-provider-refused = Your company's sign-in service wants to see you again.
ended-expired = Your session reached its longest time.
ended-idle = Your session ended because nothing happened in it for a while.

## Quotas

quota-requests =
    { $limit ->
        [one] Too many requests: you may ask once within a minute. Try again in { $secs } s.
       *[other] Too many requests: you may ask { $limit } times within a minute. Try again in { $secs } s.
    }
quota-tokens = Your { $limit } tokens for today are used up. They renew at 00:00 UTC, in { $wait }.
quota-money = Your { $limit } for this month are used up. They renew on 1 { $month } at 00:00 UTC.
minutes = { $minutes } min
hours-and-minutes = { $hours } h { $minutes } min
# In the order of the year, with a space between two.
long-months = January February March April May June July August September October November December

## What happened to an answer

in-categories = { " " }({ $categories })
category-hate = hate
category-self-harm = self harm
category-sexual = sexual
category-violence = violence
category-jailbreak = jailbreak
category-protected-text = protected material text
category-protected-code = protected material code
notice-unreachable = The model cannot be reached right now. Your question is kept; ask again in a moment.
notice-not-authorised = Banter is not allowed to use this model. Please tell your administrator the reference below.
notice-no-deployment = This model is not available. Choose another one, or tell your administrator the reference below.
notice-too-many-requests = The model has too many requests at the moment: try again in { $secs } s.
notice-question-filtered = The question was filtered by the content policy{ $categories }. Put it in other words and send it again.
notice-too-long = This conversation has become too long for the model. Start a new chat and bring along what matters.
notice-refused = The model refused the request. Ask again, or tell your administrator the reference below.
notice-broken-off = The model broke off. Ask again to get a whole one.
notice-empty = The model ended without an answer. Ask again, or put the question in other words.
notice-fault = Something went wrong while this answer was written.
notice-restarted = The server was restarted while it wrote this answer.
notice-length = The answer reached the model's length limit.
notice-rest-filtered = The rest of this answer was filtered by the content policy{ $categories }. Ask in other words to go on.
notice-connection = The connection to the model broke off.
notice-withdrawn = This answer was withdrawn: the content policy objected to it{ $categories } after it was shown. Ask in other words.
notice-server-gone = The server that wrote this answer went away.
notice-trimmed =
    { $sent ->
        [one] The beginning of this conversation was left out: it is longer than the model can read. Only the last message was sent.
       *[other] The beginning of this conversation was left out: it is longer than the model can read. The last { $sent } messages were sent.
    }

## Why somebody is not in

n-reference = Reference
n-try-again-in-a-minute = Try again in a minute.
n-unavailable-title = Not available
n-unavailable = Banter is not available right now
n-unavailable-why = Its database cannot be reached. Nothing you wrote is lost; your drafts stay in this browser.
n-unavailable-session = Its database cannot be reached, so your session could not be kept.
n-too-many-title = Too many sign-ins
n-too-many = Too many sign-ins at once
n-too-many-why = From your network come more sign-ins than Banter accepts in a minute. Try again in { $secs } s.
n-circles-title = Sign-in goes in circles
n-circles = Signing in goes round in circles
n-circles-why = You were signed in several times within a minute, and each time this browser came back without its session. Mostly it does not keep cookies for this site, or its clock is wrong.
n-circles-do = Allow cookies for this site and set the clock, then try again. If it stays like this, tell your help desk the reference below.
n-directory-title = Directory not available
n-directory = Your groups cannot be checked right now
n-directory-why = You are signed in, but the company directory did not say which groups you are in, and without that Banter lets nobody in.
n-directory-do = Nothing you wrote is lost. Try again in a minute.
n-trouble = Something went wrong
n-trouble-why = That is a fault of Banter's, not yours. What you wrote is kept.
n-trouble-do = Try again. If it happens again, tell your help desk the reference below.
n-signed-out-title = Signed out
n-signed-out = You are signed out
n-signed-out-why = Your conversations are kept for when you come back.
n-cancelled-title = Sign-in cancelled
n-cancelled = You cancelled the sign-in
n-cancelled-why = Banter needs to know who you are before it opens.
n-expired-title = Sign-in expired
n-expired = This sign-in is over
n-expired-why = It was used already, took too long, or was begun in another browser. That happens with the back button, old bookmarks and blocked cookies.
n-expired-do = Begin a new one; you will come back to the page you wanted.
n-unreachable-title = Sign-in not available
n-unreachable = The sign-in service cannot be reached
n-unreachable-why = Banter could not ask your company's sign-in service who you are.
n-unreachable-do = Try again in a minute. If it stays like this, tell your help desk the reference below.
n-failed-title = Sign-in failed
n-unverified = The sign-in could not be verified
n-unverified-why = What the sign-in service sent is not what it should be, so nobody was let in.
n-unverified-do = Try once more. If it happens again, tell your help desk the reference below.
n-denied-title = No access
n-denied = You do not have access to Banter yet
n-denied-why = You are signed in, but your account is in none of the groups that may use Banter.
n-denied-ask = Ask for access, and give the reference below. If you have another work account, use that one.
n-denied-tell = Ask your manager or help desk to add you, and tell them the reference below. If you have another work account, use that one.
n-signed-in-as = Signed in as
n-missing-one = Missing: membership of
n-missing-one-of = Missing: membership of one of
n-other-account = Use another account
n-ask-for-access = Ask for access
n-refused = You could not be signed in
n-code = Code
n-trace-id = Trace id
n-correlation-id = Correlation id
n-do-ours = Only those who run Banter can mend it: give your help desk what is written below.
n-do-self = Try again, and do what the sign-in service asks for. If it stays like this, give your help desk what is written below.
n-do-general = Try again, or use another account. If it stays like this, give your help desk what is written below.
n-not-assigned = Your account is not assigned to Banter in the company directory.
n-not-assigned-do = Ask your manager or help desk to assign you, and give them what is written below; or use another account.
n-rule = A rule of your company does not allow this sign-in from this device, place or app.
n-rule-do = Try it from a company device or the company network. If it should be allowed, give your help desk what is written below.
n-second-proof = Your company wants a second proof that it is you.
n-consent = Banter may not read your profile and groups yet: nobody agreed to it, or it was declined.
n-consent-do = Try again and agree. If an administrator has to agree, give your help desk what is written below.
n-account = Your account is disabled, locked or unknown, or its password is out of date.
n-account-do = Your help desk can tell which; give them what is written below.
n-too-slow = The sign-in took too long, or it was used twice.
n-too-slow-do = Try again; you will come back to the page you wanted.
n-not-proven = Banter could not prove to the sign-in service that it is Banter.
n-not-registered = Banter is not registered with the sign-in service as it should be.
n-loop = The sign-in service found the sign-in going round in circles.
n-loop-do = Close the browser's tabs of Banter, wait a minute, and try again.
n-access-denied = Your account may not use Banter, or the sign-in was declined.
n-sign-in-yourself = The sign-in service wants you to sign in yourself.
n-service-trouble = The sign-in service has trouble at the moment.
n-service-refused = The sign-in service refused the sign-in.

## The profile

p-refresh = Read from the directory again
p-mail = E-mail
p-username = Sign-in name
p-department = Department
p-preferred-language = Preferred language
p-synced = Read from the directory
p-session-ends = This session ends at the latest
p-language-of-profile = As in the company profile ({ $name })
p-language-of-browser = As the browser says ({ $name })
p-language-save = Change the language
p-roles = Roles
p-role-everybody = Everybody in the company has it.
p-role-group = By the group { $group }.
p-role-app = By the application role { $role }.
p-role-user = User
p-role-auditor = Auditor
p-role-admin = Administrator
p-sessions = Sessions
p-session-place = { $network }, since{ " " }
p-session-seen = , last seen{ " " }
p-unknown-network = unknown network
p-this-session = This session
p-end = End
p-end-others = End all other sessions
p-recent-sign-ins = Recent sign-ins
p-none-yet = There are none yet.
p-when = When
p-what-happened = What happened
p-device = Device
p-network = Network
p-unknown-device = Unknown device
p-device-on = { $browser } on { $system }
p-groups = Groups
p-no-groups = The directory lists no groups for you.
p-about = { $label }: { $about }
p-do-it = Yes, do it
outcome-success = Signed in
outcome-not-allowed = No access
outcome-cancelled = Cancelled
outcome-refused = Refused by the sign-in service
outcome-unverified = Could not be verified
outcome-replayed = Used twice
outcome-directory = Groups could not be checked
outcome-unreachable = Sign-in service not reachable
outcome-database = Could not be stored

## Usage

u-usage = Usage
u-nothing-asked = You have not asked anything this month.
u-this-month = This month
u-answers = Answers
u-tokens = Tokens
u-cost = Cost
u-requests = Questions within a minute
u-requests-renew = Each counts for a minute.
u-tokens-today = Tokens today
u-tokens-renew = They renew at 00:00 UTC.
u-cost-this-month = Cost this month
u-cost-renews = It renews on the first of the month at 00:00 UTC.
u-of = { $used } of { $limit }
u-used-up = { $used }, used up
u-last-30-days = Usage in the last 30 days
u-nobody = Nobody has asked anything.
u-by-day = By day
u-usage-by-day = Usage by day
u-day = Day (UTC)
u-by-model = By model
u-usage-by-model = Usage by model
u-by-department = By department
u-usage-by-department = Usage by department
u-most = Who used most
u-usage-by-person = Usage by person
u-not-known = Not known
u-tokens-on = { $day }: { $tokens } tokens
u-picture = Tokens by day. The most on one day were { $tokens }.
u-tokens-at-most = { $most } tokens

## Administration

a-people = People
a-search-people = Search people
a-search-hint = Name, sign-in name or mail
a-search = Search
a-nobody = Nobody who has signed in is called that.
a-end-all = End all sessions
a-end-all-what = { $name } has to sign in again on every device, and their temporary chats are gone. There is no way back.
a-name = Name
a-account = Account
a-last-seen = Last seen
a-what-to-do = Actions
a-ratings = Ratings
a-no-ratings = Nobody has rated an answer yet.
a-who = Who
a-rating = Rating
a-good = Good
a-bad = Bad
a-comment = Comment
a-sign-ins = Sign-ins
a-how = How
