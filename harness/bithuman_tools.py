"""Calls tools of the MCP server `bithuman-mcp`, which it starts; runs in the environment of that package.

Reads a JSON list of names and arguments from the standard input, and prints the list of the answers.
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main() -> None:
    """Call them one after the other."""
    command = StdioServerParameters(
        command=sys.executable, args=["-c", "import bithuman_mcp; bithuman_mcp.main()"], env=dict(os.environ)
    )
    answers = []
    async with stdio_client(command) as wire, ClientSession(*wire) as client:
        await client.initialize()
        for tool, arguments in json.load(sys.stdin):
            answer = await client.call_tool(tool, arguments)
            answers.append(json.loads(answer.content[0].text))
    print(json.dumps(answers))


asyncio.run(main())
