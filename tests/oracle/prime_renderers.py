"""Golden files of PrimeIntellect's renderers, made by the package itself.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    python tests/oracle/prime_renderers.py EMBEDDED [QWEN2.5]
"""

import importlib.metadata
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import golden
import piecewise
from renderers.base import build_training_sample
from renderers.deepseek_v3 import DeepSeekV3Renderer
from renderers.default import DefaultRenderer
from renderers.qwen3 import Qwen3Renderer

assert importlib.metadata.version("renderers") == "0.1.12"

DEEPSEEK = ["begin of sentence", "end of sentence", "User", "Assistant", "tool calls begin", "tool calls end",
            "tool call begin", "tool call end", "tool sep", "tool outputs begin", "tool outputs end",
            "tool output begin", "tool output end"]
# A tokenizer with the tokens of Qwen3 and DeepSeek-V3 that the renderers ask for.
MARKERS = {"added_tokens": ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
                            *(f"<｜{name.replace(' ', '▁')}｜>" for name in DEEPSEEK)]}
RENDERERS = {"qwen3": Qwen3Renderer, "deepseek_v3": DeepSeekV3Renderer, "default": DefaultRenderer}
OWN = [
    {"id": "null-content", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": None},
        {"role": "user", "content": None}, {"role": "assistant", "content": "Hello"}]},
    {"id": "parts", "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": " there"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]}]},
    {"id": "two-systems", "messages": [
        {"role": "system", "content": "Be kind."}, {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    {"id": "a-tool-response-typed", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "reasoning_content": "\nHm.\n"},
        {"role": "user", "content": " <tool_response>x</tool_response> "},
        {"role": "assistant", "content": "Yes", "reasoning_content": "Ha."}]},
]


def ask(folder, name, ids, template=None, own=OWN):
    tokenizer = golden.load(folder, template and golden.template(template))
    # The default renderer does not know what the model samples, and asks for the roles to train.
    role = {"role_to_mask": lambda message: message["role"] == "assistant"} if name == "default" else {}

    def trainer(one):
        renderer = RENDERERS[name](tokenizer)
        made = build_training_sample(renderer, one["messages"], tools=one.get("tools"), **role)
        return [piecewise.labelled(made.token_ids, made.loss_mask)]

    return piecewise.ask(trainer, ids, own)


def main():
    folders = golden.arguments(__doc__)
    markers = piecewise.variant(folders.embedded, **MARKERS)
    runs = []

    def add(tokenizer, folder, name, ids, template="none", own=OWN):
        rows = ask(folder, name, ids, None if template in ("none", "tokenizer") else template, own)
        runs.append(piecewise.run(tokenizer, {"renderer": name}, rows, template))

    add("markers", markers, "qwen3", None)
    add("markers", markers, "deepseek_v3", None)
    for name in ("qwen3", "deepseek_v3"):  # the embedded tokenizer lacks their tokens
        add("embedded", folders.embedded, name, ["single"], own=())
    add("embedded", folders.embedded, "default", None, "chatml")
    for template in ("tools", "thinking", "instruct"):
        add("embedded", folders.embedded, "default", None, template)
    if folders.qwen2_5:
        add("qwen2_5", folders.qwen2_5, "qwen3", ["single"], own=())
        add("qwen2_5", folders.qwen2_5, "default", golden.FEW, "tokenizer")
    golden.write("renderers", "renderers", "renderers", "0.1.12", "base.py build_training_sample", runs,
                 tokenizers={"markers": MARKERS}, conversations=OWN)


main()
