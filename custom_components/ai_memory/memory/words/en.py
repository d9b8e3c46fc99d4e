"""English."""

from .language import (
    CorrectionWords,
    LanguageWords,
    PastWords,
    SecretWords,
    in_order,
    parts,
    phrases,
    times,
    units,
    words,
)

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
    secrets=SecretWords(
        pins=phrases("pin; pins; pin code; pin number; pincode"),
        codes=phrases(
            "alarm code; door code; gate code; garage code; garage door code; safe code;"
            " entry code; access code; security code; lock code; keypad code;"
            " unlock code; disarm code; master code; recovery code; recovery codes;"
            " backup code; backup codes; verification code; one-time code;"
            " one-time password; otp; 2fa code; sms code; login code; puk;"
            " authentication code; lock combination; safe combination"
        ),
        loose_codes=phrases(
            "code; codes; combination; disarm; unlock; bike lock; padlock"
        ),
        passwords=phrases(
            "password; passwords; passcode; passphrase; pass phrase; passwd; pwd;"
            " wifi key; wi-fi key; wlan key; wpa key; network key; pre-shared key; psk;"
            " seed phrase; recovery phrase; code word; codeword; safe word"
        ),
        tokens=phrases(
            "token; api key; apikey; api token; access token; access key; auth token;"
            " bearer; bearer token; refresh token; secret key; client secret"
        ),
        loose_keys=phrases("key; private key; encryption key; recovery key"),
        cards=phrases("card number; credit card; debit card; bank card"),
        card_checks=phrases(
            "cvv; cvc; cvv2; cvc2; card verification code; card security code"
        ),
        no_secret=words(
            "postal post zip area country dial dialling dialing dress error fault"
            " trouble diagnostic status exit response return http qr bar source colour"
            " color promo promotional discount coupon voucher product item order booking"
            " tracking reference tax morse genetic penal civil criminal conduct highway"
            " language currency airport flight event iso name review reviews editor base"
            " snippet coverage manager managers generator reset resets policy policies"
            " protection protected hint hints field prompt strength requirement"
            " requirements format length board boards pad cushion stripe ball gpio"
            " chain ring cutter holder"
        ),
        means=words("is was s are were equals says reads becomes"),
        towards=words("to with as"),
        changes=words("set sets change changed reset update updated switch switched"),
        skipped=words(
            "now still just not also currently actually set changed called simply always"
            " again been probably only"
        ),
        joins=words("and or then"),
        digits=words("zero oh nought one two three four five six seven eight nine"),
        numbers=words(
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
            " nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
        ),
        repeats=words("double triple"),
        no_value=words(
            "stored written saved kept hidden wrong right correct incorrect invalid"
            " valid same different new old safe secure insecure weak strong easy hard"
            " difficult complicated long short too very so really quite secret private"
            " known unknown needed required necessary missing lost forgotten gone"
            " expired unchanged here there where what which it somewhere nowhere hanging"
            " lying taped stuck printed posted listed noted available visible ready ok"
            " okay fine good bad better best terrible awful working broken blocked"
            " locked protected encrypted no none nothing never being going used shared"
            " empty blank attached below above behind under because why how who when if"
            " he she they you we i us them me already almost supposed something anything"
            " asked sent for case sensitive due people must may can should has had more"
        ),
    ),
    corrections=CorrectionWords(
        no=words("no nope nah wrong sorry wait actually"),
        meant=phrases(
            "i meant; i mean; i actually meant; i really meant; i meant to say;"
            " what i meant was; what i mean is; i was talking about; i'm talking about;"
            " i was referring to; i was thinking of; make that"
        ),
        said=phrases("i said; i asked for; i did say; i had said"),
        negations=phrases("not; instead of; rather than; and not; but not"),
        but=phrases("but; but rather; rather"),
        definite=words("the my our in on at"),
        never=words(
            "well it that this to no yes thanks thank ok okay sorry stop what who how"
            " why when where if nothing everything something anything every now yet"
            " today tonight tomorrow yesterday later again really only just so too very"
            " bad sure good great fine please enough all maybe never always right way"
            " same idea problem worries need matter hurry anymore much many mine such"
            " there here another both business moment least necessarily exactly even"
            " with hello hi goodbye bye as"
        ),
        doubtful=words(
            "i you he she we they it me him them us don doesn didn isn wasn won can will"
            " would could should think know believe guess like want need love hate"
        ),
        polite=phrases("please; thanks; though; instead"),
    ),
    past=PastWords(
        talk=phrases(
            "i said; i asked; i told; i talked; i spoke; i mentioned; i just said;"
            " we said; we talked; we spoke; we discussed; we mentioned; we decided;"
            " you said; you told; you asked; you mentioned; you answered; was said;"
            " was discussed; were we talking; were we discussing; was i talking;"
            " our conversation; our conversations; our talk; our chat; my question;"
            " my questions; my last question; our last conversation; my requests"
        ),
        began=phrases(
            "did i; did we; did you; have i; have we; have you; had i; had we; had you;"
            " i have; we have; you have; i had; we had; i ve; we ve; you ve"
        ),
        talked=words(
            "say said ask asked tell told talk talked speak spoke spoken discuss"
            " discussed mention mentioned chat chatted decide decided agree agreed"
        ),
        reach=3,
        openers=phrases(
            "show me; show; find; search; look up; look for; remind me; read me; read;"
            " repeat; go back to; summarise; summarize"
        ),
        about=phrases(
            "about; regarding; concerning; on the subject of; with regard to"
        ),
        leads=words("on in at from of during the since back over"),
        times=times(
            today="today",
            yesterday="yesterday",
            day_before_yesterday="the day before yesterday; day before yesterday",
            this_morning="this morning; earlier this morning",
            this_afternoon="this afternoon",
            this_evening="this evening; tonight",
            last_night="last night",
            this_week="this week; earlier this week",
            last_week="last week; the past week; the week before; previous week",
            last_weekend="last weekend",
            weekend="at the weekend; over the weekend; the weekend; this weekend",
            this_month="this month; earlier this month",
            last_month="last month; the month before; previous month",
            this_year="this year; earlier this year",
            last_year="last year",
            earlier="earlier; just now; a moment ago; earlier today; a minute ago",
            recently="recently; lately; the other day; a few days ago",
        ),
        parts=parts(
            morning="morning", afternoon="afternoon", evening="evening", night="night"
        ),
        weekdays=in_order(
            "monday; tuesday; wednesday; thursday; friday; saturday; sunday"
        ),
        months=in_order(
            "january; february; march; april; may; june; july; august; september;"
            " october; november; december"
        ),
        units=units(
            minute="minute minutes",
            hour="hour hours",
            day="day days",
            week="week weeks",
            month="month months",
            year="year years",
        ),
        numbers=in_order(
            "one a an; two couple; three; four; five; six; seven; eight; nine; ten;"
            " eleven; twelve"
        ),
        last=words("last past previous"),
        after_ago=phrases("ago; back"),
    ),
)
