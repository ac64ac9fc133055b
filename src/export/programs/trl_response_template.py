# pip install trl==$$version.1 transformers==5.23.0 datasets==5.2.0 accelerate torch
from trl.trainer.utils import DataCollatorForCompletionOnlyLM

$tokenizer
collator = DataCollatorForCompletionOnlyLM(
    $response_template, instruction_template=$instruction_template or None, tokenizer=tokenizer
)


def samples(conversation):
    ids = tokenizer.apply_chat_template(conversation["messages"], tools=conversation.get("tools"), return_dict=False)
    batch = collator([{"input_ids": ids}])
    yield batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
