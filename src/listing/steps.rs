//! The steps of the listing in words.

use super::{Cost, Facts, IGNORED, Listing, Row, Step};
use crate::bilingual::Bilingual;
use crate::diagnostic::visible;

/// So many characters of a text stand in a line of Python.
const MOST_CHARACTERS: usize = 48;

pub(super) fn steps(facts: &Facts) -> Listing {
    let steps = vec![
        text(facts),
        ids(facts),
        labels(facts),
        no_such_parameter(),
        collator(facts),
        pad_is_eos(facts),
        zero(facts),
        loss(facts),
    ];
    Listing { steps, right: right(facts) }
}

fn step(title: Bilingual, code: impl Into<String>, row: Option<Row>, says: Vec<Bilingual>) -> Step {
    Step { title, code: code.into(), row, says }
}

/// A string as Python writes it, cut where it is long.
fn literal(text: &str) -> String {
    let mut cut: String = text.chars().take(MOST_CHARACTERS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    serde_json::to_string(&cut).unwrap_or_default()
}

fn text(facts: &Facts) -> Step {
    let code = format!(
        "prompt = {}\nreply = {}\ntext = prompt + reply\n",
        literal(&facts.prompt),
        literal(&facts.reply)
    );
    let stop = facts.eos.as_deref().map(visible);
    let says = match stop {
        Some(stop) => Bilingual::new(
            format!(
                "The text ends with the reply. No stop token follows (here `{stop}`), so none can be trained: the \
                 model never learns where to stop."
            ),
            format!(
                "文本到回复为止，后面没有停止符（这里是 `{stop}`），自然也就没有停止符参与训练：模型学不会在哪里停下。"
            ),
        ),
        None => Bilingual::fixed(
            "The text ends with the reply, and no stop token follows: the model never learns where to stop.",
            "文本到回复为止，后面没有停止符：模型学不会在哪里停下。",
        ),
    };
    step(Bilingual::fixed("The text, put together by hand", "手工拼接的文本"), code, None, vec![says])
}

fn ids(facts: &Facts) -> Step {
    let count = facts.input_ids.len();
    let mut says = vec![Bilingual::new(
        format!(
            "`return_tensors=\"pt\"` makes `input_ids` a tensor of shape [1, {count}], one dimension more than a row has. \
             A collator stacks what it is given: two rows of different lengths end in `RuntimeError: stack expects each \
             tensor to be equal size`."
        ),
        format!(
            "`return_tensors=\"pt\"` 让 `input_ids` 成为形状为 [1, {count}] 的张量，比一行数据多一维。collator 会把各行堆叠起来：\
             两行长度不同，就会报 `RuntimeError: stack expects each tensor to be equal size`。"
        ),
    )];
    if facts.around > 0 {
        says.push(Bilingual::new(
            format!(
                "This tokenizer adds {} of its own special tokens to every text it is given, beside those that the \
                 template wrote.",
                facts.around
            ),
            format!("这个分词器会给每段文本另外加上 {} 个特殊 token，与模板写出的并存。", facts.around),
        ));
    }
    step(
        Bilingual::fixed("`input_ids`, of the whole text", "对整段文本得到的 `input_ids`"),
        format!(
            "encoded = tokenizer(text, return_tensors=\"pt\")\ninput_ids = encoded[\"input_ids\"]  # {count} ids\n"
        ),
        None,
        says,
    )
}

fn labels(facts: &Facts) -> Step {
    let (made, count) = (facts.labels.len(), facts.input_ids.len());
    let text = [&*facts.prompt, &facts.reply].concat();
    let row = Row::new(&text, &facts.offsets, &facts.input_ids, &facts.labels);
    let pairs = facts.labels.iter().enumerate();
    let is_wrong = |(at, label): (usize, &i64)| {
        *label != IGNORED && facts.input_ids.get(at).map(|id| i64::from(*id)) != Some(*label)
    };
    let wrong = pairs.map(is_wrong).filter(|wrong| *wrong).count();
    let mut says = Vec::new();
    if made != count {
        says.push(Bilingual::new(
            format!("The parts give {made} labels for the {count} ids of the whole text."),
            format!("分开编码得到 {made} 个标签，而整段文本有 {count} 个 id。"),
        ));
    }
    if wrong > 0 {
        says.push(Bilingual::new(
            format!(
                "{wrong} labels are not the id that stands in their place: a token of the whole text reaches over the \
                 boundary, or a special token was added once more."
            ),
            format!("有 {wrong} 个标签与所在位置的 id 不同：整段文本中有 token 跨过了边界，或者特殊 token 又被加了一次。"),
        ));
    }
    if says.is_empty() {
        says.push(Bilingual::fixed(
            "Here both ways agree, by luck: no token of the whole text reaches over the boundary. With another template, \
             such as one that ends its prompt with a space, they don't.",
            "这里两种编码恰好一致，只是运气：整段文本中没有跨过边界的 token。换一个模板（例如 prompt 以空格结尾的）就不一致了。",
        ));
    }
    step(
        Bilingual::fixed("`labels`, of the two parts apart", "由两部分分开编码得到的 `labels`"),
        format!(
            "n = len(tokenizer(prompt).input_ids)  # {}\nlabels = [-100] * n + tokenizer(reply).input_ids\n",
            facts.prompt_count
        ),
        Some(row),
        says,
    )
}

fn no_such_parameter() -> Step {
    step(
        Bilingual::fixed("A parameter that does not exist", "并不存在的参数"),
        "collator = DataCollatorForLanguageModeling(\n    tokenizer=tokenizer, mlm=False, ignore_index=-100\n)\n",
        None,
        vec![Bilingual::fixed(
            "transformers stops here: `TypeError: DataCollatorForLanguageModeling.__init__() got an unexpected keyword \
             argument 'ignore_index'`. The label of a masked position is a matter of the loss function, and -100 is its default.",
            "transformers 在这里就会报错：`TypeError: DataCollatorForLanguageModeling.__init__() got an unexpected keyword \
             argument 'ignore_index'`。被忽略的位置用什么标签由损失函数决定，默认就是 -100。",
        )],
    )
}

fn collator(facts: &Facts) -> Step {
    let text = [&*facts.prompt, &facts.reply].concat();
    let (row, says) = match &facts.collated {
        Some(labels) => {
            let row = Row::new(&text, &facts.offsets, &facts.input_ids, labels);
            let (all, trained) = (labels.len(), row.trained);
            let says = Bilingual::new(
                format!(
                    "Without it the listing runs, and the labels made above are thrown away: this collator makes its own, a \
                     copy of `input_ids` in which only the `pad_token` becomes -100. In truth {trained} of {all} tokens \
                     are trained, the prompt with the reply."
                ),
                format!(
                    "去掉它代码就能运行，但上面做好的标签被丢掉了：这个 collator 会自己重新生成，即复制 `input_ids`，只把 \
                     `pad_token` 换成 -100。实际参与训练的是 {all} 个 token 中的 {trained} 个，prompt 和回复都在内。"
                ),
            );
            (Some(row), says)
        }
        None => (
            None,
            Bilingual::fixed(
                "This tokenizer has no `pad_token`, and the collator asks for one: `ValueError: Asking to pad but the \
                 tokenizer does not have a padding token`. The usual answer is the next step.",
                "这个分词器没有 `pad_token`，而 collator 需要它：`ValueError: Asking to pad but the tokenizer does not have a \
                 padding token`。常见的做法就是下一步。",
            ),
        ),
    };
    step(
        Bilingual::fixed("What is trained in truth", "实际训练的是什么"),
        "collator = DataCollatorForLanguageModeling(tokenizer=tokenizer, mlm=False)\nbatch = \
         collator([{\"input_ids\": input_ids, \"labels\": labels}])\n",
        row,
        vec![says],
    )
}

fn pad_is_eos(facts: &Facts) -> Step {
    let right = &facts.right;
    let row = Row::new(&right.text, &right.offsets, &right.input_ids, &facts.pad_is_eos);
    let lost = facts.pad_is_eos.len() - row.trained;
    let says = if lost > 0 {
        Bilingual::new(
            format!(
                "Then the collator masks every stop token too, here {lost}, also where the text has one after the reply: \
                 everything is trained but the stop."
            ),
            format!(
                "这样 collator 会把所有停止符也一并忽略（这里有 {lost} 个），哪怕文本在回复后面有停止符：除了停止符，全都参与训练。"
            ),
        )
    } else {
        Bilingual::fixed(
            "Then the collator masks every stop token too. This template writes none, so here nothing changes.",
            "这样 collator 会把所有停止符也一并忽略。这个模板没有写出停止符，因此这里没有变化。",
        )
    };
    step(
        Bilingual::fixed(
            "`pad_token = eos_token`, as is often advised",
            "常见的建议：`pad_token = eos_token`",
        ),
        "tokenizer.pad_token = tokenizer.eos_token\n",
        Some(row),
        vec![says],
    )
}

fn zero(facts: &Facts) -> Step {
    let zero = visible(&facts.zero);
    step(
        Bilingual::fixed("A comment that says something else", "与代码不符的注释"),
        "loss_fn = nn.CrossEntropyLoss(ignore_index=-100)  # the comment says 0\n",
        None,
        vec![Bilingual::new(
            format!(
                "The comment calls it 0, the code -100. Whoever follows the comment ignores a token that exists: id 0 is \
                 `{zero}` here. And a loss function that is made and not given to the trainer changes nothing."
            ),
            format!(
                "注释写的是 0，代码写的是 -100。若照注释去做，就会忽略一个真实存在的 token：这里 id 0 是 `{zero}`。\
                 而且，只创建损失函数却不交给训练器，什么也不会改变。"
            ),
        )],
    )
}

/// A number with two digits after the point.
fn decimal(number: f64) -> String {
    let cents = (number * 100.0).round() as u64;
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn loss(facts: &Facts) -> Step {
    let meant = facts.cost(&facts.right.labels);
    let truth = facts.cost(facts.collated.as_ref().unwrap_or(&facts.pad_is_eos));
    let mean = |cost: &Cost| cost.mean.map_or_else(|| "NaN".to_owned(), decimal);
    let (vocabulary, each) = (facts.vocabulary, decimal(facts.cost(&[0, 0]).sum));
    let says = vec![
        Bilingual::new(
            format!(
                "The formula is a sum over the labels that are not ignored; PyTorch takes their mean. Let every one of the \
                 {vocabulary} tokens be equally likely: each label then costs ln {vocabulary} = {each}. For the {} labels \
                 of this reply that count, the sum is {}, and the mean {}.",
                meant.count,
                decimal(meant.sum),
                mean(&meant)
            ),
            format!(
                "公式写的是对未被忽略的标签求和，而 PyTorch 取的是平均。设 {vocabulary} 个 token 等概率，则每个标签的损失是 \
                 ln {vocabulary} = {each}。这条回复有 {} 个标签计入：求和得 {}，平均得 {}。",
                meant.count,
                decimal(meant.sum),
                mean(&meant)
            ),
        ),
        Bilingual::new(
            format!(
                "With the labels that the collator made it is {} labels, the sum {} and the mean {}: a model that knows \
                 nothing gives the same loss, so the curve does not tell which tokens are trained.",
                truth.count,
                decimal(truth.sum),
                mean(&truth)
            ),
            format!(
                "换成 collator 生成的标签，则有 {} 个标签计入，求和得 {}，平均得 {}：对一个什么都不会的模型，损失是一样的，\
                 所以从损失曲线看不出训练的是哪些 token。",
                truth.count,
                decimal(truth.sum),
                mean(&truth)
            ),
        ),
    ];
    step(
        Bilingual::fixed("The loss, written as a sum", "写成求和的损失"),
        "# as written:  loss = -sum(y[i] * log(p[i]) for i if labels[i] != -100)\n# PyTorch:     loss = F.cross_entropy(logits, \
         labels)  # reduction=\"mean\"\n",
        None,
        says,
    )
}

fn right(facts: &Facts) -> Step {
    let sample = &facts.right;
    let row = Row::new(&sample.text, &sample.offsets, &sample.input_ids, &sample.labels);
    let (all, trained) = (sample.input_ids.len(), row.trained);
    let says = vec![
        Bilingual::fixed(
            "The chat template writes the text, stop token included. The text is encoded once, and its offsets say where the \
             reply begins and ends. `DataCollatorForSeq2Seq` pads the labels it is given and keeps them.",
            "文本由聊天模板写出，停止符也在内；整段文本只编码一次，用偏移确定回复的起止；`DataCollatorForSeq2Seq` 会补齐并保留给它的标签。",
        ),
        Bilingual::new(
            format!(
                "{trained} of {all} tokens are trained: the reply and its stop token, as in the recipe `per-turn`."
            ),
            format!(
                "{all} 个 token 中有 {trained} 个参与训练：回复和它的停止符，与掩码规则 `per-turn` 相同。"
            ),
        ),
    ];
    step(Bilingual::fixed("The listing that works", "可行的示例代码"), RIGHT, Some(row), says)
}

const RIGHT: &str = "\
prompt = tokenizer.apply_chat_template(messages[:-1], tokenize=False, add_generation_prompt=True)
text = tokenizer.apply_chat_template(messages, tokenize=False)  # messages ends with the reply
encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
ids, offsets = encoded[\"input_ids\"], encoded[\"offset_mapping\"]

start = len(prompt)
end = start + len(reply)
if text.startswith(tokenizer.eos_token, end):
    end += len(tokenizer.eos_token)
labels = [i if start <= at < end else -100 for i, (at, _) in zip(ids, offsets)]

collator = DataCollatorForSeq2Seq(tokenizer)
batch = collator([{\"input_ids\": ids, \"attention_mask\": encoded[\"attention_mask\"], \"labels\": labels}])
";
