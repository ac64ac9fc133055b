"""Golden files of LLaMA-Factory's supervised examples, made by the package itself.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    python tests/oracle/llama_factory.py EMBEDDED [QWEN2.5]
"""

import datetime
import importlib.machinery
import json
import os
import sys
import types

os.environ.update(DISABLE_VERSION_CHECK="1", HF_HUB_OFFLINE="1")
for name in ("av", "torchaudio"):  # only audio and video need them
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    sys.modules.setdefault(name, module)

import golden
import piecewise
from llamafactory.data import tool_utils
from llamafactory.data.converter import get_dataset_converter
from llamafactory.data.parser import DatasetAttr
from llamafactory.data.processor.supervised import SupervisedDatasetProcessor
from llamafactory.data.template import get_template_and_fix_tokenizer
from llamafactory.extras.packages import _get_package_version
from llamafactory.hparams import DataArguments
from transformers import AutoTokenizer

assert str(_get_package_version("llamafactory")) == "0.9.5"


class FrozenClock(datetime.datetime):
    """Llama 3's description of tools begins with today's date."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 31, 9, 5, 7)


tool_utils.datetime = FrozenClock

TEMPLATES = ["qwen", "qwen3", "qwen3_nothink", "llama3", "mistral", "gemma", "deepseek3", "glm4", "gpt_oss", "phi",
             "chatml", "vicuna", "alpaca", "default", "llama2", "gemma2", "deepseekr1", "glm4_moe", "yi", "zephyr",
             "phi4", "empty"]
# As data/README.md of LLaMA-Factory describes OpenAI's messages, and with names for the two roles of tools.
TAGS = dict(role_tag="role", content_tag="content", user_tag="user", assistant_tag="assistant", system_tag="system",
            observation_tag="tool", function_tag="function_call")
# A tokenizer with a bos_token and markers of Llama 3, DeepSeek and GLM.
MARKERS = {
    "added_tokens": ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<｜User｜>", "<｜Assistant｜>", "[gMASK]",
                     "<sop>", "<|user|>", "<|assistant|>", "<|observation|>", "<end_of_turn>"],
    "tokenizer_config": {"bos_token": "<|endoftext|>", "eos_token": "<|eot_id|>"},
}
OWN = [
    {"id": "null-content", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}]},
    {"id": "parts", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                                 {"role": "assistant", "content": "Hello"}]},
    {"id": "function-call", "messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "function_call", "content": '{"name": "weather", "arguments": {"city": "Rome", "days": 2.50}}'},
        {"role": "tool", "content": "rain"}, {"role": "assistant", "content": "Rain."}]},
    {"id": "function-call-thinks", "messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "function_call",
         "content": '<think>\nLook it up.\n</think>\n\n[{"name": "weather", "arguments": {"city": "罗马"}}]'},
        {"role": "tool", "content": "rain"}, {"role": "assistant", "content": "Rain."}]},
    {"id": "function-call-wrapped", "messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "function_call",
         "content": 'So: <tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>'},
        {"role": "tool", "content": "rain"}, {"role": "assistant", "content": "Rain."}]},
    {"id": "function-call-broken", "messages": [
        {"role": "user", "content": "Weather?"}, {"role": "function_call", "content": "weather()"}]},
    {"id": "braces", "messages": [{"role": "user", "content": "{{content}} and {{idx}}"},
                                  {"role": "assistant", "content": "{{content}}"},
                                  {"role": "user", "content": "{{idx}} {{idx}} {{content}}"},
                                  {"role": "assistant", "content": "{{idx}}"}]},
    {"id": "thinking-on", "messages": [{"role": "system", "content": "detailed thinking on"},
                                       {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    {"id": "ends-with-tools", "messages": [{"role": "user", "content": "Roll."}, {"role": "tool", "content": "4"}]},
]


def option_sets(template):
    """The options that are tried with a template: the defaults, each alone, and some together."""
    sets = [{}, {"train_on_prompt": "true"}, {"mask_history": "true"}, {"cutoff_len": "24"}, {"formatting": "openai"}]
    if template in ("qwen3", "gpt_oss", "glm4_moe", "deepseekr1"):
        sets += [{"enable_thinking": value} for value in ("false", "none")]
    if template in ("qwen", "qwen3", "glm4", "gpt_oss"):
        sets += [{"cutoff_len": value} for value in ("1", "2", "7", "100")]
        sets += [{"mask_history": "true", "cutoff_len": "60"}, {"mask_history": "true", "enable_thinking": "false"},
                 {"mask_history": "true", "formatting": "openai"}]
    if template == "qwen":
        sets += [{"mask_history": "true", "train_on_prompt": "true"}]
    return [{"template": template, **options} for options in sets]


def ask(folder, options, ids):
    tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=True, split_special_tokens=False, padding_side="right")
    flag = {"true": True, "false": False, "none": None}
    formatting = options.get("formatting", "sharegpt")
    processor = None

    def trainer(one):
        nonlocal processor
        if processor is None:  # what is wrong with the options is the answer to every conversation
            arguments = DataArguments(
                template=options["template"],
                cutoff_len=int(options.get("cutoff_len", 2048)),
                train_on_prompt=flag[options.get("train_on_prompt", "false")],
                mask_history=flag[options.get("mask_history", "false")],
                enable_thinking=flag[options.get("enable_thinking", "true")],
            )
            template = get_template_and_fix_tokenizer(tokenizer, arguments)
            processor = SupervisedDatasetProcessor(template, tokenizer, None, arguments)
        attributes = DatasetAttr("file", "oracle", formatting, messages="messages", tools="tools", **TAGS)
        tools = one.get("tools")
        example = {"messages": one["messages"], "tools": json.dumps(tools, ensure_ascii=False) if tools else ""}
        converted = get_dataset_converter(formatting, attributes, processor.data_args)(example)
        made = processor.preprocess_dataset({key: [value] for key, value in converted.items()})
        if not made:
            raise golden.Dropped("invalid example")
        [ids], [labels] = made["input_ids"], made["labels"]
        return [golden.row(ids, labels)]

    with_own = ids is None or formatting == "openai"
    return piecewise.ask(trainer, ids, OWN if with_own else ())


def main():
    folders = golden.arguments(__doc__)
    runs = []
    for template in TEMPLATES:
        for options in option_sets(template):
            # All conversations with the defaults of a template that is much used, and with one of either kind.
            everything = len(options) == 1 and template in TEMPLATES[:14] or template in ("qwen3", "glm4")
            rows = ask(folders.embedded, options, None if everything else piecewise.FEW)
            runs.append(piecewise.run("embedded", options, rows))
    markers = piecewise.variant(folders.embedded, **MARKERS)
    for template in TEMPLATES:
        options = {"template": template}
        runs.append(piecewise.run("markers", options, ask(markers, options, piecewise.FEW)))
    plain = piecewise.variant(folders.embedded, **piecewise.PLAIN)
    for template in ("qwen", "chatml", "yi", "gpt_oss"):
        options = {"template": template}
        runs.append(piecewise.run("plain", options, ask(plain, options, piecewise.FEW)))
    if folders.qwen2_5:
        for template in ("qwen", "qwen3", "qwen3_nothink", "chatml", "llama3", "gemma", "default"):
            for options in option_sets(template)[:3]:
                runs.append(piecewise.run("qwen2_5", options, ask(folders.qwen2_5, options, piecewise.FEW)))
    golden.write(
        "llama-factory", "llama-factory", "llamafactory", "0.9.5",
        "data/processor/supervised.py SupervisedDatasetProcessor.preprocess_dataset", runs,
        tokenizers={"markers": MARKERS, "plain": piecewise.PLAIN}, conversations=OWN)


main()
