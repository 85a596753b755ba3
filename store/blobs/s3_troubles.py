"""Troubles of an object store in words for a person, from what its server and the connection to it say.

The texts of the library quote the server's answer, which may quote keys, signatures and what was signed. So nothing of
them is repeated but the error code, a word of letters and digits (docs.aws.amazon.com/AmazonS3/latest/API,
"Error responses"; those of other servers are named beside).
"""

import re

_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})\b")
_KEYS = (
    "AccessDenied",
    "AccountProblem",
    "AuthorizationHeaderMalformed",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "XAdminUserNotFound",
    "401",
    "403",
)
_FULL = ("InsufficientStorage", "QuotaExceeded", "QuotaExceededException", "XMinioStorageFull", "507")
_BUSY = ("RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "TooManyRequests", "429", "503")
_SAID = {
    **dict.fromkeys(_KEYS, "refuses the key"),
    **dict.fromkeys(_FULL, "is full"),
    **dict.fromkeys(_BUSY, "asks for patience"),
    "NoSuchBucket": "is not there: make the bucket, or mend pages.url",
    "404": "is not there: mend pages.url or pages.endpoint",
    "PermanentRedirect": "is in another region: set pages.region or AWS_REGION",
    "301": "is in another region: set pages.region or AWS_REGION",
    "RequestTimeTooSkewed": "finds the clock of this machine wrong",
    "NoSpaceLeftOnDevice": "is full",
}
_METADATA = ("169.254.169.254", "169.254.170.2", "CredentialsProvider", "credentials")
_NO_KEYS = (
    "can't be used: no keys were found in the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), and none are "
    "named by pages.access_key_file and pages.secret_key_file"
)


def error_code(error: BaseException) -> str | None:
    """The server's error code, else the HTTP status; None where no server has answered."""
    text = str(error)
    found = _CODE.search(text) or _STATUS.search(text)
    return found[1] if found else None


def trouble_of(error: BaseException) -> str:
    """What is wrong, as the end of a sentence that begins with the name of the place."""
    text = str(error)
    head = text.partition("Debug source")[0]
    if any(word in head for word in _METADATA) and _CODE.search(head) is None:
        return _NO_KEYS
    code = error_code(error)
    if code is not None:
        status = _STATUS.search(text)
        said = _SAID.get(code) or (status and _SAID.get(status[1])) or "answers with an error"
        return f"{said} ({code})"
    if "kind: Timeout" in text or "TimedOut" in text:
        return "does not answer in time"
    if "kind: Connect" in text or "HTTP error" in text:
        return "can't be reached"
    return f"can't be used ({type(error).__name__})"
