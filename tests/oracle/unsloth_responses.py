"""Golden file of the recipe `unsloth`: train_on_responses_only.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/pip download --no-deps -d wheels unsloth-zoo==2026.10.9 && unzip wheels/unsloth_zoo-*.whl -d unsloth
    venv/bin/python tests/oracle/unsloth_responses.py EMBEDDED [QWEN2_5] (with PYTHONPATH=unsloth)

The module is loaded by its file: the package itself refuses to be imported without a GPU and without `unsloth`.
"""

import importlib.metadata
import importlib.util
import pathlib
import sys

import golden

for folder in sys.path:
    path = pathlib.Path(folder) / "unsloth_zoo" / "dataset_utils.py"
    if path.exists():
        break
spec = importlib.util.spec_from_file_location("unsloth_zoo_dataset_utils", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
VERSION = importlib.metadata.version("unsloth_zoo")
assert VERSION == "2026.10.9", VERSION

USER, ASSISTANT = "<|im_start|>user\n", "<|im_start|>assistant\n"
MARKERS = {
    "chatml": [("", ""), (USER, ASSISTANT), ("<|im_start|>user", "<|im_start|>assistant"), ("user", "assistant")],
    "tools": [("", ""), (USER, ASSISTANT)],
    "thinking": [("", ""), (USER, ASSISTANT)],
    "bare": [("", ""), (USER, ASSISTANT)],
    "instruct": [("", ""), ("### Instruction:\n", "### Response:\n"), ("### Instruction:", "### Response:")],
    "spaced": [("", ""), ("user:", " assistant:")],
    "tokenizer": [("", ""), (USER, ASSISTANT)],
}


def trainer(tokenizer, instruction, response, last):
    mask = module.train_on_responses_only(
        None,
        instruction_part=instruction or None,
        response_part=response or None,
        tokenizer=tokenizer,
        return_function=True,
        last_response_only=last,
    )

    def run(conversation):
        tools = conversation.get("tools")
        ids = tokenizer.apply_chat_template(conversation["messages"], tools=tools, return_dict=False)
        [labels] = mask({"input_ids": [ids]})["labels"]
        if all(label == golden.IGNORED for label in labels):
            # What `train_on_responses_only` does with the dataset of a trainer.
            raise golden.Dropped("no token is trained")
        return [golden.row(ids, labels)]

    return run


def main():
    args = golden.arguments(__doc__)
    runs = []
    for folder, name, ids, template, markers in golden.settings(args, MARKERS):
        tokenizer = golden.load(folder, golden.template(template))
        for (instruction, response), last in [(it, last) for it in markers for last in (False, True)]:
            try:
                rows = golden.ask(trainer(tokenizer, instruction, response, last), ids)
            except ValueError as error:
                rows = golden.ask(lambda _, error=error: (_ for _ in ()).throw(error), ids)
            options = {"instruction_part": instruction, "response_part": response}
            options["last_response_only"] = str(last).lower()
            runs.append({"tokenizer": name, "template": template, "options": options, "rows": rows})
    function = "unsloth_zoo/dataset_utils.py: train_on_responses_only"
    golden.write("unsloth", "unsloth", "unsloth-zoo", VERSION, function, runs)


main()
