"""Golden files of tinker-cookbook's supervised examples, made by the package itself.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    python tests/oracle/tinker_cookbook_examples.py EMBEDDED [QWEN2.5]
"""

import importlib.metadata
import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import golden
import piecewise
from tinker_cookbook.renderers import get_renderer
from tinker_cookbook.renderers.base import ToolCall, TrainOnWhat
from transformers import AutoTokenizer

assert importlib.metadata.version("tinker-cookbook") == "0.6.1"

# A tokenizer with the tokens of DeepSeek and Llama 3.
MARKERS = {
    "added_tokens": ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",
                     "<｜tool▁output▁begin｜>", "<｜tool▁output▁end｜>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>",
                     "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    "tokenizer_config": {"bos_token": "<|begin_of_text|>"},
}
# What `customized` asks for, that every message says whether it is trained; and content in parts.
OWN = [
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


def ask(folder, options, ids, own):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    renderer = get_renderer(options["renderer"], tokenizer)

    def trainer(one):
        messages = [message(each) for each in one["messages"]]
        tokens, weights = renderer.build_supervised_example(messages, TrainOnWhat(options["train_on_what"]))
        weights = [float(weight) for weight in weights]
        assert set(weights) <= {0.0, 1.0}
        return [piecewise.labelled(tokens.to_ints(), weights)]

    return piecewise.ask(trainer, ids, own)


def runs(name, folder, renderers, ids, own=OWN):
    made = []
    for renderer in renderers:
        for what in TrainOnWhat:
            options = {"renderer": renderer, "train_on_what": what.value}
            made.append(piecewise.run(name, options, ask(folder, options, ids, own)))
    return made


def main():
    folders = golden.arguments(__doc__)
    markers = piecewise.variant(folders.embedded, **MARKERS)
    qwen = ["qwen3", "qwen3_instruct", "qwen3_disable_thinking"]
    made = runs("embedded", folders.embedded, ["qwen3"], None)
    made += runs("embedded", folders.embedded, [*qwen[1:], "role_colon", "llama3"], golden.FEW)
    made += runs("embedded", folders.embedded, ["deepseekv3"], ["single"], ())  # it has none of the tokens
    made += runs("markers", markers, ["deepseekv3"], None)
    made += runs("markers", markers, ["llama3", "role_colon"], piecewise.FEW)
    if folders.qwen2_5:
        made += runs("qwen2_5", folders.qwen2_5, qwen, piecewise.FEW)
    golden.write("tinker", "tinker", "tinker-cookbook", "0.6.1", "renderers/base.py Renderer.build_supervised_example",
                 made, tokenizers={"markers": MARKERS}, conversations=OWN)


main()
