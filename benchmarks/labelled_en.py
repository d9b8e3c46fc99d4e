"""The labelled set in English."""

from .labelled import Form, Language

_WORDS = {
    "person": (
        "Anna, Ben, Clara, David, Emma, Felix, Hannah, Ivan, Julia, Karl, Laura, Max, Nora, Oscar, Paula, Rosa, Simon,"
        " Theo, Ulla, Victor, Grandma|Granny, Grandpa|Granddad, Aunt Mary, Uncle Joe"
    ),
    "surname": (
        "Albers, Bianchi, Castell, Dubois, Eriksen, Fournier, Garland, Hofmann, Ibsen, Jansen, Kowalski, Lindqvist,"
        " Marchetti, Novak, Okafor, Petrov, Quist, Rossi, Santos, Tanaka, Ulrich, Vasquez, Weber, Yilmaz, Zimmer"
    ),
    "room": (
        "living room|lounge, attic|loft, cellar|basement, office|study, hallway|corridor, garage, bathroom, kitchen,"
        " bedroom, garden|yard, balcony|terrace, shed|hut, nursery|kids' room, pantry|larder"
    ),
    "furniture": (
        "top drawer, blue box, second shelf, tin on the cupboard, wicker basket, grey folder, wardrobe, toolbox, desk,"
        " bench, old suitcase, sideboard, cabinet by the door, wooden chest"
    ),
    "document": (
        "passport|travel document, tenancy agreement|lease, birth certificate|proof of birth, insurance papers|policy,"
        " school report|grades, driving licence|driver's permit, vaccination card|immunisation record, tax forms|tax"
        " papers, diary|journal, wedding photos|marriage pictures"
    ),
    "appliance": (
        "vacuum cleaner|hoover, washing machine|washer, fridge|refrigerator, TV|television, tumble dryer|clothes dryer,"
        " coffee machine|espresso maker, smoke detector|fire alarm, air conditioner|cooling unit, router|wifi box,"
        " boiler|water heater, dishwasher, freezer|deep freeze, radiator|heater, fan|ventilator, humidifier|moistener"
    ),
    "tool": (
        "cordless drill|power drill, ladder|steps, torch|flashlight, tape measure|measuring tape, spirit level|bubble"
        " level, spanner|wrench, hedge trimmer|bush cutter, pressure washer|high-pressure cleaner, wheelbarrow|cart,"
        " tent|camping shelter, sewing machine|stitching machine, projector|beamer, bicycle pump|bike inflator,"
        " jump leads|starter cables, glue gun|hot-melt gun, saw|cutting blade, shovel|spade, air bed|inflatable"
        " mattress, waffle iron|waffle maker, karaoke set|singing machine, cool box|ice chest, sledge|toboggan,"
        " crutches|walking aids, car seat|child seat"
    ),
    "food": (
        "peanuts, walnuts, shellfish, strawberries, celery, mustard, oats, salmon, lentils, mushrooms, goat's cheese,"
        " honey, spinach, pumpkin, sesame, chickpeas, rice, aubergine, plums, rye bread"
    ),
    "medicine": (
        "vitamin D, iron syrup, cough mixture, antihistamine, magnesium, eye drops, thyroxine, insulin, valerian"
    ),
    "activity": (
        "swimming|pool, judo|martial arts, piano|keyboard, football|soccer, ballet|dancing, chess|board game, pottery|clay"
        " modelling, violin|fiddle, riding|horse, choir|singing, climbing|bouldering, drawing|sketching"
    ),
    "weekday": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
    "month": (
        "January, February, March, April, May, June, July, August, September, October, November, December"
    ),
    "shop": "Hartmann's, the Green Corner, Elektro Point, Villa Home, Bauer and Sons, Nordic House, Tool Barn",
    "company": (
        "Nordlicht, Telvana, Stromwerk, Aquaris, Kestrel, Bluepeak, Homeguard, Vianet, Lumio, Castor, Orbita, Sunfield"
    ),
    "job": "nurse, bookkeeper, carpenter, teacher, pharmacist, train driver, florist, engineer, judge, baker, translator",
    "service": (
        "internet|broadband, electricity|power, gas|heating fuel, mobile phone|cell phone, streaming|watching films,"
        " gym|fitness studio, newspaper|daily paper, house insurance|home cover, roadside assistance|breakdown help"
    ),
    "dishkind": "ice cream, soup, cake, pizza topping, breakfast, sandwich, salad, curry",
    "recipe": (
        "apple pie|fruit tart, lasagne|layered pasta, pancakes|crepes, goulash|beef stew, potato salad|spud salad,"
        " gingerbread|Christmas biscuits, dumplings|gnocchi, granola|muesli"
    ),
    "plant": (
        "orchid, ficus|rubber tree, basil|herb pot, cactus|succulent, fern, lemon tree|citrus tree, ivy|climbing plant,"
        " palm, monstera|swiss cheese plant"
    ),
    "colour": "sage green, cream white, dusty pink, slate grey, sky blue, ochre, terracotta, mint",
    "animal": "dog|puppy, cat|kitten, rabbit|bunny, hamster, parrot|bird, tortoise|turtle, pony|horse",
    "city": (
        "Lisbon, Vienna, Oslo, Porto, Krakow, Dublin, Seville, Ghent, Prague, Turin, Bergen, Athens, Lyon, Riga, Basel"
    ),
    "hotel": "Hotel Aurora, Pension Linde, the Harbour Inn, Casa Azul, Villa Rosa, the Old Mill, Hotel Union",
    "vehicle": "car|automobile, van|minibus, motorbike|motorcycle, scooter|moped, camper|motorhome, e-bike|electric bicycle",
    "present": "telescope, leather wallet, cookbook, silver necklace, board game, espresso cup set, rucksack, wool blanket",
    "song": "Here Comes the Sun, the Radetzky March, birdsong, jazz radio, sea waves, the news, piano by Satie",
    "ailment": (
        "back pain|sore back, asthma|breathing trouble, migraine|headaches, eyesight|vision, skin rash|eczema, teeth|dental"
        " problems, knee|leg joint, heart|cardiac condition, hay fever|pollen allergy"
    ),
    "vaccine": "tetanus|lockjaw, measles, flu|influenza, hepatitis|liver virus, tick encephalitis|TBE, whooping cough|pertussis",
    "object": (
        "curtain|drape, rug|carpet, window|pane, shelf|rack, mattress|bed, table|desk, mirror|looking glass, door|entrance"
    ),
    "book": "The Long Ships, Middlemarch, The Hobbit, Dune, Emil, Momo, Persuasion, Heidi, Kon-Tiki, Walden",
    "toy": (
        "teddy bear|cuddly bear, train set|model railway, puzzle|jigsaw, dollhouse|toy house, kite|flying toy, marbles|glass"
        " balls, chess set|chess board, skateboard"
    ),
    "clothing": (
        "trousers|pants, jumpers|sweaters, shoes|footwear, gloves|mittens, hats|headwear, jackets|coats, shirts|tops,"
        " swimsuits|bathing suits"
    ),
    "size": "S, M, L, XL, 36, 38, 40, 42, 44, 116, 128, 140",
    "event": "wedding|marriage, street party|neighbourhood celebration, trade fair|exhibition, concert|gig, marathon|race, reunion|get-together",
    "trade": (
        "plumber|person to fix a leaking pipe, electrician|person to repair the wiring, chimney sweep|person to clean the"
        " fireplace, locksmith|person to open a locked door, roofer|person to mend broken tiles, painter|person to do the"
        " walls, gardener|person to cut the hedge, babysitter|person to mind the children, vet|animal doctor, tiler|person"
        " to lay a bathroom floor, glazier|person to replace a cracked window, piano tuner|person to tune the piano"
    ),
    "street": "Mill Lane, Station Road, Birch Avenue, Market Square, Church Hill, Harbour Street, Rose Walk",
}

