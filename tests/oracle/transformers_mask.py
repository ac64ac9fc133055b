"""Golden file of the recipe `transformers`: `apply_chat_template(return_assistant_tokens_mask=True)`.

    python3 -m venv venv && venv/bin/pip install -r tests/oracle/requirements.txt
    venv/bin/python tests/oracle/transformers_mask.py EMBEDDED [QWEN2_5]
"""

import transformers

import golden

assert transformers.__version__ == "5.23.0", transformers.__version__
TEMPLATES = ["chatml", "tools", "thinking", "instruct", "spaced", "bare", "tokenizer"]
TEMPLATES += ["official/qwen2_5_training", "official/qwen3_training"]  # of trl 1.16.0


def trainer(tokenizer):
    def run(conversation):
        out = tokenizer.apply_chat_template(
            conversation["messages"],
            tools=conversation.get("tools"),
            return_dict=True,
            return_assistant_tokens_mask=True,
        )
        ids, mask = out["input_ids"], out["assistant_masks"]
        return [golden.row(ids, [i if m else golden.IGNORED for i, m in zip(ids, mask)])]

    return run


def main():
    args = golden.arguments(__doc__)
    runs = []
    for folder, name, ids, template, _ in golden.settings(args, dict.fromkeys(TEMPLATES)):
        rows = golden.ask(trainer(golden.load(folder, golden.template(template))), ids)
        runs.append({"tokenizer": name, "template": template, "options": {}, "rows": rows})
    function = "tokenization_utils_base.py: PreTrainedTokenizerBase.apply_chat_template"
    golden.write("transformers", "transformers", "transformers", transformers.__version__, function, runs)


main()
