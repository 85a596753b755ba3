"""Interstitials: consent walls, challenges and paywalls that stand in front of a story.

Told by what such pages say, whatever software made them. None of them is ever a publisher's change of a story.
"""

import re

from model.story import Story

_LONGEST_WALL = 3000
_PHRASES_ENOUGH = 2
_STUB_SHARE = 0.8

# What the buttons and first sentences of consent dialogues say; news about consent seldom says two of them.
_CONSENT = re.compile(
    r"\b(?:accept all|reject all|agree and continue|accept and continue|manage (?:my |your )?(?:options|preferences|"
    r"settings|cookies|choices|consent)|we and our (?:\d+ )?partners|our (?:\d+ )?partners|before you continue|"
    r"we use cookies|uses cookies|cookie (?:policy|settings|preferences)|legitimate interest|your privacy|"
    r"your (?:consent|choices)|withdraw (?:your )?consent|(?:store|access) information on (?:a|your) device|"
    r"alle akzeptieren|alle ablehnen|zustimmen und weiter|einwilligung widerrufen|wir und unsere (?:\d+ )?partner|"
    r"wir verwenden cookies|bevor sie fortfahren|ihre privatsphäre|berechtigtes interesse|"
    r"tout accepter|tout refuser|continuer sans accepter|gérer (?:mes|vos) (?:choix|préférences|cookies)|"
    r"nos (?:\d+ )?partenaires|avant de continuer|votre vie privée|"
    r"aceptar todo|rechazar todo|gestionar (?:las )?(?:opciones|preferencias)|nuestros (?:\d+ )?socios|"
    r"antes de continuar|su privacidad|utilizamos cookies)\b",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"\b(?:verify(?:ing)? (?:that )?you are (?:a )?human|(?:are|that) you(?:'re|’re| are)? not a robot|are you a robot|"
    r"checking your browser|unusual (?:traffic|activity)|enable javascript and cookies|complete the security check|"
    r"press (?:and|&) hold|access (?:to this page )?(?:has been |is )?denied|pardon our interruption|"
    r"request (?:has been )?blocked|reference (?:id|number)|automated (?:requests|access|queries)|"
    r"just a moment|attention required|please stand by|solve the captcha|ray id)\b",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"\b(?:subscribe (?:now )?(?:to|for)|subscribers? only|for subscribers|already a (?:subscriber|member)|"
    r"to (?:continue|keep) reading|continue reading (?:this|with|the)|to read (?:the )?(?:full|rest|more)|"
    r"(?:sign|log) in to (?:read|continue)|(?:start|begin) your (?:free )?(?:trial|subscription)|"
    r"this (?:article|story|content) is (?:exclusive|reserved|available only)|unlock (?:this|the) (?:article|story)|"
    r"nur für abonnenten|mit (?:dem )?abo weiterlesen|jetzt (?:weiterlesen|abonnieren)|bereits abonnent|"
    r"réservé aux abonnés|déjà abonné|pour lire la suite|abonnez-vous|"
    r"solo para suscriptores|ya (?:eres|es) suscriptor|para seguir leyendo|suscríbete)\b",
    re.IGNORECASE,
)
_WALL_ADDRESS = re.compile(
    r"//(?:consent|guce|cmp|captcha|challenge|login|signin|account)\.|/(?:consent|gdpr|captcha|login|signin)\b",
    re.IGNORECASE,
)


def interstitial_kind(story: Story) -> str | None:
    """What is read instead of a story: "a consent wall", "a challenge"; None for a story."""
    text = _text(story)
    if len(text) > _LONGEST_WALL:
        return None
    if _phrases(_CONSENT, text) >= _PHRASES_ENOUGH:
        return "a consent wall"
    if _phrases(_CHALLENGE, text) >= _PHRASES_ENOUGH:
        return "a challenge"
    return None


def interstitial_before(held: Story, story: Story, final_url: str | None, kept: float) -> str | None:
    """What stands before a story that we hold, of which the share `kept` can still be read; None where nothing does.

    One phrase is enough here: a story does not turn into something else and speak of cookies by chance.
    """
    text, before, now = _text(story), _length(held), _length(story)
    if kept < _STUB_SHARE and (_says_more(_PAYWALL, text, held) or (story.paywalled and not held.paywalled)):
        return "a paywall" if now < _STUB_SHARE * before else None
    if kept >= 0.5 or len(text) > _LONGEST_WALL:
        return None
    if _says_more(_CONSENT, text, held):
        return "a consent wall"
    if _says_more(_CHALLENGE, text, held):
        return "a challenge"
    return "another page" if _WALL_ADDRESS.search(final_url or "") else None


def _says_more(phrases: re.Pattern[str], text: str, held: Story) -> bool:
    return _phrases(phrases, text) > _phrases(phrases, _text(held))


def _phrases(pattern: re.Pattern[str], text: str) -> int:
    return len({found.lower() for found in pattern.findall(text)})


def _text(story: Story) -> str:
    return "\n".join((story.headline, story.deck or "", *story.body))


def _length(story: Story) -> int:
    return sum(len(paragraph) for paragraph in story.body)
