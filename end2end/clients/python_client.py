"""The official Python client against Banter, with nothing changed but base URL and token."""

import os
import sys

from openai import APIStatusError, AuthenticationError, BadRequestError, NotFoundError, OpenAI, RateLimitError

client = OpenAI(base_url=os.environ["API_URL"], api_key=os.environ["API_TOKEN"], max_retries=0)


def ask(text, **more):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}], **more)


def check(name, holds):
    if not holds:
        sys.exit(f"python_client.py: {name} does not hold")


def raises(kind, call):
    try:
        call()
    except kind as error:
        return error
    sys.exit(f"python_client.py: {kind.__name__} was expected")


models = [model.id for model in client.models.list()]
check("models are listed", models[0] == "gpt-5-mini" and client.models.retrieve("gpt-4o").id == "gpt-4o")

whole = ask("echo: hello from Python")
check("a completion comes whole", whole.choices[0].message.content == "hello from Python")
check("usage is told", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens > 0)

chunks = list(ask("echo: one two three", stream=True))
check("a completion streams", "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "one two three")
check("a stream ends with a reason", chunks[-1].choices[0].finish_reason == "stop")
*_, last = ask("echo: x", stream=True, stream_options={"include_usage": True})
check("usage comes last when it is asked for", last.usage.total_tokens > 0 and last.choices == [])

tool = {"type": "function", "function": {"name": "rate", "parameters": {"type": "object", "properties": {}}}}
check("tools are taken", ask("echo: x", tools=[tool], tool_choice="auto").choices[0].message.content == "x")

check("a model that is none", raises(NotFoundError, lambda: client.chat.completions.create(
    model="none", messages=[{"role": "user", "content": "x"}])).code == "model_not_found")
check("a refused parameter", raises(BadRequestError, lambda: ask("x", temperature=9)).param == "temperature")
raises(BadRequestError, lambda: ask("trigger prompt filter"))
raises(AuthenticationError, lambda: client.with_options(api_key="nonsense").models.list())
try:
    list(ask("trigger cut long", stream=True))
    sys.exit("python_client.py: a stream that breaks off passes for a whole one")
except APIStatusError:
    sys.exit("python_client.py: a stream that breaks off has no status")
except Exception as error:  # noqa: BLE001 - the client's own class for errors in a stream
    check("a broken stream is an error of the API's", type(error).__name__ == "APIError")

# Last: a model that asked for patience is left alone for as long.
busy = raises(RateLimitError, lambda: client.chat.completions.create(
    model="gpt-5", messages=[{"role": "user", "content": "trigger rate limit"}]))
check("a busy model says when", int(busy.response.headers["retry-after"]) > 0 and busy.code == "rate_limit_exceeded")

print("python_client.py: all of it holds")
