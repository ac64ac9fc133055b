"""Golden file of the recipe `trl-response-template`: DataCollatorForCompletionOnlyLM, gone since TRL 0.20.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt && venv/bin/pip install --no-deps trl==0.18.1
    venv/bin/python tests/oracle/trl_response_template.py EMBEDDED [QWEN2_5]

The collator gets one rendered and encoded conversation at a time, so nothing is padded.
"""

import warnings

import trl
from trl.trainer.utils import DataCollatorForCompletionOnlyLM

import golden

assert trl.__version__ == "0.18.1", trl.__version__
warnings.simplefilter("ignore")

USER, ASSISTANT = "<|im_start|>user\n", "<|im_start|>assistant\n"
MARKERS = {
    "chatml": [(ASSISTANT, ""), (ASSISTANT, USER), ("<|im_start|>assistant", "<|im_start|>user"), ("\nHello", "")],
    "tools": [(ASSISTANT, ""), (ASSISTANT, USER)],
    "thinking": [(ASSISTANT, USER)],
    "instruct": [("### Response:\n", ""), ("### Response:\n", "### Instruction:\n"), ("### Response:", "### Instruction:")],
    "spaced": [(" assistant:", ""), (" assistant: ", "user:")],
    "tokenizer": [(ASSISTANT, USER)],
}


def trainer(tokenizer, response, instruction):
    collator = DataCollatorForCompletionOnlyLM(response, instruction or None, tokenizer=tokenizer)

    def run(conversation):
        tools = conversation.get("tools")
        ids = tokenizer.apply_chat_template(conversation["messages"], tools=tools, return_dict=False)
        batch = collator([{"input_ids": ids}])
        return [golden.row(batch["input_ids"][0].tolist(), batch["labels"][0].tolist())]

    return run


def main():
    args = golden.arguments(__doc__)
    runs = []
    for folder, name, ids, template, markers in golden.settings(args, MARKERS):
        tokenizer = golden.load(folder, golden.template(template))
        for response, instruction in markers:
            rows = golden.ask(trainer(tokenizer, response, instruction), ids)
            options = {"response_template": response, "instruction_template": instruction}
            runs.append({"tokenizer": name, "template": template, "options": options, "rows": rows})
    function = "trl/trainer/utils.py: DataCollatorForCompletionOnlyLM.torch_call"
    golden.write("trl-response-template", "trl-response-template", "trl", trl.__version__, function, runs)


main()
