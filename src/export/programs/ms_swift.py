# pip install ms-swift==4.6.0 transformers==5.23.0
from types import SimpleNamespace

from swift.arguments.base_args.template_args import TemplateArguments
from swift.template import get_template, get_template_meta
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(TOKENIZER)
# What loading a model would put there.
tokenizer.model_info = SimpleNamespace(config=None, task_type="causal_lm", max_model_len=None, model_dir="")
tokenizer.model_meta = SimpleNamespace(is_multimodal=False, template=$template)
arguments = TemplateArguments(template=$template, loss_scale=$loss_scale)
arguments.template_meta = get_template_meta(None, None, $template)
arguments._set_loss_scale()
template = get_template(tokenizer, template_type=$template, loss_scale=arguments.loss_scale)
template.set_mode("train")


def samples(conversation):
    made = template.encode({key: conversation[key] for key in ("messages", "tools") if key in conversation})
    yield made["input_ids"], made["labels"]
