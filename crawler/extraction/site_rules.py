"""Site rules: CSS selectors for sites that the general rules misread.

A table of selectors by domain (tables/sites.yaml, format there). A user's file of the same format is laid over
it: an entry replaces the bundled entry of its domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from model.config_values import css_selector
from model.errors import WiredeskError
from model.fields import SITE_RULE_FIELDS
from net.hosts import ascii_host

_KEYS = (*SITE_RULE_FIELDS, "drop")
_BUNDLED = Path(__file__).with_name("tables") / "sites.yaml"


class RulesError(WiredeskError):
    """A table of site rules can't be used; the message names the entry and what was expected."""


@dataclass(frozen=True, slots=True)
class SiteRule:
    """CSS selectors for one site: of the elements of `fields`, by attribute of a story, and of those to `drop`."""

    domain: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drop: tuple[str, ...] = ()

    def selectors(self, name: str) -> tuple[str, ...]:
        """The selectors of a field; empty where the general rules do."""
        return self.fields.get(name, ())


@dataclass(frozen=True)
class Rules:
    """Site rules by domain."""

    sites: Mapping[str, SiteRule] = field(default_factory=dict)

    def site(self, host: str) -> SiteRule | None:
        """The rule of the host or of the nearest domain above it."""
        labels = host.lower().split(".")
        names = (".".join(labels[start:]) for start in range(len(labels) - 1 or 1))
        return next((self.sites[name] for name in names if name in self.sites), None)


def load_rules(path: Path | None = None) -> Rules:
    """The bundled rules, with those of a user's file laid over them.

    Raises RulesError where a file can't be read or an entry is not of the format.
    """
    sites = _read(_BUNDLED)
    if path is not None:
        sites |= _read(path)
    return Rules(sites)


def _read(path: Path) -> dict[str, SiteRule]:
    try:
        table = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise RulesError(f"{path}: can't be read as YAML: {error}") from None
    if not isinstance(table, dict):
        raise RulesError(f"{path}: expected domains with their selectors, found {type(table).__name__}")
    sites: dict[str, SiteRule] = {}
    for name, entry in table.items():
        domain = _domain(path, str(name))
        if domain in sites:
            raise RulesError(f"{path}: {name}: there is an entry for {domain} before it; make one of the two")
        sites[domain] = _rule(path, domain, entry)
    return sites


def _domain(path: Path, name: str) -> str:
    """A site's name as hosts of pages are looked up by."""
    try:
        domain = ascii_host(name).removeprefix("www.")
    except ValueError:
        domain = ""
    if not domain or "*" in domain:
        raise RulesError(f"{path}: {name}: expected a domain such as example.com, which hosts below it belong to")
    return domain


def _rule(path: Path, domain: str, entry: Any) -> SiteRule:
    if not isinstance(entry, dict):
        raise RulesError(f"{path}: {domain}: expected keys out of {', '.join(_KEYS)}, found {entry!r}")
    unknown = sorted(set(map(str, entry)) - set(_KEYS))
    if unknown:
        raise RulesError(f"{path}: {domain}.{unknown[0]}: unknown key; expected one of {', '.join(_KEYS)}")
    selectors = {str(key): _selectors(path, domain, str(key), value) for key, value in entry.items()}
    return SiteRule(domain, drop=selectors.pop("drop", ()), fields=selectors)


def _selectors(path: Path, domain: str, key: str, value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) and item.strip() for item in values):
        raise RulesError(f"{path}: {domain}.{key} = {value!r}: expected a CSS selector or a list of them")
    if path != _BUNDLED:  # to load what reads selectors takes a tenth of a second
        for selector in values:
            try:
                css_selector(selector)
            except ValueError as error:
                raise RulesError(f"{path}: {domain}.{key} = {selector!r}: {error}") from None
    return tuple(values)


DEFAULT_RULES = load_rules()
"""The bundled rules."""
