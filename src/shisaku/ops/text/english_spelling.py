"""British and American spellings of one word, for words where the choice changes nothing else.

Pairs after the entries of both varieties in the Oxford and Merriam-Webster dictionaries. Left out is what differs in
meaning or part of speech on one side only (meter, tire, check, practice, license, program, story, curb).
"""

from __future__ import annotations

import re
from functools import cache

OUR = (
    "arm behavi cand clam col demean endeav fav ferv flav harb hon hum lab neighb od parl ranc rum sav savi splend "
    "succ tum val vap vig"
)
OUR_TAILS = "our ours oured ouring ourful ourless ourable ourite ourites ourhood ourhoods"
ISE = (
    "apolog author capital categor central character civil colon critic digital emphas energ equal final "
    "general global harmon hospital industrial initial local magnet material maxim memor mechan minim mobil modern "
    "normal optim organ personal polar popular prior priorit real recogn sensit serial social special stabil standard "
    "steril summar symbol synchron sympath union util vandal visual vocal"
)
ISE_TAILS = "ise ises ised ising isation isations"
YSE, YSE_TAILS = "anal paral catal", "yse ysed ysing"
RE, RE_TAILS = "cent theat fib calib lust somb spect kilomet centimet millimet lit", "re res"
DOUBLED = (
    "cancel channel counsel dial duel equal fuel jewel label level libel marshal marvel model panel pedal quarrel "
    "rival shovel signal snorkel spiral total travel tunnel unravel"
)
DOUBLED_TAILS = "ed ing er ers"
WHOLE = (
    "grey gray", "greys grays", "greyish grayish", "defence defense", "defences defenses", "offence offense",
    "offences offenses", "pretence pretense", "plough plow", "ploughs plows", "ploughed plowed", "ploughing plowing",
    "catalogue catalog", "catalogues catalogs", "catalogued cataloged", "analogue analog", "aluminium aluminum",
    "aeroplane airplane", "aeroplanes airplanes", "pyjamas pajamas", "mould mold", "moulds molds", "mouldy moldy",
    "moulded molded", "moustache mustache", "moustaches mustaches", "sceptical skeptical", "sceptic skeptic",
    "manoeuvre maneuver", "manoeuvres maneuvers", "paediatric pediatric", "paediatrician pediatrician",
    "anaemia anemia", "anaemic anemic", "oesophagus esophagus", "foetus fetus", "foetal fetal",
    "orthopaedic orthopedic", "diarrhoea diarrhea", "leukaemia leukemia", "anaesthetic anesthetic",
    "anaesthesia anesthesia", "haemoglobin hemoglobin", "haemorrhage hemorrhage", "oedema edema", "tumour tumor",
    "encyclopaedia encyclopedia", "skilful skillful", "wilful willful", "enrol enroll", "enrolment enrollment",
    "instalment installment", "instalments installments", "fulfilment fulfillment", "cosy cozy", "artefact artifact",
    "artefacts artifacts", "sulphur sulfur", "sulphate sulfate", "jewellery jewelry", "marvellous marvelous",
    "woollen woolen", "centred centered", "centring centering", "ageing aging", "likeable likable",
    "towards toward", "afterwards afterward", "whilst while", "amongst among", "learnt learned", "burnt burned",
    "spelt spelled", "dreamt dreamed", "leapt leaped",
)  # fmt: skip
WORD = re.compile(r"[A-Za-z]+")


@cache
def spellings() -> tuple[dict[str, str], dict[str, str]]:
    """Return (British to American, American to British), lower case."""
    pairs = [(one, other) for one, other in map(str.split, WHOLE)]
    pairs += [(word, word.replace("our", "or", 1)) for word in _words(OUR, OUR_TAILS)]
    pairs += [(one, _before_tail(one, "is", "iz")) for one in _words(ISE, ISE_TAILS)]
    pairs += [(one, _before_tail(one, "ys", "yz")) for one in _words(YSE, YSE_TAILS)]
    pairs += [(one, _before_tail(one, "re", "er")) for one in _words(RE, RE_TAILS)]
    pairs += [(stem + "l" + tail, stem + tail) for stem in DOUBLED.split() for tail in DOUBLED_TAILS.split()]
    # a spelling that is also British, or another word there, stays on the way back
    both = {"while", "among", "toward", "afterward", "learned", "burned", "spelled", "dreamed", "leaped"}
    return dict(pairs), {other: one for one, other in pairs if other not in both}


def _words(stems: str, tails: str) -> list[str]:
    return [stem + tail for stem in stems.split() for tail in tails.split()]


def _before_tail(word: str, old: str, new: str) -> str:
    """Return the word with the last `old` replaced: organis-ed, not the is of an earlier syllable."""
    head, _, tail = word.rpartition(old)
    return head + new + tail
