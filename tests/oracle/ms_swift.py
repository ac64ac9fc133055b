"""Golden files of ms-swift's training rows, made by the package itself.

    pip install --no-deps ms-swift==4.6.0, and tests/oracle/requirements-ms_swift.txt
    python tests/oracle/ms_swift.py [FOLDER WITH QWEN2.5'S tokenizer.json]
"""

import importlib.metadata
import json
import os
import sys
import types

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.pop(0)  # this file's own folder: it would hide `swift`'s neighbours
sys.path.append(os.path.dirname(os.path.abspath(__file__)))

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
]


def run(folder, options, conversations):
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

    def rows(one):
        made = template.encode({"messages": one["messages"], **({"tools": one["tools"]} if "tools" in one else {})})
        row = {"input_ids": made["input_ids"], "labels": made["labels"]}
        assert "loss_scale" not in made, made
        return [row]

    return {one["id"]: piecewise.attempt(lambda: rows(json.loads(json.dumps(one)))) for one in conversations}


def runs(folder, everything, few):
    made = []
    for template in TEMPLATES:
        for scale in ("default", "last_round", "all"):
            options = {"template": template, "loss_scale": scale}
            which = everything if template in ("qwen", "qwen3") else few
            made.append({"options": options, "rows": run(folder, options, which)})
    return made


def main():
    header = {"recipe": "ms-swift", "source": "ms-swift 4.6.0", "conversations": OWN}
    made = runs(piecewise.embedded(), piecewise.CONVERSATIONS + OWN, piecewise.few())
    piecewise.write("ms-swift", {**header, "tokenizer": "embedded"}, made)
    for folder in sys.argv[1:]:
        made = runs(folder, piecewise.few() + OWN, piecewise.few()[:4])
        piecewise.write("ms-swift.qwen2_5", {**header, "tokenizer": "qwen2_5"}, made)


main()
