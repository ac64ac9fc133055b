# pip install trl==$$version.0 transformers==5.23.0 datasets==5.2.0 accelerate torch
$trl


def samples(conversation):
    return prepared({"messages": conversation["messages"], **tools_of(conversation)}, assistant_only_loss=True)
