//! Text that is hard on tokenizers.

use proptest::prelude::*;

/// Texts that must be tried each time.
pub(crate) const FIXED: &[&str] = &[
    "",
    " ",
    "   ",
    "\n\n",
    "帮我写一首诗。",
    "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。",
    "<|im_start|>user\n帮我写一首诗。<|im_end|>\n<|im_start|>assistant\n",
    "  <left>  <right>  <both>  x",
    "a<left>b<right>c<both>d",
    "\u{3000}<left>\u{3000}<both>\u{a0}\n",
    "a <norm> b<MÁRK>c <márk> MA\u{301}RK <MA\u{301}RK>",
    "word words sword word. word,wordword 词word词",
    "e\u{327}\u{301} e\u{301}\u{327} a\u{315}\u{300}\u{5ae}b",
    "cafe\u{301} café CAFÉ İstanbul ŉ ǆ ﬁn Å Å",
    "👨‍👩‍👧‍👦 🏳️‍🌈 🇨🇳🇫🇷 👍🏽",
    "日本語のトークン。ﾊﾝｶｸ ガ ガ",
    "مرحبا بالعالم، كَيْفَ حالُكَ؟",
    "한국어 한국어 각",
    "fn main() {\n    println!(\"{}\", x_y);\t// 12345\r\n}\r\n",
    "\0\u{1}\u{7f}\u{85}\u{ad}\u{200b}\u{200d}\u{feff}\u{fffd}",
    "<0x41><0xE5>A<unk>[UNK]▁▁ ▁a Ġa Ċ",
    "it's I'LL don't we've 'S '",
    "one\ntwo\n\n three\n四\r\n五 \n  \nsix.\nseven!\n\n\neight\t\n9\n\u{301}x\na\u{301}\n",
    "𝒳𝔸 ① ² ½ ㍿ …",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
];

/// Pieces that random text is made of.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\nnext",
    "\n下一行",
    ".\n",
    " \n",
    "\r\n",
    "\t",
    "\u{a0}",
    "\u{3000}",
    "a",
    "the",
    " the",
    "fox",
    "Dog",
    "12",
    "7",
    "_",
    "'s",
    "'",
    "。",
    "，",
    "诗",
    "帮我",
    "写一首",
    "夏天",
    "闻",
    "龘",
    "の",
    "トークン",
    "ガ",
    "مرحبا",
    "كَ",
    "한",
    "각",
    "👨‍👩‍👧‍👦",
    "\u{200d}",
    "\u{fe0f}",
    "😀",
    "e\u{301}",
    "e\u{327}\u{301}",
    "\u{301}",
    "\u{327}",
    "é",
    "É",
    "ﬁ",
    "½",
    "İ",
    "ß",
    "\0",
    "\u{1}",
    "\u{85}",
    "\u{ad}",
    "\u{feff}",
    "\u{fffd}",
    "▁",
    "Ġ",
    "<0x41>",
    "<unk>",
    "[UNK]",
    "{",
    "}",
    "<|im_start|>",
    "<|im_end|>",
    "<left>",
    "<right>",
    "<both>",
    "<norm>",
    "<MÁRK>",
    "<márk>",
    "word",
    ".",
    "..",
    "(",
];

/// Random text: pieces glued together, any characters, or any bytes read as well as they can be. The two libraries
/// know different versions of Unicode, so only `wide` text has characters that are newer than either.
pub(crate) fn any(wide: bool) -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(PIECES).prop_map(str::to_owned);
    let glued = proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    let chars =
        proptest::collection::vec(any_char(wide), 0..24).prop_map(|chars| chars.into_iter().collect());
    let bytes = proptest::collection::vec(proptest::num::u8::ANY, 0..40)
        .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![6 => glued, 2 => chars, 1 => bytes]
}

/// Characters of the scripts that matter, and now and then any.
fn any_char(wide: bool) -> impl Strategy<Value = char> {
    prop_oneof![
        proptest::char::range(' ', '~'),
        proptest::char::range('\u{a0}', '\u{24f}'),
        proptest::char::range('\u{300}', '\u{36f}'),
        proptest::char::range('一', '龥'),
        proptest::char::range('ぁ', 'ヿ'),
        proptest::char::range('\u{621}', '\u{6dc}'),
        proptest::char::range('\u{e01}', '\u{e3a}'),
        proptest::char::range('\u{915}', '\u{939}'),
        proptest::char::range('\u{1d400}', '\u{1d450}'),
        proptest::char::range('\u{20000}', '\u{20100}'),
        proptest::char::range('가', '힣'),
        proptest::char::range('\u{1f300}', '\u{1f64f}'),
        if wide { proptest::char::range('\0', char::MAX) } else { proptest::char::range('α', 'ω') },
    ]
}
