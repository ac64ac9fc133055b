"""Golden files of ms-swift's training rows, made by the package itself.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    python tests/oracle/ms_swift.py EMBEDDED [QWEN2.5]
"""

import importlib.metadata
import os
import types

os.environ["HF_HUB_OFFLINE"] = "1"
import golden
import piecewise
from swift.arguments.base_args.template_args import TemplateArguments
from swift.template import get_template, get_template_meta
from transformers import AutoTokenizer

assert importlib.metadata.version("ms-swift") == "4.6.0"

TEMPLATES = ["qwen", "qwen2_5", "qwen3", "qwen3_nothinking", "qwen3_thinking", "chatml"]
OWN = [
    {"id": "loss", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "loss": False},
        {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Goodbye", "loss": True}]},
    {"id": "loss-true-for-one", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "loss": True},
        {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Goodbye", "loss": False}]},
    {"id": "placeholders", "messages": [
        {"role": "user", "content": "{{RESPONSE}} {{SYSTEM}} {{ROUND0}} <image> <bbox>"},
        {"role": "assistant", "content": "{{QUERY}}<video>"}]},
    {"id": "ends-with-a-stop-word", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello<|endoftext|>"}]},
    {"id": "two-replies-one-masked", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "loss": False},
        {"role": "assistant", "content": "Hello again"}, {"role": "user", "content": "Bye"},
        {"role": "assistant", "content": "<think>\n\n</think>\n\nGoodbye"}]},
    {"id": "react", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Action: f\nAction Input: {}"},
        {"role": "tool", "content": "1"}, {"role": "tool", "content": "2\n"},
        {"role": "assistant", "content": "Done"}]},
    {"id": "null-content", "messages": [{"role": "user", "content": None}, {"role": "assistant", "content": "Hello"}]},
    {"id": "null-reply", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}]},
    {"id": "null-reply-first", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": None},
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    {"id": "parts", "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": " there"}]},
        {"role": "assistant", "content": "Hello"}]},
    {"id": "placeholders-of-a-tool", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "f()"},
        {"role": "tool", "content": "{{SYSTEM}} {{QUERY}} {{ROUND1}}"}, {"role": "assistant", "content": "Done"}]},
    {"id": "responses-out-of-order", "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "loss": False, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "b", "type": "function", "function": {"name": "g", "arguments": {}}}]},
        {"role": "tool", "content": "of b", "tool_call_id": "b"},
        {"role": "tool", "content": {"of": "a"}, "tool_call_id": "a"},
        {"role": "assistant", "content": "Done"}]},
    {"id": "thinks-twice", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "<think>\n</think>\n</think>\nHello"},
        {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "</think> Goodbye"}]},
    {"id": "padded-tools", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
     "tools": [{"name": "f", "description": None, "parameters": {
         "type": "object", "properties": {"x": {"type": "string", "default": None, "enum": None}, "y": None},
         "x-note": {"a": None}, "examples": [None]}}]},
    {"id": "two-tools", "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "tool_call", "content": '{"name": "f", "arguments": {"x": 1}}'},
        {"role": "tool_call", "content": '{"name": "g", "arguments": "{\\"y\\": 2}"}'},
        {"role": "tool_response", "content": "1"}, {"role": "tool_response", "content": "2"},
        {"role": "assistant", "content": "Done"}]},
]


def ask(folder, options, ids):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    # What loading a model would put there.
    tokenizer.model_info = types.SimpleNamespace(config=None, task_type="causal_lm", max_model_len=None, model_dir="")
    tokenizer.model_meta = types.SimpleNamespace(is_multimodal=False, template=options["template"])
    # The arguments add `ignore_empty_think` where the model may think or not.
    arguments = TemplateArguments(template=options["template"], loss_scale=options["loss_scale"])
    arguments.template_meta = get_template_meta(None, None, options["template"])
    arguments._set_loss_scale()
    template = get_template(tokenizer, template_type=options["template"], loss_scale=arguments.loss_scale)
    template.set_mode("train")

    def trainer(one):
        made = template.encode({key: one[key] for key in ("messages", "tools") if key in one})
        assert "loss_scale" not in made, made
        return [golden.row(made["input_ids"], made["labels"])]

    return piecewise.ask(trainer, ids, OWN)


def main():
    folders = golden.arguments(__doc__)
    runs = []
    for template in TEMPLATES:
        for scale in ("default", "last_round", "all"):
            options = {"template": template, "loss_scale": scale}
            ids = None if template in ("qwen", "qwen3") else piecewise.FEW
            runs.append(piecewise.run("embedded", options, ask(folders.embedded, options, ids)))
            if folders.qwen2_5 and template.startswith("qwen"):
                runs.append(piecewise.run("qwen2_5", options, ask(folders.qwen2_5, options, piecewise.FEW)))
            if scale == "default" and template in ("qwen", "qwen3"):
                plain = piecewise.variant(folders.embedded, **piecewise.PLAIN)
                runs.append(piecewise.run("plain", options, ask(plain, options, golden.FEW)))
    golden.write("ms-swift", "ms-swift", "ms-swift", "4.6.0", "template/base.py Template.encode", runs,
                 conversations=OWN, tokenizers={"plain": piecewise.PLAIN})


main()
