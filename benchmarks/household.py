"""Sentences as a household would leave them in a memory: made up, distinct, the same for the same seed.

Words are drawn with Zipf's weights (1 / rank), so that some stand in a tenth of all texts and most in a few; invented
names of shops, streets and people make the long tail. They serve to fill a store, not to judge answers: `labelled` does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
import re
from typing import Self

_SLOT = re.compile(r"\{(\w+)\}")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pl qu r s sh st t tr v w z"
_VOWELS = "a e i o u ai ei ou"
_CODAS = "n r l s t ck nd rn lt x m ss ld"
_MONTHS = (
    "January February March April May June July August September October November"
    " December"
)

_WORDS = {
    "person": (
        "Anna Ben Clara David Emma Felix Grandma Hannah Ivan Julia Karl Laura Max Nora"
        " Oscar Paula Quentin Rosa Simon Theo Ulla Victor Wanda Yara Zoe Aunt_Mary"
        " Uncle_Joe Grandpa the_babysitter the_neighbour the_cleaner the_gardener"
    ),
    "room": (
        "kitchen living_room bedroom bathroom office garage garden cellar attic hallway"
        " balcony nursery guest_room laundry_room pantry workshop terrace shed dining_room"
        " staircase conservatory playroom utility_room porch carport"
    ),
    "furniture": (
        "drawer shelf cupboard wardrobe table desk box basket cabinet sideboard chest rack"
        " bench hook suitcase jar crate sideboard bookcase nightstand toolbox freezer bin"
        " windowsill folder envelope tin"
    ),
    "thing": (
        "key light washing_machine boiler bike car dishwasher fridge heater charger ladder"
        " lawn_mower vacuum_cleaner router printer kettle toaster oven lamp blanket tent"
        " camera umbrella backpack helmet drill hammer screwdriver saw pump hose thermostat"
        " sensor battery remote projector speaker headphones tablet laptop keyboard piano"
        " guitar violin trumpet racket ball skateboard sledge skis boots scarf gloves"
        " raincoat sunglasses passport contract invoice warranty recipe photo_album diary"
        " puzzle board_game dollhouse train_set aquarium cage leash feeder collar pillow"
        " mattress curtain carpet mirror vase candle clock frame fan humidifier radiator"
        " chimney gutter fence gate doorbell mailbox trailer roof_rack tyre jack compressor"
        " generator solar_panel inverter fuse_box water_meter gas_meter filter valve tap"
        " sink shower bathtub towel soap detergent bleach sponge broom bucket iron"
        " sewing_machine thread scissors tape glue paint brush roller sandpaper plank brick"
        " cement nail screw bolt hinge lock chain rope cable plug adapter extension_lead"
        " bulb torch lantern stove grill barbecue pan pot casserole wok knife cutting_board"
        " grater blender mixer scale timer thermos lunchbox bottle corkscrew tray napkin"
        " tablecloth high_chair pram cot stroller car_seat crib toy teddy_bear"
    ),
    "quality": (
        "old new red blue green small big broken spare heavy wooden black white grey yellow"
        " rusty leaking noisy warm cold dirty clean expensive cheap borrowed striped soft"
        " loose stuck wet dry fragile round square folding electric cordless antique plastic"
        " copper silver velvet waterproof squeaky oversized"
    ),
    "deed": (
        "bought repaired cleaned moved sold borrowed returned painted replaced ordered found"
        " lost packed unpacked measured washed polished tested charged labelled stored"
        " wrapped hid checked adjusted installed cancelled renewed insured donated sharpened"
        " oiled descaled tightened mounted unplugged photographed registered"
    ),
    "topic": (
        "school holiday birthday doctor insurance dentist football piano_lesson bank"
        " vaccination swimming exam party wedding camping flight hotel ferry concert theatre"
        " museum library dance choir chess scouts riding tennis yoga physiotherapy optician"
        " vet passport_office tax_return mortgage electricity_bill water_bill pension"
        " allergy diet medicine surgery check-up parents'_evening sports_day excursion"
        " internship apprenticeship graduation funeral christening anniversary"
        " housewarming barbecue jumble_sale recycling chimney_sweep pest_control"
    ),
    "food": (
        "milk bread cheese eggs apples coffee tea rice pasta tomatoes potatoes butter yoghurt"
        " honey jam flour sugar salt pepper onions garlic carrots spinach mushrooms salmon"
        " chicken beef tofu lentils beans chickpeas olives peanuts walnuts almonds cashews"
        " strawberries cherries plums pears grapes lemons oranges bananas mango pineapple"
        " chocolate biscuits pancakes waffles soup stew curry lasagne risotto pizza dumplings"
        " pumpkin courgette aubergine cauliflower broccoli asparagus leek celery radish"
        " horseradish cinnamon vanilla nutmeg saffron basil thyme rosemary parsley dill"
    ),
    "reason": (
        "it_was_too_loud the_guests_are_coming winter_is_near the_guarantee_ended"
        " the_kids_asked_for_it it_saves_power the_cat_kept_scratching_it"
        " the_manual_says_so nobody_used_it it_smelled_odd the_landlord_insisted"
        " the_old_one_cracked there_was_a_discount we_ran_out of_the_allergy"
        " the_colour_faded the_plumber_advised_it it_blocked_the_door"
    ),
    "animal": (
        "dog cat rabbit hamster tortoise parrot goldfish guinea_pig hen pony budgie lizard"
    ),
}
_FORMS = (
    "{Person} {deed} the {quality} {thing} in the {room} on {date}",
    "The {quality} {thing} is in the {furniture} of the {room}",
    "{Person} has {topic} at {place} every {weekday} at {clock}",
    "We {deed} the {thing} at {place} for {number} euros",
    "The {thing} from {place} has the serial number {code}",
    "{Person} likes {food} with {food2} but no {food3}",
    "The {animal} gets {number} grams of {food} from {place} in the {room}",
    "{Person} spoke with {name} {surname} of {place} about the {topic}",
    "The {topic} on {date} is at {place}, {street} {number}",
    "For the {thing} in the {room} we need {number} {quality} {thing2} parts",
    "{name} {surname} {deed} our {thing} and will look at the {thing2} in {month}",
    "The {furniture} in the {room} holds the {thing}, the {thing2} and {food}",
)
_ENDINGS = (
    "",
    " because {reason}",
    ", and {person} {deed} the {thing3} too",
    ", next to the {quality2} {thing3}",
    "; ask {name} {surname} about it",
    ", since {month} {year}",
    ", as {person} said after the {topic}",
)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Words with Zipf's weights, the frequent ones first."""

    words: Sequence[str]
    weights: Sequence[float]

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        ranks = range(1, len(words) + 1)
        # A constant of 3 keeps the first word of a short list from standing everywhere.
        return cls(words, list(accumulate(1 / (rank + 3) for rank in ranks)))

    def draw(self, random: Random) -> str:
        return random.choices(self.words, cum_weights=self.weights)[0]


