"""Checks the table in src/recipe/trl_twins.rs: prints it, as far as it holds.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/python tests/oracle/trl_twins.py

TRL replaces chat templates that it knows by training templates. For each pair, and every conversation that both render:
is the text the same, and does each `{% generation %}` block reach from the end of a reply's header, always the same one, to
the end of what the original renders up to that reply? Where it does, the replacement need not be known.
"""

import pathlib

import trl
from transformers.utils.chat_template_utils import render_jinja_template

import golden

assert trl.__version__ == "1.16.0", trl.__version__
FOLDER = pathlib.Path(trl.__file__).parent / "chat_templates"
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}


def fnv(data):
    hash = 0xCBF29CE484222325
    for byte in data:
        hash = (hash ^ byte) * 0x100000001B3 % (1 << 64)
    return hash


def render(template, messages, tools):
    messages = [{k: v for k, v in message.items() if v is not None} for message in messages]
    try:
        [text], [spans] = render_jinja_template(
            conversations=[messages], tools=tools, chat_template=template, return_assistant_tokens_mask=True, **SPECIAL
        )
        return text, [tuple(span) for span in spans]
    except Exception:  # whatever stops the template
        return None


def headers(original, training):
    """The headers that replies have; None where the rule does not hold."""
    found = set()
    for conversation in golden.conversations().values():
        messages, tools = conversation["messages"], conversation.get("tools")
        ours, theirs = render(original, messages, tools), render(training, messages, tools)
        if ours is None and theirs is None:
            continue
        if ours is None or theirs is None or ours[0] != theirs[0]:
            return None
        text, replies = ours[0], [at for at, message in enumerate(messages) if message["role"] == "assistant"]
        if len(replies) != len(theirs[1]):
            return None
        for reply, (start, end) in zip(replies, theirs[1]):
            through = render(original, messages[: reply + 1], tools)
            if through is None or through[0] != text[:end]:
                return None
            if reply:
                before = render(original, messages[:reply], tools)
                if before is None or not text.startswith(before[0]):
                    return None
                found.add(text[len(before[0]) : start])
    return found


for path in sorted(FOLDER.glob("*_training.jinja")):
    name = path.name.replace("_training", "")
    original = (FOLDER / name).read_text()
    found = headers(original, path.read_text())
    if found is not None and len(found) == 1 and found != {""}:
        print(f"    // {name}\n    (0x{fnv(original.encode()):016x}, {found.pop()!r}),")
