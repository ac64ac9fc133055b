//! The words of the lesson, step by step, in the order in which they are read.

use std::borrow::Cow;

use super::Step;
use crate::bilingual::Bilingual;

/// What is said at every step.
pub static STEPS: &[Step] = &[
    Step {
        id: Cow::Borrowed("input-and-label"),
        title: Bilingual::fixed("Input and label", "输入与标签"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "A chat model writes one token at a time; a token is a word or a piece of one. In training it reads a finished \
                 conversation and guesses every token from those before it.",
                "聊天模型每次只写一个 token，也就是一个词或词的一部分。训练时让它读一段写好的对话，根据前文逐个猜出每个 token。",
            ),
            Bilingual::fixed(
                "The input is all that it reads: the whole conversation. The labels say which guesses are graded. A green token has a \
                 label. A grey one is read, and not graded.",
                "输入是它读到的一切，即整段对话。标签规定哪些猜测要评分：绿色的 token 有标签，灰色的只读、不评分。",
            ),
            Bilingual::fixed(
                "Here a user asks for a poem and the assistant writes one. Green are the poem and the stop token after it: the model is \
                 to learn how to answer, not how to ask.",
                "这里用户请助手写诗，助手写了一首。绿色的是这首诗和结尾的停止符：要学的是怎么回答，不是怎么提问。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Click a green token. The inspector says why it is trained.",
            "点击一个绿色的 token，看看“详情”里说它为什么参与训练。",
        ),
        button: None,
        done: Bilingual::fixed(
            "Token {0} is trained: its label is {1}, the number of this very token.",
            "位置 {0} 的 token 参与训练：标签是 {1}，正是它自己的编号。",
        ),
    },
    Step {
        id: Cow::Borrowed("samples"),
        title: Bilingual::fixed("One reply, one sample", "一条回复，一个样本"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "This conversation has two replies, and the recipe `per-turn` makes two samples of it. Each ends with one reply; all \
                 that comes before is context.",
                "这段对话有两条回复，掩码规则 `per-turn` 就把它拆成两个样本。每个样本以一条回复收尾，之前的内容都是上下文。",
            ),
            Bilingual::fixed(
                "The first poem stands in both. In sample 1 it is the reply and trained. In sample 2 it is context and masked: the \
                 second poem may build on it, and it is not graded twice.",
                "第一首诗在两个样本里都有。在样本 1 里它是回复，参与训练；在样本 2 里它是上下文，被忽略：写第二首时可以参考它，但不会重复评分。",
            ),
        ]),
        ask: Bilingual::fixed(
            "In sample 2, click a token of the first poem. Where it is folded to a line, open that first.",
            "在样本 2 里点击第一首诗的任意一个 token；如果那一段折叠成了一行，先展开它。",
        ),
        button: None,
        done: Bilingual::fixed(
            "Token {0} is masked in sample {1} and trained in sample {2}. The mask goes by place, not by text.",
            "位置 {0} 的 token 在样本 {1} 里被忽略，在样本 {2} 里参与训练。掩码看位置，不看内容。",
        ),
    },
    Step {
        id: Cow::Borrowed("side-by-side"),
        title: Bilingual::fixed("Tokens and labels, side by side", "token 与标签，逐个对照"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "A model reads numbers. Every token has one, its id, and the list of them is `input_ids`.",
                "模型读的是数字。每个 token 都有一个编号，叫 id；按顺序排成列表，就是 `input_ids`。",
            ),
            Bilingual::fixed(
                "`labels` is a second list of the same length. Where a token is trained, its id stands there once more; everywhere else \
                 stands −100.",
                "`labels` 是另一个等长的列表：参与训练的位置，把自己的 id 再写一遍；其余位置一律写 −100。",
            ),
            Bilingual::fixed(
                "The two line up: a label stands under its own token. The shift by one, by which each token is predicted from those \
                 before it, comes later, where the loss is computed.",
                "两个列表是对齐的，标签就在自己的 token 下面。用前文预测下一个 token 要错开一位，那是之后计算 loss 时的事。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Now ids stand under the tokens. Press `labels`, above the samples, and watch which numbers change.",
            "现在 token 下面是 id。按一下样本上方的 `labels`，看哪些数字变了。",
        ),
        button: None,
        done: Bilingual::fixed(
            "{0} numbers became {2}, and {1} stayed: those are trained.",
            "{0} 个数字变成了 {2}，{1} 个没有变：没变的就是参与训练的。",
        ),
    },
    Step {
        id: Cow::Borrowed("why-100"),
        title: Bilingual::fixed("Why −100", "为什么是 −100"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "The loss is cross-entropy: −log p for each label, where p is the probability that the model gave this token; then the \
                 mean of them.",
                "loss 是交叉熵：每个标签算一项 −log p，p 是模型给这个 token 的概率；然后取平均。",
            ),
            Bilingual::fixed(
                "PyTorch leaves out every label that equals `ignore_index`. That is −100 unless one says otherwise, and no token has a \
                 negative id. What is left out counts neither in the sum nor in the mean, and the gradient of that guess is exactly 0.",
                "PyTorch 会跳过等于 `ignore_index` 的标签。它默认是 −100，而 token 的 id 没有负数。跳过的标签既不进总和，也不进个数，\
                 那一处猜测的梯度恰好是 0。",
            ),
            Bilingual::fixed(
                "Masked is not hidden. Later tokens still attend to it, so its `attention_mask` stays 1.",
                "被忽略不等于看不见：后面的 token 照样注意得到它，所以它的 `attention_mask` 仍是 1。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Click a grey token, and find its label and its attention in the inspector.",
            "点击一个灰色的 token，在“详情”里找到它的 label 和 attention。",
        ),
        button: None,
        done: Bilingual::fixed(
            "Token {0} has the label {1} and the attention 1: the model reads it and is not graded on it.",
            "位置 {0} 的 token：label 是 {1}，attention 是 1。模型读得到它，只是不为它评分。",
        ),
    },
    Step {
        id: Cow::Borrowed("instead"),
        title: Bilingual::fixed("What may replace it", "能换成别的数吗"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "Another number will do, on two conditions: the loss function is told the same one, and no token has it as its id.",
                "可以换，但有两个条件：损失函数要用同一个数；这个数不能是任何 token 的 id。",
            ),
            Bilingual::fixed(
                "So −1 will do. 0 looks as harmless, but it is an id. Here it is the id of `!`, and this reply is full of them.",
                "所以 −1 可以。0 看上去同样无害，却是一个 id：在这里它是 `!` 的 id，而这条回复里到处都是它。",
            ),
        ]),
        ask: Bilingual::fixed(
            "In the settings at the top, change `ignore_index` to 0 and press Enter. Then try −1.",
            "在页面上方的设置里，把 `ignore_index` 改成 0，按回车。然后再试试 −1。",
        ),
        button: None,
        done: Bilingual::fixed(
            "With {1}, the loss also skips {0} tokens of the reply, because {1} is their id. They are never learned.",
            "用 {1} 时，回复里 id 恰好是 {1} 的 {0} 个 token 也被跳过，模型学不到它们。",
        ),
    },
    Step {
        id: Cow::Borrowed("goes-wrong"),
        title: Bilingual::fixed("What goes wrong", "哪里会出错"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "A much copied listing masks the prompt with care. Then it hands its labels to a collator, which throws them away and \
                 makes its own. Those mask nothing but padding.",
                "有一段被广为抄用的代码，先仔细地把 prompt 掩掉，再把标签交给一个 collator；后者丢掉这些标签，自己重新生成，只忽略填充。",
            ),
            Bilingual::fixed(
                "It comes to what you see now: every token is trained, the questions too. Once a parameter that does not exist is \
                 removed, no error says so, and the loss falls. One has to look at the labels.",
                "结果就像现在页面上这样：所有 token 都参与训练，问题也不例外。删掉一个并不存在的参数之后，代码不再报错，loss 也照样下降；\
                 不去看标签就发现不了。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Open the listing, read its fifth step, and close it again.",
            "打开这段代码，读一读第 5 步，然后关闭。",
        ),
        button: Some(Bilingual::fixed("Open the listing", "打开示例代码")),
        done: Bilingual::fixed(
            "In truth it trains {0} of {1} tokens. The listing that works trains {2} of {3}.",
            "它实际训练了 {1} 个 token 中的 {0} 个；可行的写法是 {3} 个中的 {2} 个。",
        ),
    },
    Step {
        id: Cow::Borrowed("trainers"),
        title: Bilingual::fixed("What the trainers do", "各家训练器怎么做"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "A row is a trainer, a column a token. Every rule was compared with what the trainer’s own code makes.",
                "一行是一个训练器，一列是一个 token。每条规则都和训练器自己的代码比对过。",
            ),
            Bilingual::fixed(
                "All of them mask what the user says. Beyond that they differ: some train every reply, some only the last; some \
                 train the newline after the stop token, some don’t. `transformers` trains nothing here: it needs marks in the chat template, and \
                 this one has none.",
                "它们都忽略用户说的话，此外各有不同：有的训练每条回复，有的只训练最后一条；停止符后面的换行，有的训练，有的不训练。\
                 `transformers` 在这里什么都没训练：它要靠聊天模板里的标记，而这个模板没有。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Tick “Only differing positions”, above the rows.",
            "勾选表格上方的“只看有差异的位置”。",
        ),
        button: None,
        done: Bilingual::fixed(
            "{0} of {1} positions are left: on these, someone differs from the reference. The trainers train from {2} to {3} tokens.",
            "{1} 个位置剩下 {0} 个：在这些位置上，有训练器与基准不同。参与训练的 token 少则 {2} 个，多则 {3} 个。",
        ),
    },
    Step {
        id: Cow::Borrowed("learning"),
        title: Bilingual::fixed("What it does to learning", "对学习有什么影响"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "Two tiny models, equal at the start. A is trained on the labels of the recipe, B on every token. Both come to know the \
                 replies; only B is taught the prompts.",
                "两个很小的模型，起点完全相同。A 用掩码规则给出的标签训练，B 用全部 token 训练。两者都会学会回复，只有 B 还要学 prompt。",
            ),
            Bilingual::fixed(
                "The loss that each reports does not say which is better: they are means over different tokens. Compare them on the \
                 replies.",
                "各自报告的 loss 说明不了谁更好，因为两个平均值算的不是同一批 token。要比，就比回复部分。",
            ),
            Bilingual::fixed(
                "These models know a few dialogues by heart. What a mask does to a real model, a real run must show.",
                "这两个模型只是背下了几段对话。对真实的模型影响有多大，要看真实的训练。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Press Train, and watch the two pictures. It takes seconds.",
            "按“训练”，看两张图怎么变，几秒钟就好。",
        ),
        button: None,
        done: Bilingual::fixed(
            "At step {0} the loss on the replies is {1} for A and {2} for B; on the prompts, {3} for A and {4} for B.",
            "第 {0} 步，回复部分的 loss：A 为 {1}，B 为 {2}；prompt 部分：A 为 {3}，B 为 {4}。",
        ),
    },
    Step {
        id: Cow::Borrowed("your-data"),
        title: Bilingual::fixed("Your own data", "换成你的数据"),
        says: Cow::Borrowed(&[
            Bilingual::fixed(
                "Before you train, look at a few rows of your own. Paste them into the box; choose the tokenizer of your model and the \
                 recipe of your trainer.",
                "正式训练之前，先看几条自己的数据：粘贴到输入框，选好模型的分词器和训练器对应的掩码规则。",
            ),
            Bilingual::fixed(
                "Check three things. The replies are green, with their stop tokens. What users and tools say is grey. No error stands \
                 under Diagnostics.",
                "检查三件事：回复是绿色的，停止符也是；用户和工具的话是灰色的；“诊断”里没有错误。",
            ),
            Bilingual::fixed(
                "Do the same in your code: take one batch as the model gets it, after the collator, and print its tokens beside its \
                 `labels`.",
                "在自己的代码里也看一眼：取一个经过 collator、即将送进模型的 batch，把 token 和 `labels` 并排打印出来。",
            ),
        ]),
        ask: Bilingual::fixed(
            "Choose your trainer under Recipe. Finish brings back what you had before the lesson.",
            "在“掩码规则”里选择你用的训练器。按“完成”会恢复教程之前的内容和设置。",
        ),
        button: None,
        done: Bilingual::fixed(
            "With `{0}`, {1} of {2} tokens are trained.",
            "用 `{0}` 时，{2} 个 token 中有 {1} 个参与训练。",
        ),
    },
];
