# pip install trl==$$version.0 transformers==5.23.0 datasets==5.2.0 accelerate torch
$trl


def samples(conversation):
    # The last reply is the completion, what stands before it the prompt, and what follows it is left out.
    messages = conversation["messages"]
    last = max(at for at, message in enumerate(messages) if message["role"] == "assistant")
    return prepared({"prompt": messages[:last], "completion": [messages[last]], **tools_of(conversation)})
