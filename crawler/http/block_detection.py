"""Block detection: responses that are a bot challenge instead of the publisher's page.

Markers of the protection services as their responses carry them: headers first, then the first bytes of the body.
A challenge is never solved or disguised against; the host is left alone for hours.
"""

from collections.abc import Mapping

_START_BYTES = 64 * 1024
# A page of a publisher that merely loads a protection script is longer than the services' own pages.
_LONGEST_CHALLENGE_BYTES = 24 * 1024
_SUSPECT_STATUSES = frozenset({202, 401, 403, 405, 429, 503})

# (header, text in its value or "" for any value, service)
_HEADER_MARKERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-datadome", "", "DataDome"),
    ("x-dd-b", "", "DataDome"),
    ("x-kpsdk-ct", "", "Kasada"),
    ("x-px-captcha", "", "PerimeterX"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
)
_BODY_MARKERS = (
    (b"/cdn-cgi/challenge-platform/", "Cloudflare"),
    (b"_cf_chl_opt", "Cloudflare"),
    (b"cf-browser-verification", "Cloudflare"),
    (b"cf-error-details", "Cloudflare"),
    (b"<title>just a moment...</title>", "Cloudflare"),
    (b"captcha-delivery.com", "DataDome"),
    (b"px-captcha", "PerimeterX"),
    (b"_pxappid", "PerimeterX"),
    (b"perimeterx", "PerimeterX"),
    (b"_incapsula_resource", "Imperva"),
    (b"incapsula incident id", "Imperva"),
    (b"errors.edgesuite.net", "Akamai"),
    (b"awswafintegration", "AWS WAF"),
    (b"gokuprops", "AWS WAF"),
    (b"sucuri website firewall", "Sucuri"),
    (b"kpsdk", "Kasada"),
    (b"ddos-guard", "DDoS-Guard"),
    (b"/.within.website/x/cmd/anubis", "Anubis"),
    (b"g-recaptcha", "reCAPTCHA"),
    (b"h-captcha", "hCaptcha"),
)


def challenger(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """The service that challenges us, or None.

    `headers` have lower-case names. A 200 is a challenge only where it is a service's own short page.
    """
    if status in _SUSPECT_STATUSES:
        for name, text, service in _HEADER_MARKERS:
            if name in headers and text in headers[name].lower():
                return service
    elif status != 200 or len(body) > _LONGEST_CHALLENGE_BYTES:
        return None
    start = body[:_START_BYTES].lower()
    markers = _BODY_MARKERS if status != 200 else _SURE_MARKERS
    return next((service for marker, service in markers if marker in start), None)


# These stand on challenge pages only, never on a page of a publisher whose forms use a captcha.
_SURE_MARKERS = tuple(
    (marker, service)
    for marker, service in _BODY_MARKERS
    if marker in (b"_cf_chl_opt", b"<title>just a moment...</title>", b"incapsula incident id", b"gokuprops")
    or service == "Anubis"
)
