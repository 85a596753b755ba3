"""API reference: the OpenAPI document in the order in which a person reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DocumentedParameter:
    """One parameter of an address."""

    name: str
    location: str
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class DocumentedResponse:
    """One status that an address answers with."""

    status: str
    description: str
    kind: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method."""

    method: str
    path: str
    description: str
    parameters: tuple[DocumentedParameter, ...]
    answers: tuple[DocumentedResponse, ...]


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """All operations of an OpenAPI 3.1 document, in its order."""
    return [
        Operation(
            method.upper(),
            path,
            operation.get("description", operation.get("summary", "")),
            tuple(_parameters(operation)),
            tuple(_answers(operation)),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _parameters(operation: Mapping[str, Any]) -> Iterator[DocumentedParameter]:
    for parameter in operation.get("parameters", ()):
        default = parameter.get("schema", {}).get("default")
        yield DocumentedParameter(
            parameter["name"],
            parameter["in"],
            "" if default is None else str(default),
            parameter.get("description", ""),
        )


def _answers(operation: Mapping[str, Any]) -> Iterator[DocumentedResponse]:
    for status, answer in operation.get("responses", {}).items():
        content = answer.get("content", {})
        kind = next(iter(content), "")
        reference = content.get(kind, {}).get("schema", {}).get("$ref", "")
        yield DocumentedResponse(status, answer.get("description", ""), reference.rpartition("/")[2] or kind)
