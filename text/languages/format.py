"""Format of a language's data file, `text/languages/<ISO 639-1 code>.toml`.

A file holds what newsrooms write in one language; every section and key is optional, and a language is added by adding
a file. Unknown keys are refused. Values are lists of phrases unless a key says otherwise. A phrase is a piece of a
regular expression (syntax of Python's `re`), in lower case unless its key says otherwise: in the simplest case a word.
The phrases of all languages are tried in the alphabetical order of the files, inside a file in their order, and the
first that matches counts: a longer phrase stands before a shorter one that it begins with.

What belongs to no language stands elsewhere: `text/tables/` holds the spellings of agencies and the names of towns,
`crawler/extraction/tables/` class names in markup, picture agencies and names that are no places.
"""

from collections.abc import Mapping

from text.languages.analysis_rules import AnalysisRules
from text.languages.date_words import DateWords, LanguageSection, Phrases


class BylineWords(LanguageSection):
    """`[bylines]`: what stands around the names of authors."""

    leads_in: Phrases = ()
    """What a statement of authors begins with: "by"."""
    leads_in_before_colon: Phrases = ()
    """The same where a colon or slash has to follow at once: "文／"."""
    line_openings: Phrases = ()
    """What a line of text that is a byline begins with, capitals as written."""
    labels: Phrases = ()
    """Labels of an author in a list of a page's facts."""
    editor_labels: Phrases = ()
    """Labels of an editor, who is no author."""
    author_meta_labels: Phrases = ()
    """What the label of a `twitter:label1` element begins with where `twitter:data1` names the author."""
    joined_by: Phrases = ()
    """Words between two names."""
    joined_by_between_full_names: Phrases = ()
    """The same where one name may hold the word too: "Ortega y Gasset"."""
    conjunctions: Phrases = ()
    """Words between the names in a line that is nothing but names."""
    place_prepositions: Phrases = ()
    """Prepositions between a name and the place where it was written: "from", "aus"."""
    before_any_place: Phrases = ()
    """Prepositions behind which any word at the end is such a place."""
    written_on: Phrases = ()
    """Words between names and the day of writing: "Jane Doe on Monday"."""
    written_for: Phrases = ()
    """Words between a name and for whom it writes: "special to"."""
    reported_from: Phrases = ()
    """Words before where somebody reported from."""
    edited_by: Phrases = ()
    """Words before who edited the story."""
    roles: Phrases = ()
    """Words that no person's name holds: roles, desks, kinds of papers and companies."""
    roles_behind_names: Phrases = ()
    """The same where they stand at the end without a blank before them."""
    titles_behind_names: Phrases = ()
    """Titles that are written behind a name and taken off it."""
    desk_names: Phrases = ()
    """Whole names that say no more than "the desk"."""
    desk_words: Phrases = ()
    """Words that make any name such a one."""
    nobody: Phrases = ()
    """Whole names that name nobody."""
    particles: Phrases = ()
    """Words inside names that are written without a capital; no regular expressions."""
    no_name_openings: Phrases = ()
    """Words that no name begins with."""
    author_does: Phrases = ()
    """What follows the author's name in a paragraph about the author: "covers"."""


class DatelineWords(LanguageSection):
    """`[datelines]`: what stands at the head of a story and is no place, and how places are written."""

    labels: Phrases = ()
    """Words of labels, of which no place without a comma holds one; no regular expressions."""
    label_phrases: Phrases = ()
    """Whole labels; no regular expressions."""
    place_particles: Phrases = ()
    """Words inside names of places that are written without a capital; no regular expressions."""
    agency_conjunctions: Phrases = ()
    """Words between the agencies in a tag: "AP and Reuters"."""


class SignOffWords(LanguageSection):
    """`[sign_offs]`: the last lines of a story."""

    credit_lines: Phrases = ()
    """What a closing line begins with that credits agencies."""
    never_story: Phrases = ()
    """What a closing line begins with that is dropped whomever it credits."""
    contributed: Phrases = ()
    """What a closing line says somewhere that credits agencies."""


class CaptionWords(LanguageSection):
    """`[captions]`: captions of pictures and their credits."""

    credit_labels: Phrases = ()
    """Labels before a credit and its colon: "photo"."""
    credit_labels_before_by: Phrases = ()
    """Labels that need no colon with one of `credited_by` behind them: "photo by"."""
    credited_by: Phrases = ()
    """Prepositions between a label and who is credited."""
    credit_phrases: Phrases = ()
    """Other beginnings of credits, with the blanks behind them."""
    not_before_label: Phrases = ()
    """Words that make a label behind them a part of the caption: "file photo"."""
    credit_endings: Phrases = ()
    """Credits at the end of a caption, whole; one group is the credit."""
    buttons: Phrases = ()
    """Texts of buttons and offers of licences behind a caption."""
    credit_particles: Phrases = ()
    """Words inside credits that are written without a capital."""
    archive_names: Phrases = ()
    """What the picture comes from, where that credits nobody: "archive"."""
    labels_inside_credits: Phrases = ()
    """Labels that are taken off a credit without a colon."""
    filed: Phrases = ()
    """Labels of archives before a credit and its colon."""
    titles_behind_credits: Phrases = ()
    """Titles that are written behind a name and taken off it, with their blanks."""
    no_credit_in_brackets: Phrases = ()
    """What stands in brackets at the end of a caption and is no credit: "left"."""
    credit_abbreviations: Phrases = ()
    """Abbreviations that keep their full stop at the end of a credit, capitals as written."""
    counted_of: Phrases = ()
    """Words between the numbers of a picture and of all pictures: "1 of 12"."""
    noise: Phrases = ()
    """What stands before a caption with a colon, comma or full stop and belongs to the page."""
    byline_openings: Phrases = ()
    """What a line about the author begins with, which is no caption."""
    lone_labels: Phrases = ()
    """Words that are no caption alone."""
    no_captions: Phrases = ()
    """What is said in texts that are no caption."""
    elsewhere: Phrases = ()
    """What a text begins with that leads to another story."""
    paper_names: Phrases = ()
    """Last words of names of papers and agencies, capitals as written."""
    dated: Phrases = ()
    """Words in a line about the story beside a picture, which is no caption."""


