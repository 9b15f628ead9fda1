"""Use the assistant as any MCP client does: over HTTP from a running server (make run), or as a program of its own.

python examples/mcp_client.py http://127.0.0.1:7860/mcp
python examples/mcp_client.py assistant mcp
"""

import asyncio
import sys

from mcp import Client, StdioServerParameters


async def main(server: str, *arguments: str) -> None:
    over_http = server.startswith("http")
    async with Client(server if over_http else StdioServerParameters(command=server, args=list(arguments))) as client:
        for tool in (await client.list_tools()).tools:
            print(tool.name, "-", tool.description)

        asked = await client.call_tool("ask", {"question": "What share of VTWO is in health care?"})
        print(asked.structured_content["text"])

        found = await client.call_tool("search", {"query": "금리와 소형주", "k": 2})
        for hit in found.structured_content["results"]:
            article = await client.call_tool("fetch", {"id": hit["id"]})
            print(hit["title"], "-", len(article.structured_content["text"]), "characters")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
