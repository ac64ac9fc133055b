"""Golden files of PrimeIntellect's renderers, made by the package itself.

    pip install renderers==0.1.12 transformers==5.23.0, or tests/oracle/requirements-renderers.txt
    python tests/oracle/prime_renderers.py [FOLDER WITH QWEN2.5'S tokenizer.json]
"""

import importlib.metadata
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import piecewise
from renderers.base import build_training_sample
from renderers.deepseek_v3 import DeepSeekV3Renderer
from renderers.default import DefaultRenderer
from renderers.qwen3 import Qwen3Renderer
from transformers import AutoTokenizer

assert importlib.metadata.version("renderers") == "0.1.12"

QWEN = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
DEEPSEEK = [f"<｜{name.replace(' ', '▁')}｜>" for name in (
    "begin of sentence", "end of sentence", "User", "Assistant", "tool calls begin", "tool calls end",
    "tool call begin", "tool call end", "tool sep", "tool outputs begin", "tool outputs end", "tool output begin",
    "tool output end")]
CHATML = (piecewise.HERE.parents[1] / "src/template/catalog/chatml.jinja").read_text()
RENDERERS = {"qwen3": Qwen3Renderer, "deepseek_v3": DeepSeekV3Renderer, "default": DefaultRenderer}


def run(folder, options, conversations, template=None):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if template:
        tokenizer.chat_template = template
    # The default renderer does not know what the model samples, and asks for the roles to train.
    role = {"role_to_mask": lambda message: message["role"] == "assistant"} if options["renderer"] == "default" else {}

    def rows(one):
        renderer = RENDERERS[options["renderer"]](tokenizer)
        made = build_training_sample(renderer, one["messages"], tools=one.get("tools"), **role)
        ids, mask = list(made.token_ids), list(made.loss_mask)
        if len(ids) != len(mask):
            return {"error": f"{len(ids)} tokens but a mask of {len(mask)}"}
        return [{"input_ids": ids, "labels": [i if trained else -100 for i, trained in zip(ids, mask)]}]

    return {one["id"]: piecewise.attempt(lambda: rows(one)) for one in conversations}


def main():
    header = {"recipe": "renderers", "source": "renderers 0.1.12"}
    one = lambda folder, name, which, **more: {"options": {"renderer": name}, "rows": run(folder, {"renderer": name}, which, **more)}
    bare = piecewise.embedded()
    made = [one(bare, name, piecewise.few()[:1]) for name in ("qwen3", "deepseek_v3")]  # it lacks their tokens
    made.append(one(bare, "default", piecewise.CONVERSATIONS, template=CHATML))
    piecewise.write("renderers", {**header, "tokenizer": "embedded", "template": "chatml"}, made)
    added = QWEN + DEEPSEEK
    folder = piecewise.embedded(added)
    made = [one(folder, name, piecewise.CONVERSATIONS) for name in ("qwen3", "deepseek_v3")]
    piecewise.write("renderers.markers", {**header, "tokenizer": "embedded", "added_tokens": added}, made)
    for folder in sys.argv[1:]:
        piecewise.write("renderers.qwen2_5", {**header, "tokenizer": "qwen2_5"},
                        [one(folder, "default", piecewise.few()), one(folder, "qwen3", piecewise.few())])


main()
