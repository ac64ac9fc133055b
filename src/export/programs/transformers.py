# pip install transformers==5.23.0 jinja2
$tokenizer


def samples(conversation):
    made = tokenizer.apply_chat_template(
        conversation["messages"], tools=conversation.get("tools"), return_dict=True, return_assistant_tokens_mask=True
    )
    ids = made["input_ids"]
    yield ids, [i if trained else -100 for i, trained in zip(ids, made["assistant_masks"])]
