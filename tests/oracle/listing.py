"""Golden file of the listing that does not work, and of the one that does: transformers and PyTorch run both.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/python tests/oracle/listing.py EMBEDDED

The first is what `src/listing/` takes apart: `input_ids` of the whole text, `labels` of prompt and reply tokenised apart,
and a collator that overwrites them. Of each conversation the first reply is taken.
"""

import gzip
import json
import math
import sys

import torch
import transformers
from transformers import AutoTokenizer, DataCollatorForLanguageModeling, DataCollatorForSeq2Seq

import golden
import piecewise

assert transformers.__version__ == "5.23.0", transformers.__version__
IDS = ["single-zh", "multi", "system-multi", "special-im-end", "chinese-rare", "emoji-edges", "mixed", "code", "long-multi"]
FIRST, TEXT = {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
# A tokenizer that puts `<s>` in front of every text and has no pad_token, as Llama 2's; and one whose pad_token is its eos_token.
VARIANTS = {
    "llama": {
        "added_tokens": ["<unk>", "<s>", "</s>"],
        "tokenizer_config": {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": None},
        "tokenizer_json": {"post_processor": {
            "type": "TemplateProcessing", "single": [FIRST, TEXT],
            "pair": [FIRST, TEXT, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [8193], "tokens": ["<s>"]}}}},
    },
    "pad-is-eos": {"tokenizer_config": {"pad_token": "<|im_end|>"}},
}


def said(run):
    """What a call raises; None where it works."""
    try:
        run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def costs(labels, vocabulary):
    """The sum and PyTorch's own mean for a model to which every token is equally likely, and how many count."""
    logits, labels = torch.zeros(len(labels) - 1, vocabulary), torch.tensor(labels[1:])
    of = lambda reduction: torch.nn.functional.cross_entropy(logits, labels, reduction=reduction).item()
    mean = of("mean")
    return {"count": int((labels != -100).sum()), "sum": of("sum"), "mean": None if math.isnan(mean) else mean}


def listing(tokenizer, prompt, reply):
    whole = tokenizer(prompt + reply, return_tensors="pt")
    labels = [-100] * len(tokenizer(prompt).input_ids) + tokenizer(reply).input_ids
    return {"input_ids": whole["input_ids"], "attention_mask": whole["attention_mask"], "labels": labels}


def case(tokenizer, messages):
    last = next(at for at, message in enumerate(messages) if message["role"] == "assistant")
    prompt = tokenizer.apply_chat_template(messages[:last], tokenize=False, add_generation_prompt=True)
    reply = messages[last]["content"]
    row = listing(tokenizer, prompt, reply)
    found = {"prompt": prompt, "reply": reply, "prompt_count": len(tokenizer(prompt).input_ids),
             "input_ids": row["input_ids"][0].tolist(), "labels": row["labels"], "vocabulary": len(tokenizer)}
    found["no_such_parameter"] = said(lambda: DataCollatorForLanguageModeling(tokenizer=tokenizer, mlm=False, ignore_index=-100))
    collator = DataCollatorForLanguageModeling(tokenizer=tokenizer, mlm=False)
    found["collator"] = said(lambda: collator([row]))
    if found["collator"] is None:
        batch = collator([row])
        assert batch["input_ids"].shape == batch["labels"].shape == (1, 1, len(found["input_ids"]))
        found["collated"] = batch["labels"][0][0].tolist()
        longer = listing(tokenizer, prompt, reply + reply + "!")
        found["two_rows"] = said(lambda: collator([row, longer]))
        found["lengths"] = [len(found["input_ids"]), longer["input_ids"].shape[1]]
    # The corrected one.
    text = tokenizer.apply_chat_template(messages[: last + 1], tokenize=False)
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    start = len(prompt)
    assert text.startswith(prompt + reply), (prompt, reply, text)
    end = start + len(reply)
    if text.startswith(tokenizer.eos_token, end):
        end += len(tokenizer.eos_token)
    ids = coded["input_ids"]
    labels = [i if start <= at < end else -100 for i, (at, _) in zip(ids, coded["offset_mapping"])]
    pad = tokenizer.pad_token
    tokenizer.pad_token = tokenizer.eos_token
    flat = {"input_ids": ids, "attention_mask": coded["attention_mask"]}
    found["pad_is_eos"] = DataCollatorForLanguageModeling(tokenizer=tokenizer, mlm=False)([flat])["labels"][0].tolist()
    kept = DataCollatorForSeq2Seq(tokenizer)([{**flat, "labels": labels}])
    tokenizer.pad_token = pad
    assert kept["labels"][0].tolist() == labels
    found["right"] = {"input_ids": kept["input_ids"][0].tolist(), "labels": labels}
    found["right_costs"] = costs(labels, len(tokenizer))
    if "collated" in found:
        found["collated_costs"] = costs(found["collated"], len(tokenizer))
    return found


def main():
    embedded = sys.argv[1]
    folders = {"embedded": embedded} | {name: piecewise.variant(embedded, **made) for name, made in VARIANTS.items()}
    cases = []
    for name, folder in folders.items():
        tokenizer = AutoTokenizer.from_pretrained(folder)
        for template in ("chatml", "spaced"):
            tokenizer.chat_template = golden.template(template)
            for conversation in golden.conversations(IDS).values():
                try:
                    found = case(tokenizer, conversation["messages"])
                except AssertionError as error:
                    print("left out:", name, template, conversation["id"], str(error)[:80])
                    continue
                cases.append({"tokenizer": name, "template": template, "conversation": conversation["id"], **found})
    path = golden.HERE.parent / "listing" / "golden.json.gz"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"tokenizers": VARIANTS, "cases": cases}, ensure_ascii=False, separators=(",", ":")) + "\n"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(len(cases), "cases,", path.stat().st_size, "bytes")


main()
