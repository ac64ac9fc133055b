"""Golden files of tinker-cookbook's supervised examples, made by the package itself.

    pip install --no-deps tinker-cookbook==0.6.1, and tests/oracle/requirements-tinker.txt
    python tests/oracle/tinker_cookbook_examples.py [FOLDER WITH QWEN2.5'S tokenizer.json]
"""

import importlib.metadata
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import piecewise
from tinker_cookbook.renderers import get_renderer
from tinker_cookbook.renderers.base import ToolCall, TrainOnWhat
from transformers import AutoTokenizer

assert importlib.metadata.version("tinker-cookbook") == "0.6.1"

DEEPSEEK = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜tool▁output▁begin｜>",
            "<｜tool▁output▁end｜>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>"]
LLAMA = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
# What `customized` asks for: every message says whether it is trained.
TRAINABLE = [
    {"id": "trainable", "messages": [
        {"role": "system", "content": "Be brief.", "trainable": False},
        {"role": "user", "content": "Hi", "trainable": True},
        {"role": "assistant", "content": "Hello", "trainable": False},
        {"role": "user", "content": "Bye", "trainable": False},
        {"role": "assistant", "content": "再见", "trainable": True},
    ]},
    {"id": "trainable-some", "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello", "trainable": True},
    ]},
    {"id": "parts", "messages": [
        {"role": "user", "content": [{"type": "text", "text": "2+2?"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "\nTwo and two.\n"},
                                          {"type": "text", "text": "\n\n4"}]},
        {"role": "user", "content": "3+3?"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "三加三"}, {"type": "text", "text": "6"}]},
    ]},
    {"id": "two-parts", "messages": [
        {"role": "user", "content": [{"type": "text", "text": "2"}, {"type": "text", "text": "+2?"}]},
        {"role": "assistant", "content": "4"},
    ]},
]


def message(one):
    """A message as the library takes it: tool calls are its own objects, their arguments a JSON string."""
    one = dict(one)
    if "tool_calls" in one:
        calls = []
        for call in one["tool_calls"]:
            function = dict(call["function"])
            if not isinstance(function["arguments"], str):
                function["arguments"] = json.dumps(function["arguments"])
            calls.append(ToolCall.model_validate({**call, "function": function}))
        one["tool_calls"] = calls
    return one


def run(folder, options, conversations):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    renderer = get_renderer(options["renderer"], tokenizer)

    def rows(one):
        messages = [message(each) for each in one["messages"]]
        tokens, weights = renderer.build_supervised_example(messages, TrainOnWhat(options["train_on_what"]))
        ids = tokens.to_ints()
        weights = [float(weight) for weight in weights]
        assert set(weights) <= {0.0, 1.0} and len(ids) == len(weights)
        return [{"input_ids": ids, "labels": [i if w else -100 for i, w in zip(ids, weights)]}]

    return {one["id"]: piecewise.attempt(lambda: rows(one)) for one in conversations}


def runs(folder, renderers, conversations):
    return [
        {"options": {"renderer": renderer, "train_on_what": what.value},
         "rows": run(folder, {"renderer": renderer, "train_on_what": what.value}, conversations)}
        for renderer in renderers for what in TrainOnWhat
    ]


def main():
    header = {"recipe": "tinker", "source": "tinker-cookbook 0.6.1", "conversations": TRAINABLE}
    everything = piecewise.CONVERSATIONS + TRAINABLE
    some = piecewise.few() + TRAINABLE
    qwen = ["qwen3", "qwen3_instruct", "qwen3_disable_thinking"]
    own = {"tokenizer": "embedded"}
    made = runs(piecewise.embedded(), qwen, everything) + runs(piecewise.embedded(), ["role_colon", "llama3"], some)
    made += runs(piecewise.embedded(), ["deepseekv3"], piecewise.few()[:1])  # it has none of the tokens
    piecewise.write("tinker", {**header, **own}, made)
    added = DEEPSEEK + LLAMA
    config = {"bos_token": "<|begin_of_text|>"}
    own = {"tokenizer": "embedded", "added_tokens": added, "tokenizer_config": config}
    folder = piecewise.embedded(added, **config)
    made = runs(folder, ["deepseekv3"], everything) + runs(folder, ["llama3", "role_colon"], some)
    piecewise.write("tinker.markers", {**header, **own}, made)
    for folder in sys.argv[1:]:
        piecewise.write("tinker.qwen2_5", {**header, "tokenizer": "qwen2_5"}, runs(folder, qwen, some))


main()
