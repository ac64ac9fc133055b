"""Golden files of FastChat's Vicuna rows, made by the package itself.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    python tests/oracle/fastchat_train.py EMBEDDED
"""

import importlib.metadata
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import golden
import piecewise
from fastchat.train import train
from transformers import AutoTokenizer

assert importlib.metadata.version("fschat") == "0.2.36"

# A tokenizer that is like Llama's in what this trainer counts on: `<s>` comes first, `</s>` and `<unk>` are tokens.
FIRST = {"SpecialToken": {"id": "<s>", "type_id": 0}}
TEXT = {"Sequence": {"id": "A", "type_id": 0}}
LLAMA = {
    "added_tokens": ["<unk>", "<s>", "</s>"],
    "tokenizer_config": {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<unk>"},
    "tokenizer_json": {"post_processor": {
        "type": "TemplateProcessing", "single": [FIRST, TEXT], "pair": [FIRST, TEXT, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [8193], "tokens": ["<s>"]}}}},
}
OWN = [
    {"id": "null-content", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}]},
    {"id": "typed-end", "messages": [
        {"role": "user", "content": "What is </s>?"}, {"role": "assistant", "content": "The end.</s>"}]},
    {"id": "typed-unk", "messages": [{"role": "user", "content": "<unk>"}, {"role": "assistant", "content": "Hm"}]},
    {"id": "typed-marker", "messages": [
        {"role": "user", "content": "Say ASSISTANT: "}, {"role": "assistant", "content": "No. ASSISTANT: no."},
        {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]},
]
FROM = {"user": "human", "assistant": "gpt"}


def ask(folder, options, ids=None):
    tokenizer = AutoTokenizer.from_pretrained(folder, model_max_length=int(options.get("model_max_length", 512)),
                                              padding_side="right", use_fast=False)
    if tokenizer.pad_token != tokenizer.unk_token:  # as `train` does
        tokenizer.pad_token = tokenizer.unk_token
    tokenizer.legacy = options.get("legacy", "true") == "true"  # Llama's tokenizer has it

    def trainer(one):
        source = [{"from": FROM.get(it["role"], it["role"]), "value": it.get("content")} for it in one["messages"]]
        prompts = []
        encode = type(tokenizer).__call__

        def listening(self, text, **more):
            if isinstance(text, list):
                prompts.extend(text)
            return encode(self, text, **more)

        type(tokenizer).__call__ = listening
        try:
            made = train.preprocess([source], tokenizer)
        finally:
            type(tokenizer).__call__ = encode
        [prompt] = prompts
        # A row is padded to `model_max_length`, which our samples are not.
        count = min(len(tokenizer(prompt).input_ids), tokenizer.model_max_length)
        ids, labels = made["input_ids"][0].tolist(), made["labels"][0].tolist()
        assert set(labels[count:]) <= {golden.IGNORED}
        return [golden.row(ids[:count], labels[:count])]

    return piecewise.ask(trainer, ids, OWN)


def main():
    folders = golden.arguments(__doc__)
    llama = piecewise.variant(folders.embedded, **LLAMA)
    sets = [{}, {"legacy": "false"}, {"model_max_length": "64"}, {"model_max_length": "64", "legacy": "false"}]
    runs = [piecewise.run("llama", options, ask(llama, options)) for options in sets]
    runs.append(piecewise.run("embedded", {}, ask(folders.embedded, {}, ["single"])))  # it can't be padded
    golden.write("fastchat", "fastchat", "fschat", "0.2.36", "train/train.py preprocess", runs,
                 tokenizers={"llama": LLAMA}, conversations=OWN)


main()
