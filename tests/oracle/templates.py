"""Writes tests/template/expected.json: what transformers makes of each probe and each conversation.

    python3 -m venv venv && venv/bin/pip install -r tests/oracle/requirements.txt
    venv/bin/python tests/oracle/templates.py [name=template.jinja]...

Templates given as arguments are someone else's: their text is not kept, only its SHA-256 and what it renders.
Offsets are UTF-8 bytes.
"""

import datetime
import hashlib
import json
import pathlib
import sys

import transformers
from transformers.utils import chat_template_utils as utils

HERE = pathlib.Path(__file__).resolve().parent.parent / "template"
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}


class FrozenClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 31, 9, 5, 7)


utils.datetime = FrozenClock
assert transformers.__version__ == "5.23.0", transformers.__version__


def render(template, conversation):
    # As `apply_chat_template` does before it calls this function.
    messages = [{k: v for k, v in m.items() if v is not None} for m in conversation["messages"]]
    try:
        [text], [spans] = utils.render_jinja_template(
            conversations=[messages],
            tools=conversation.get("tools"),
            chat_template=template,
            return_assistant_tokens_mask=True,
            add_generation_prompt=conversation.get("add_generation_prompt", False),
            **SPECIAL,
        )
    except Exception as error:
        return {"error": f"{error}"}
    at = lambda place: len(text[:place].encode())
    return {"text": text, "generation": [[at(s), at(e)] for s, e in spans]}


def main():
    conversations = json.loads((HERE / "conversations.json").read_text())
    templates = {path.stem: path.read_bytes().decode() for path in sorted((HERE / "probes").glob("*.jinja"))}
    official = {}
    for argument in sys.argv[1:]:
        name, path = argument.split("=", 1)
        official[name] = pathlib.Path(path).read_bytes().decode()
    expected = {}
    for name, template in {**templates, **official}.items():
        entry = {"sha256": hashlib.sha256(template.encode()).hexdigest()}
        entry["renders"] = {key: render(template, value) for key, value in conversations.items()}
        expected[name] = entry
    text = json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True)
    (HERE / "expected.json").write_text(text + "\n")


main()
