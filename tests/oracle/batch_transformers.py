"""Golden file of the collators of transformers, run on samples that are cut first.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/python tests/oracle/batch_transformers.py

`DataCollatorForLanguageModeling` gets rows without labels, as it makes its own (`language-modeling`); what it does with
rows that have labels is asked for too (`language-modeling-labelled`).
"""

import transformers
from transformers import DataCollatorForLanguageModeling, DataCollatorForSeq2Seq, DataCollatorWithFlattening

from batching import EOS, SHAPES, case, cut, groups, plain, settings, word_tokenizer, write

assert transformers.__version__ == "5.23.0", transformers.__version__


def language_modeling(s, labelled):
    collate = DataCollatorForLanguageModeling(word_tokenizer(s), mlm=False, pad_to_multiple_of=s.multiple_of)

    def run(rows):
        rows = cut(rows, s)
        if not labelled:
            rows = [{"input_ids": row["input_ids"]} for row in rows]
        return [plain(collate(group)) for group in groups(rows, s.batch_size)]

    return run


def seq2seq(s):
    collate = DataCollatorForSeq2Seq(word_tokenizer(s), pad_to_multiple_of=s.multiple_of)
    return lambda rows: [plain(collate(group)) for group in groups(cut(rows, s), s.batch_size)]


def flattening(s):
    collate = DataCollatorWithFlattening()
    return lambda rows: [plain(collate(group)) for group in groups(cut(rows, s), s.batch_size)]


def main():
    padded = [{}, {"padding_side": "left"}, {"pad": EOS}, {"pad": EOS, "padding_side": "left"}, {"pad": None},
              {"multiple_of": 8}, {"multiple_of": 8, "padding_side": "left"}, {"max_length": 8},
              {"max_length": 8, "truncation": "keep_end"}, {"max_length": 7, "truncation": "drop"},
              {"max_length": 1}, {"batch_size": 2}, {"batch_size": 1, "pad": EOS}]
    cases = []
    for shape in SHAPES:
        for changed in padded:
            s = settings(**changed)
            cases.append(case(shape, "language-modeling", s, language_modeling(s, False)))
            cases.append(case(shape, "seq2seq", s, seq2seq(s)))
        for changed in [{}, {"pad": EOS}]:
            s = settings(**changed)
            cases.append(case(shape, "language-modeling-labelled", s, language_modeling(s, True)))
        for changed in [{}, {"max_length": 8}, {"max_length": 8, "truncation": "keep_end"}, {"batch_size": 2}]:
            s = settings(**changed)
            cases.append(case(shape, "flattening", s, flattening(s)))
    function = "transformers/data/data_collator.py"
    write("transformers", "transformers", transformers.__version__, function, cases)


main()
