"""Prints the OpenAPI document of the console's own API, which its client is typed by."""

import json

from visavis.surfaces.console.app import create_app


def described() -> str:
    """The document, as it is kept in `console/openapi.json`."""
    return json.dumps(create_app(None).openapi(), indent=1, ensure_ascii=False)


if __name__ == "__main__":
    print(described())
