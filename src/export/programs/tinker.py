# pip install tinker-cookbook==0.6.1 transformers==5.23.0
from tinker_cookbook.renderers import TrainOnWhat, get_renderer
from tinker_cookbook.renderers.base import ToolCall
from transformers import AutoTokenizer

renderer = get_renderer($renderer, AutoTokenizer.from_pretrained(TOKENIZER))


def message(one):
    # Tool calls are objects of the library, and their arguments JSON strings.
    for call in one.get("tool_calls") or ():
        if not isinstance(call["function"]["arguments"], str):
            call["function"]["arguments"] = json.dumps(call["function"]["arguments"])
    calls = [ToolCall.model_validate(call) for call in one.get("tool_calls") or ()]
    return {**one, "tool_calls": calls} if "tool_calls" in one else one


def samples(conversation):
    messages = [message(one) for one in conversation["messages"]]
    tokens, weights = renderer.build_supervised_example(messages, TrainOnWhat($train_on_what))
    ids = tokens.to_ints()
    yield ids, [i if weight > 0 else -100 for i, weight in zip(ids, weights)]
