"""Writes the OpenAPI documents of the surfaces, for the site of the documents.

Its argument is the folder to write to.
"""

import json
import sys
from pathlib import Path

from visavis.bootstrap.surfaces import openapi_documents


def write(folder: Path) -> None:
    """Write each document as `NAME.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in openapi_documents().items():
        (folder / f"{name}.json").write_text(json.dumps(document))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
