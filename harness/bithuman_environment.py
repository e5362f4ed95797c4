"""An environment of its own for `bithuman-mcp`, and its tools, called as an MCP client calls them.

It needs an older `mcp` than we have: `python -m harness.bithuman_environment` builds it.
"""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from harness.package_environment import PackageEnvironment

ENVIRONMENT: Final = PackageEnvironment("visavis-bithuman", ("bithuman-mcp==0.3.5",))
_SCRIPT: Final = Path(__file__).with_name("bithuman_tools.py")


def call_tools(
    interpreter: Path, calls: list[tuple[str, dict[str, Any]]], *, url: str, secret: str
) -> list[dict[str, Any]]:
    """Run `harness/bithuman_tools.py`. Returns what each tool answered.

    Args:
        interpreter: Of the environment.
        calls: Names of tools, each with its arguments.
        url: Address of the server.
        secret: API key.

    Raises:
        AssertionError: It failed; the message has its log.
    """
    environment = {"BITHUMAN_API_BASE": url, "BITHUMAN_API_SECRET": secret, "PATH": "/usr/bin:/bin"}
    command = [str(interpreter), str(_SCRIPT)]
    done = subprocess.run(command, env=environment, input=json.dumps(calls), capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr[-4000:])
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(ENVIRONMENT.build())
