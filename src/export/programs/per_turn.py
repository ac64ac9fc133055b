# pip install transformers==5.23.0 jinja2
import os

$tokenizer


def samples(conversation):
    # A message, and between which characters of the text it is trained: where the reply ends is lossmask's to know.
    for reply, start, end in conversation["replies"]:
        messages, tools = conversation["messages"][: reply + 1], conversation.get("tools")
        text = tokenizer.apply_chat_template(messages, tools=tools, tokenize=False)
        prompt = text[:start]
        try:
            prompt = tokenizer.apply_chat_template(messages[:-1], tools=tools, tokenize=False, add_generation_prompt=True)
            start = len(os.path.commonprefix([prompt, text]))
        except Exception:  # a template that can't render the prompt alone
            pass
        coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ids = coded["input_ids"]
        if $boundary == "separate":
            encode = lambda part: tokenizer(part, add_special_tokens=False)["input_ids"]
            labels = ([-100] * len(encode(prompt)) + encode(text[start:end]))[: len(ids)]
            yield ids, labels + [-100] * (len(ids) - len(labels))
        else:
            yield ids, [i if start <= at < end else -100 for i, (at, _) in zip(ids, coded["offset_mapping"])]
