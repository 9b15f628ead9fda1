"""A LangChain agent that looks things up with our tool; the model is any that `init_chat_model` knows.

python examples/agent.py openai:gpt-5 "Why do rate cuts help small caps?"    # after: pip install langchain-openai
"""

import sys

from langchain.agents import create_agent
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from assistant import Assistant

RULES = "Answer from what the tool returns and nothing else. Name the article and its date. No investment advice."


def main(model: str | BaseChatModel, question: str) -> None:
    chat = init_chat_model(model) if isinstance(model, str) else model
    with Assistant.open() as assistant:
        agent = create_agent(chat, tools=[assistant.as_tool(k=4)], system_prompt=RULES)
        messages = agent.invoke({"messages": [{"role": "user", "content": question}]})["messages"]
    print(messages[-1].text)
    for message in messages:
        for document in getattr(message, "artifact", None) or ():
            print(f"- {document.metadata['title']} ({document.metadata['published']}): {document.page_content}")


if __name__ == "__main__":
    main(*sys.argv[1:])
