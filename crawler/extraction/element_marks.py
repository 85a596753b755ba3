"""Marks of elements: which class names, ids and properties mark an element for which reader."""

from crawler.extraction.body.boilerplate import BOILERPLATE_MARKS, part_words
from crawler.extraction.bylines.filing_place import names_dateline, states_dateline
from crawler.extraction.bylines.marked_authors import AUTHOR_WORDS, names_author, states_author
from crawler.extraction.document.crumbs import is_breadcrumb_list, names_categories, names_crumbs, relates_category
from crawler.extraction.document.element_index import ElementMarks, QuestionOfWords
from crawler.extraction.document.microdata import rdfa_dates
from crawler.extraction.document.microformats import names_entry, names_entry_date
from crawler.extraction.headlines.shown_headlines import HEADLINE_NAMES, names_headline, states_headline
from crawler.extraction.headlines.site_names import names_site
from crawler.extraction.metadata.shown_dates import DATE_NAMES, names_date

_AUTHOR = QuestionOfWords(AUTHOR_WORDS, names_author)
_DATE = QuestionOfWords(DATE_NAMES, names_date)
_HEADLINE = QuestionOfWords(HEADLINE_NAMES, names_headline)

ELEMENT_MARKS = ElementMarks(
    {
        "author": {"class": _AUTHOR, "id": _AUTHOR},
        "author link": {"rel": states_author},
        "author property": {"itemprop": states_author},
        "boilerplate": BOILERPLATE_MARKS,
        "breadcrumb list": {"itemtype": is_breadcrumb_list, "typeof": is_breadcrumb_list},
        "breadcrumbs": {"class": names_crumbs, "id": names_crumbs, "aria-label": names_crumbs},
        "category": {"class": names_categories},
        "category link": {"rel": relates_category},
        "date": {"class": _DATE, "id": _DATE},
        "dateline": {"class": names_dateline, "itemprop": states_dateline},
        "entry": {"class": names_entry},
        "entry date": {"class": names_entry_date},
        "headline": {"class": _HEADLINE, "id": _HEADLINE, "itemprop": states_headline},
        "property": {"itemprop": bool, "property": rdfa_dates},
        "site": {"class": names_site, "id": names_site},
    },
    part_words,
)
"""What a page's elements are indexed by."""
