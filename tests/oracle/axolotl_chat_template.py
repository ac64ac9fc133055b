"""Golden file of the recipe `axolotl`: `type: chat_template`, ChatTemplateStrategy.tokenize_prompt.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/pip install --no-deps axolotl==0.19.0 addict colorama art python-dotenv
    venv/bin/python tests/oracle/axolotl_chat_template.py EMBEDDED [QWEN2_5]

axolotl then drops rows without a trained token (`process_datasets_for_packing`), and so does this script.
"""

import importlib.metadata

from axolotl.prompt_strategies import chat_template
from axolotl.utils.dict import DictDefault

import golden

VERSION = importlib.metadata.version("axolotl")
assert VERSION == "0.19.0", VERSION
DEFAULTS = {"roles_to_train": "assistant", "train_on_eos": "turn", "train_on_inputs": "false", "eot_tokens": ""}
SETTINGS = {
    "chatml": [
        {}, {"train_on_eos": "all"}, {"train_on_eos": "last"}, {"train_on_eos": "none"}, {"train_on_inputs": "true"},
        {"roles_to_train": "user"}, {"roles_to_train": "assistant,tool"}, {"roles_to_train": ""},
        {"eot_tokens": "<|im_end|>,<|endoftext|>"}, {"eot_tokens": "nowhere"}, {"eot_tokens": "content"},
    ],
    "tools": [{}, {"train_on_eos": "all"}, {"roles_to_train": "assistant,tool"}],
    "thinking": [{}, {"train_on_inputs": "true", "train_on_eos": "last"}],
    "instruct": [{}, {"train_on_eos": "all"}, {"eot_tokens": "### Instruction:"}],
    "spaced": [{}, {"train_on_inputs": "true", "train_on_eos": "all"}],
    "bare": [{}, {"train_on_eos": "last"}],
    "tokenizer": [{}, {"train_on_eos": "all"}, {"train_on_eos": "last"}],
}


def items(text):
    return [item for item in text.split(",") if item]


def trainer(tokenizer, options):
    cfg = DictDefault(
        train_on_inputs=options["train_on_inputs"] == "true",
        sequence_len=1 << 20,
        # Without it axolotl takes `[eos_token]`.
        eot_tokens=items(options["eot_tokens"]) or None,
        chat_template="tokenizer_default",
    )
    dataset = {"roles_to_train": items(options["roles_to_train"]), "train_on_eos": options["train_on_eos"]}
    strategy = chat_template.load(tokenizer, cfg, dataset)

    def run(conversation):
        del conversation["id"]
        out = strategy.tokenize_prompt(conversation)
        if all(label == golden.IGNORED for label in out["labels"]):
            raise golden.Dropped("no trainable token")
        return [golden.row(out["input_ids"], out["labels"])]

    return run


def main():
    args = golden.arguments(__doc__)
    runs = []
    for folder, name, ids, template, settings in golden.settings(args, SETTINGS):
        for changed in settings:
            options = {**DEFAULTS, **changed}
            try:
                rows = golden.ask(trainer(golden.load(folder, golden.template(template)), options), ids)
            except ValueError as error:
                rows = golden.ask(lambda _, error=error: (_ for _ in ()).throw(error), ids)
            runs.append({"tokenizer": name, "template": template, "options": options, "rows": rows})
    function = "axolotl/prompt_strategies/chat_template.py: ChatTemplateStrategy.tokenize_prompt"
    golden.write("axolotl", "axolotl", "axolotl", VERSION, function, runs)


main()