class BoilerplateLines(LanguageSection):
    """`[boilerplate]`: lines in words that are no story, however their elements are named."""

    advertisement: Phrases = ()
    """Labels of advertisements."""
    lines: Phrases = ()
    """Whole lines that are dropped."""
    rights_reserved: Phrases = ()
    """What a line says somewhere that reserves rights."""
    share_buttons: Phrases = ()
    """Texts of buttons for sharing, printing and commenting, alone in a line."""
    share_buttons_behind: Phrases = ()
    """Those of them that stand in one line behind others."""
    end_lines: Phrases = ()
    """Whole headings of lists behind the story."""
    promotions: Phrases = ()
    """What is said in short paragraphs that ask for subscriptions and the like."""
    promotions_attached: Phrases = ()
    """The same where words are written without blanks between them."""
    consent: Phrases = ()
    """Phrases of consent dialogues; two of them make a paragraph boilerplate."""


class PageTitles(LanguageSection):
    """`[pages]`: how pages that are no story call themselves, as whole headlines or titles."""

    error: Phrases = ()
    """Error pages."""
    challenge: Phrases = ()
    """Bot challenges."""
    consent: Phrases = ()
    """Consent dialogues."""
    login: Phrases = ()
    """Pages to log in or subscribe."""
    about_the_site: Phrases = ()
    """Legal pages and pages about the publisher."""
    not_sections: Phrases = ()
    """What pages name as their section and is none."""


class InterstitialPhrases(LanguageSection):
    """`[interstitials]`: what is said on pages that stand in front of a story."""

    consent: Phrases = ()
    """Consent dialogues."""
    challenge: Phrases = ()
    """Bot challenges."""
    paywall: Phrases = ()
    """Paywalls."""


class KillNoticePhrases(LanguageSection):
    """`[kill_notices]`: how a story is withdrawn."""

    headlines: Phrases = ()
    """What the headline of a kill notice begins with."""
    texts: Phrases = ()
    """What its text says, with the boundaries of words."""


class QueryDateWords(LanguageSection):
    """`[query_dates]`: dates in the query language; without this section the language is not read in queries."""

    today: Phrases = ()
    """Today; like the other keys down to `last_year` whole expressions, no regular expressions."""
    yesterday: Phrases = ()
    """Yesterday."""
    tomorrow: Phrases = ()
    """Tomorrow."""
    this_week: Phrases = ()
    """This week."""
    last_week: Phrases = ()
    """Last week."""
    this_month: Phrases = ()
    """This month."""
    last_month: Phrases = ()
    """Last month."""
    this_year: Phrases = ()
    """This year."""
    last_year: Phrases = ()
    """Last year."""
    before_weekday: Phrases = ()
    """What may stand before a day of the week: "last", "on"; no regular expressions."""
    hours: Phrases = ()
    """Hours, in ages: "24h"."""
    days: Phrases = ()
    """Days, likewise."""
    weeks: Phrases = ()
    """Weeks, likewise."""
    months: Phrases = ()
    """Months, likewise."""
    years: Phrases = ()
    """Years, likewise."""
    ago: Phrases = ()
    """What may stand behind an age."""
    numbers: Mapping[str, int] = {}
    """Numbers in words."""


class Language(LanguageSection):
    """One language: its ISO 639-1 code, which is the name of its file, and the sections of the file."""

    code: str
    name: str
    """The English name."""
    names: Phrases = ()
    """How pages name the language where a code is expected; no regular expressions."""
    codes: Phrases = ()
    """Other codes of the language that pages use."""
    dates: DateWords = DateWords()
    zones: Mapping[str, int | float | str] = {}
    """Names of time zones in words -> hours east of UTC, or an IANA name; text/tables/zones.toml has abbreviations."""
    bylines: BylineWords = BylineWords()
    datelines: DatelineWords = DatelineWords()
    sign_offs: SignOffWords = SignOffWords()
    captions: CaptionWords = CaptionWords()
    boilerplate: BoilerplateLines = BoilerplateLines()
    pages: PageTitles = PageTitles()
    interstitials: InterstitialPhrases = InterstitialPhrases()
    kill_notices: KillNoticePhrases = KillNoticePhrases()
    query_dates: QueryDateWords | None = None
    analysis: AnalysisRules = AnalysisRules()
    agencies: Mapping[str, Phrases] = {}
    """The spelling in which an agency is kept -> its names in this language; no regular expressions."""
