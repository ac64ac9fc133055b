# pip install transformers==5.23.0 jinja2
$tokenizer


def samples(conversation):
    ids = tokenizer.apply_chat_template(conversation["messages"], tools=conversation.get("tools"), return_dict=False)
    yield ids, ids
