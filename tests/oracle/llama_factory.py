"""Golden files of LLaMA-Factory's supervised examples, made by the package itself.

    pip install --no-deps llamafactory==0.9.5, and tests/oracle/requirements-llama_factory.txt
    python tests/oracle/llama_factory.py [FOLDER WITH QWEN2.5'S tokenizer.json]
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


def conversations(template, options):
    """All of them where the options are the defaults, or the template is one that shows every branch."""
    everything = len(options) == 1 or template in ("qwen3", "glm4")
    return piecewise.CONVERSATIONS if everything else piecewise.few()


def run(folder, options, conversations):
    tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=True, split_special_tokens=False, padding_side="right")
    flag = {"true": True, "false": False, "none": None}
    try:
        arguments = DataArguments(
            template=options["template"],
            cutoff_len=int(options.get("cutoff_len", 2048)),
            train_on_prompt=flag[options.get("train_on_prompt", "false")],
            mask_history=flag[options.get("mask_history", "false")],
            enable_thinking=flag[options.get("enable_thinking", "true")],
        )
        template = get_template_and_fix_tokenizer(tokenizer, arguments)
    except Exception as error:
        return {one["id"]: {"error": f"{type(error).__name__}: {error}"} for one in conversations}
    processor = SupervisedDatasetProcessor(template, tokenizer, None, arguments)
    formatting = options.get("formatting", "sharegpt")
    attributes = DatasetAttr("file", "oracle", formatting, messages="messages", tools="tools", **TAGS)
    converter = get_dataset_converter(formatting, attributes, arguments)

    def rows(one):
        tools = one.get("tools")
        example = {"messages": one["messages"], "tools": json.dumps(tools, ensure_ascii=False) if tools else ""}
        converted = converter(example)
        made = processor.preprocess_dataset({key: [value] for key, value in converted.items()})
        if not made:
            return {"dropped": "invalid example"}
        [ids], [labels] = made["input_ids"], made["labels"]
        if None in ids:
            return {"error": "a token of the template has no id"}
        return [{"input_ids": ids, "labels": labels}]

    return {one["id"]: piecewise.attempt(lambda: rows(one)) for one in conversations}


def main():
    header = {"recipe": "llama-factory", "source": "llamafactory 0.9.5"}
    runs = [
        {"options": options, "rows": run(piecewise.embedded(), options, conversations(template, options))}
        for template in TEMPLATES for options in option_sets(template)
    ]
    piecewise.write("llama-factory", {**header, "tokenizer": "embedded"}, runs)
    # A tokenizer with a bos_token and the markers of Llama 3, DeepSeek and GLM.
    added = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<｜User｜>", "<｜Assistant｜>", "[gMASK]", "<sop>",
             "<|user|>", "<|assistant|>", "<|observation|>", "<end_of_turn>"]
    config = {"bos_token": "<|endoftext|>", "eos_token": "<|eot_id|>"}
    runs = [
        {"options": {"template": template}, "rows": run(piecewise.embedded(added, **config), {"template": template},
                                                        piecewise.few())}
        for template in TEMPLATES
    ]
    own = {"tokenizer": "embedded", "added_tokens": added, "tokenizer_config": config}
    piecewise.write("llama-factory.markers", {**header, **own}, runs)
    for folder in sys.argv[1:]:
        runs = [
            {"options": options, "rows": run(folder, options, piecewise.few())}
            for template in ("qwen", "qwen3", "qwen3_nothink", "chatml", "llama3", "gemma", "default")
            for options in option_sets(template)[:4]
        ]
        piecewise.write("llama-factory.qwen2_5", {**header, "tokenizer": "qwen2_5"}, runs)


main()