_FORMS = (
    Form(
        (
            "{person} keeps the {document} in the {furniture} in the {room}.",
            "The {document} of {person} is in the {room}, {furniture}.",
        ),
        (
            "Where can I find {person}'s {document}?",
            "Whereabouts did {person} put the {document}?",
        ),
    ),
    Form(
        (
            "{person} is allergic to {food}.",
            "{person} cannot stand {food} for health reasons.",
        ),
        ("What must we never serve {person}?", "Which ingredient makes {person} ill?"),
    ),
    Form(
        (
            "{person} has birthday on {day} {month}.",
            "{person} was born on {day} {month} {year}.",
        ),
        (
            "When do we celebrate {person} getting a year older?",
            "When should I buy a cake for {person}?",
        ),
    ),
    Form(
        ("We bought the {appliance} for the {room} at {shop} in {month} {year}.",),
        (
            "How old is the {appliance} in the {room}?",
            "From which store did we get the {room} {appliance}?",
        ),
    ),
    Form(
        (
            "The filter of the {appliance} in the {room} has to be changed every {number} weeks.",
        ),
        ("How often must I swap the filter of the {room} {appliance}?",),
    ),
    Form(
        ("The warranty of the {appliance} in the {room} runs until {month} {year}.",),
        (
            "How long can we still claim the guarantee for the {appliance} in the {room}?",
        ),
    ),
    Form(
        (
            "{person} takes {number} drops of {medicine} before lunch.",
            "{person} needs {number} ml of {medicine} a day.",
        ),
        (
            "How much {medicine} should I give {person}?",
            "What is {person}'s dose of {medicine}?",
        ),
    ),
    Form(
        (
            "{person} has {activity} on {weekday} at {clock}.",
            "{activity} for {person} is every {weekday} at {clock}.",
        ),
        (
            "When does {person}'s {activity} class begin?",
            "What time do I drive {person} to {activity} practice?",
        ),
    ),
    Form(
        (
            "{person}'s {activity} teacher is Mr {surname}.",
            "Mrs {surname} teaches {person} {activity}.",
        ),
        (
            "Who instructs {person} in {activity}?",
            "Who gives {person} {activity} lessons?",
        ),
    ),
    Form(
        ("We lent the {tool} to {person} {surname} in {month}.",),
        ("Who has borrowed our {tool}?", "Who still has to return the {tool}?"),
    ),
    Form(
        ("The {tool} is stored in the {room}, {furniture}.",),
        ("Where do we keep the {tool}?", "In what place can I get the {tool}?"),
    ),
    Form(
        ("{person} likes the {room} at {number} degrees in the evening.",),
        (
            "How warm does {person} want the {room} at night?",
            "Which temperature suits {person} in the {room}?",
        ),
    ),
    Form(
        ("{person}'s favourite {dishkind} is with {food}.",),
        (
            "Which {dishkind} does {person} love most?",
            "What {dishkind} would make {person} happy?",
        ),
    ),
    Form(
        ("{person} works at {company} as a {job}.",),
        ("What does {person} do for a living?", "Who is {person}'s employer?"),
    ),
    Form(
        (
            "Our {trade} is {person} {surname}, phone 0{code}.",
            "The {trade} that we trust is {surname}, number {code}.",
        ),
        ("Whom should I call as a {trade}?", "Do we know a good {trade}?"),
    ),
    Form(
        ("The {plant} in the {room} needs water every {number} days.",),
        (
            "How often must the {plant} in the {room} get a drink?",
            "When should I pour something on the {room} {plant}?",
        ),
    ),
    Form(
        (
            "The walls in the {room} are painted in {colour} number {number} from {shop}.",
        ),
        ("What shade did we use to decorate the {room}?",),
    ),
    Form(
        ("{person}'s {animal} gets {number} grams of {food} a day.",),
        (
            "How much do I feed the {animal} of {person}?",
            "What does {person}'s {animal} eat?",
        ),
    ),
    Form(
        (
            "{person} flies to {city} on {day} {month}.",
            "On {day} {month} {person} leaves for {city}.",
        ),
        (
            "When does {person} travel to {city}?",
            "What is the date of {person}'s trip to {city}?",
        ),
    ),
    Form(
        (
            "In {city} {person} stayed at {hotel} and slept well.",
            "{person} recommends {hotel} in {city}.",
        ),
        (
            "Which accommodation did {person} enjoy in {city}?",
            "Where would {person} spend the night in {city}?",
        ),
    ),
    Form(
        (
            "{person}'s {vehicle} needs its next service at {number} thousand kilometres.",
        ),
        (
            "When is the inspection of {person}'s {vehicle} due?",
            "When must the mechanic look at {person}'s {vehicle}?",
        ),
    ),
    Form(
        ("The tyres of {person}'s {vehicle} take {number} psi.",),
        ("How much air goes into the wheels of {person}'s {vehicle}?",),
    ),
    Form(
        ("The licence plate of {person}'s {vehicle} is {code}.",),
        ("What is the registration number of the {vehicle} of {person}?",),
    ),
    Form(
        ("{person} gave {person2} a {present} for Christmas {year}.",),
        (
            "What did {person2} receive from {person} in December {year}?",
            "Which gift did {person2} unwrap from {person} in {year}?",
        ),
    ),
    Form(
        (
            "{person} owes {person2} {number} euros.",
            "{person2} lent {person} {number} euros.",
        ),
        (
            "How much money must {person} pay back to {person2}?",
            "What is {person}'s debt to {person2}?",
        ),
    ),
    Form(
        ("The {service} contract with {company} ends on {day} {month} {year}.",),
        (
            "Until when are we bound to {company} for {service}?",
            "When can we leave {company} for cheaper {service}?",
        ),
    ),
    Form(
        ("We pay {company} {number} euros a month for {service}.",),
        (
            "What does {service} from {company} cost us?",
            "What is the price of our {company} {service}?",
        ),
    ),
    Form(
        ("{person}'s {recipe} is made with {number} grams of {food} and {food2}.",),
        (
            "Which ingredients go into the {recipe} of {person}?",
            "How does {person} prepare {recipe}?",
        ),
    ),
    Form(
        ("On {weekday} {person} wants to be woken at {clock} with {song}.",),
        (
            "When must {person} get up on {weekday}?",
            "What should play to rouse {person} on {weekday}?",
        ),
    ),
    Form(
        ("The {appliance} in the {room} hangs on circuit breaker {number}.",),
        (
            "Which fuse belongs to the {room} {appliance}?",
            "What do I switch off to cut power from the {appliance} in the {room}?",
        ),
    ),
    Form(
        ("In {city} {person} parked the {vehicle} on level {number} of the car park.",),
        ("Where did {person} leave the {vehicle} in {city}?",),
    ),
    Form(
        (
            "For {ailment} {person} sees Dr {surname} in {street}.",
            "Dr {surname} treats {person} for {ailment}.",
        ),
        (
            "Which physician looks after {person}'s {ailment}?",
            "Whom does {person} consult about {ailment}?",
        ),
    ),
    Form(
        ("{person} had the {vaccine} vaccination in {month} {year}.",),
        (
            "When did {person} get the {vaccine} jab?",
            "Is {person} still protected against {vaccine}?",
        ),
    ),
    Form(
        ("The {object} in the {room} measures {number} by {number2} centimetres.",),
        (
            "How big is the {room} {object}?",
            "What are the dimensions of the {object} in the {room}?",
        ),
    ),
    Form(
        ("{person} is on page {number} of {book}.",),
        (
            "How far has {person} got with reading {book}?",
            "Where did {person} stop in {book}?",
        ),
    ),
    Form(
        ("{person}'s {toy} lies in the {furniture} in the {room}.",),
        (
            "Where is {person}'s {toy}?",
            "{person} is crying for the {toy}, where did it go?",
        ),
    ),
    Form(
        ("{person} wears {clothing} in size {size}.",),
        (
            "How large should {clothing} be when I buy some for {person}?",
            "Which {clothing} fit {person}?",
        ),
    ),
    Form(
        ("{person} met {person2} {surname} at the {event} in {city}.",),
        ("Whom did {person} get to know at the {event} in {city}?",),
    ),
)

ENGLISH = Language("en", _WORDS, _FORMS)
