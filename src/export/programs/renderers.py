# pip install renderers==0.1.12 transformers==5.23.0
from renderers.base import build_training_sample
from renderers.deepseek_v3 import DeepSeekV3Renderer
from renderers.default import DefaultRenderer
from renderers.qwen3 import Qwen3Renderer

$tokenizer
renderer = {"qwen3": Qwen3Renderer, "deepseek_v3": DeepSeekV3Renderer, "default": DefaultRenderer}[$renderer](tokenizer)
# The default renderer does not know what a model samples, and asks for the roles to train.
roles = {"role_to_mask": lambda message: message["role"] == "assistant"} if $renderer == "default" else {}


def samples(conversation):
    made = build_training_sample(renderer, conversation["messages"], tools=conversation.get("tools"), **roles)
    yield made.token_ids, [i if trained else -100 for i, trained in zip(made.token_ids, made.loss_mask)]