def _invented(random: Random, number: int) -> list[str]:
    """Return different names that nobody has."""
    onsets, vowels, codas = (parts.split() for parts in (_ONSETS, _VOWELS, _CODAS))
    names: dict[str, None] = {}
    while len(names) < number:
        name = "".join(
            random.choice(onsets) + random.choice(vowels)
            for _ in range(random.choice((1, 2, 2, 3)))
        )
        names[(name + random.choice(codas)).capitalize()] = None
    return list(names)


def _pools() -> dict[str, _Pool]:
    # The house is the same whatever the seed of the sentences is.
    random = Random("names")
    pools = {
        slot: _Pool.of([word.replace("_", " ") for word in words.split()])
        for slot, words in _WORDS.items()
    }
    pools["name"] = _Pool.of(_invented(random, 800))
    pools["surname"] = _Pool.of(_invented(random, 15_000))
    pools["place"] = _Pool.of(_invented(random, 8_000))
    pools["street"] = _Pool.of([f"{name} Street" for name in _invented(random, 3_000)])
    pools["month"] = _Pool.of(_MONTHS.split())
    pools["weekday"] = _Pool.of(_WEEKDAYS.split())
    return pools


def sentences(seed: str) -> Iterator[str]:
    """Yield different sentences without end."""
    random = Random(seed)
    pools = _pools()
    said: set[str] = set()

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        match name:
            case "number":
                return str(random.randint(2, 400))
            case "year":
                return str(random.randint(1995, 2026))
            case "clock":
                return (
                    f"{random.randint(7, 20)}:{random.choice(('00', '15', '30', '45'))}"
                )
            case "date":
                return f"{random.randint(1, 28)} {pools['month'].draw(random)}"
            case "code":
                return f"{random.choice('ABCDEFGH')}{random.randint(10_000, 999_999)}"
        word = pools[name.lower().rstrip("23")].draw(random)
        return word[0].upper() + word[1:] if name[0].isupper() else word

    while True:
        form = random.choice(_FORMS) + random.choice(_ENDINGS) + "."
        sentence = _SLOT.sub(fill, form)
        if sentence not in said:
            said.add(sentence)
            yield sentence


_QUESTIONS = (
    "Where is the {thing} that {person} {deed}?",
    "When did {person} talk about the {topic} with {name} {surname}?",
    "What did we pay at {place} for the {thing}?",
    "Which {thing} is in the {furniture} of the {room}?",
    "Who {deed} the {quality} {thing}?",
    "What does {person} have on {weekday} at {place}?",
    "Does {person} like {food} and {food2}?",
    "What is in the {room}?",
)


def questions(seed: str) -> Iterator[str]:
    """Yield questions about such a household without end, from the same words."""
    random = Random(seed)
    pools = _pools()
    while True:
        yield _SLOT.sub(
            lambda slot: pools[slot[1].rstrip("23")].draw(random),
            random.choice(_QUESTIONS),
        )
