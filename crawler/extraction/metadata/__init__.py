"""Fields that a page states about its story: headline, deck, dates, language, topics, address."""
