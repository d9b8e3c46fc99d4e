"""English."""

from .language import LanguageWords, phrases, words

ENGLISH = LanguageWords(
    articles=words("the a an this that these those"),
    possessives=words("my our your his her their its"),
    prepositions=words(
        "in on off at to from of for with by into up down near inside outside and or"
        " all every about around"
    ),
    fillers=words(
        "hey hi hello ok okay please so well and um uh now just also alright yes no"
    ),
    questions=words(
        "what whats which who whos whom whose where wheres why whys how hows any"
        " anybody anyone"
    ),
    conditional=words("when whens if whenever"),
    inverted=words(
        "is isn are aren am was wasn were weren do does doesn did didn has hasn have"
        " haven had can could will would should shall must may might"
    ),
    not_inverted=phrases(
        "do not; do it; do that; do this; do the; do a; have the; have a; have my;"
        " will you; would you; could you; can you; can we; could we; can somebody;"
        " can someone; may the; have it; have them; have everything"
    ),
    ask=phrases(
        "tell me; tell us; do you know; do you remember; do you recall; i want to know;"
        " i would like to know; i'd like to know; i wonder; i was wondering;"
        " remind me what; remind me where; remind me when; remind me who; remind me how;"
        " remind me which; remind me why; let me know what; let me know where;"
        " let me know when; let me know how; explain; describe; define; any idea;"
        " can you remember; can you recall; you know what; you know where; say what;"
        " ask what; at what; in which; in what; on which; on what; for how long;"
        " since when; for which; with whom; to whom; from where; until when; by when;"
        " for what; with which; of which; have you; have i; have we; have they;"
        " do we; do you; do i; do they; how about; remember what; remember where"
    ),
    polite=phrases(
        "can you; could you; would you; will you; can we; could we; won't you;"
        " can't you; couldn't you; would you mind; why don't you; why not; how about;"
        " do you mind; are you able to; is it possible to; do you think you could;"
        " may i ask you to; can somebody; can someone; could somebody; could someone;"
        " you can; you could; you should; you may; would it be possible to;"
        " i need you to; i want you to; i would like you to; i'd like you to"
    ),
    commands=words(
        "turn turning switch switching set setting dim dimming brighten open opening"
        " close closing shut lock locking unlock unlocking start starting stop pause"
        " resume play playing skip add adding remove delete put putting cancel raise"
        " lower increase decrease adjust change make activate deactivate enable disable"
        " arm disarm run trigger press push show find search look call send text"
        " announce broadcast say tell ask read remind wake give get bring go come take"
        " create write note save remember forget let keep don stop mute unmute clean"
        " vacuum mow dock return check complete mark clear repeat help order buy"
        " translate calculate count list sing launch spell convert sync reset restart"
        " reboot refresh update dial email message schedule book move transition lift"
        " illuminate heat cool warm watch listen plug unplug drop pull roll light"
        " unpause continue replay nevermind never leave try use tidy feed water fetch"
        " begin end finish lift slide spin store record log rename fill empty pick"
    ),
    wishes=phrases(
        "i want; i would like; i'd like; i need; we need; we want; i wish; please;"
        " could we; let's; it would be nice; i'd love; i would love"
    ),
    finite=words(
        "i we he she they it is are was were am has have had likes loves"
        " hates wants needs keeps lives works sits stands lies hangs goes comes comes"
        " belongs costs means prefers takes drinks eats sleeps starts ends opens closes"
        " arrives leaves"
    ),
    volatile=words(
        "now today todays tonight tomorrow tomorrows yesterday currently current week"
        " month year morning afternoon evening night weekend moment time times date day"
        " hour hours clock weather forecast rain raining rainy snow snowing sunny cool"
        " windy cloudy wind sun sunrise sunset temp temperature temperatures warm cold"
        " hot humid humidity timer timers alarm alarms remaining left recent recently"
        " latest last next news score price traffic still yet already just ago soon"
        " until status state playing battery level brightness volume power energy"
        " consumption usage list todo calendar agenda appointment appointments schedule"
        " event events reminder reminders moon random joke happening lately home away"
        " position charge charging mail package parcel delivery"
    ),
    lasting=words(
        "week month year morning afternoon evening night weekend times day hour hours"
    ),
    states=words(
        "open opened closed shut locked unlocked running armed disarmed connected"
        " disconnected occupied empty full triggered detected active inactive enabled"
        " disabled available unavailable online offline dimmed muted paused ready"
        " finished leaking moving low lit switched turned"
    ),
    final_states=words("on off up down in out"),
)
