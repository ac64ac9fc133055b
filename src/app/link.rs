//! The whole state as the fragment of an address: `#v1=` and bytes in base64url, which are JSON, compressed. A browser sends a
//! fragment to nobody.
//!
//! Here is what goes in, what is taken back, and how much of it; `app/worker/share.rs` compresses. A link is opened once: the
//! page takes the state over and the fragment out of its address, so that the address never speaks of a state that has since
//! been changed, and a reload shows what is kept. In a frame nothing is kept, and the fragment stays. So does one that could
//! not be read, to be tried again or handed on.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use serde_json::{Map, Value, json};

use super::state::{Choices, LessonChoices};
use crate::bilingual::Bilingual;
use crate::bring::own_name;
use crate::engine::{EMBEDDED, TemplateChoice};
use crate::tokenizer::catalog;

/// The version of the links that are written.
const VERSION: &str = "1";

/// So many characters a fragment may have: what browsers take in an address, and more than people hand on.
pub const MOST_CHARACTERS: usize = 1 << 20;

/// So many bytes of JSON are unpacked: a text of the size that the page keeps, and what is chosen beside it.
pub const MOST_BYTES: usize = 2 << 20;

/// Programs that hand on addresses may cut a longer one.
pub const LONG: usize = 8 << 10;

/// What a result rests on: it is always written, so that a link means the same when a later build has other defaults.
const ALWAYS: [&str; 5] = ["dialogue", "template", "tokenizer", "recipe", "ignore_index"];

/// What is the user's own matter: drafts that are not in use, and how far the lesson is.
const NEVER: [&str; 3] = ["own_template", "earlier_template", "lesson"];

/// Whether a fragment, without its `#`, is a link of any version.
pub fn is_link(fragment: &str) -> bool {
    fragment.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The fragment of packed bytes, without its `#`; nothing where it would be too long.
pub fn fragment(packed: &[u8]) -> Option<String> {
    let text = ["v", VERSION, "=", &BASE64.encode(packed)].concat();
    (text.len() <= MOST_CHARACTERS).then_some(text)
}

/// The packed bytes of a fragment, or why there are none.
pub fn packed(fragment: &str) -> Result<Vec<u8>, Bilingual> {
    let (version, data) = fragment.strip_prefix('v').and_then(|it| it.split_once('=')).ok_or_else(broken)?;
    if version != VERSION {
        // A number that is no version yet may be one some day; anything else is a link that was damaged.
        let is_number = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
        return Err(if is_number && !version.is_empty() { newer() } else { broken() });
    }
    if fragment.len() > MOST_CHARACTERS {
        return Err(too_long());
    }
    BASE64.decode(data).map_err(|_| broken())
}

/// What is chosen, as JSON; what is at its default is left out, but for what a result rests on.
pub fn write(choices: &Choices) -> String {
    let all = |choices: &Choices| match json!(choices) {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    let (mut own, default) = (all(choices), all(&Choices::default()));
    own.retain(|name, value| {
        ALWAYS.contains(&name.as_str()) || !NEVER.contains(&name.as_str()) && default.get(name) != Some(value)
    });
    Value::Object(own).to_string()
}

/// What JSON says was chosen, and a word on what could not be taken as it stands. `keeps` says whether this browser has the
/// tokenizer of a name that users give.
pub fn read(
    json: &[u8],
    keeps: impl FnOnce(&str) -> bool,
) -> Result<(Choices, Option<Bilingual>), Bilingual> {
    let mut choices: Choices = serde_json::from_slice(json).map_err(|_| broken())?;
    choices.lesson = LessonChoices::default();
    if let TemplateChoice::Source(source) = &choices.template {
        choices.own_template = source.as_str().into();
    }
    let id = &choices.tokenizer;
    let known = match own_name(id) {
        Some(_) => keeps(id),
        None => id == EMBEDDED || catalog::find(id).is_some(),
    };
    if known {
        return Ok((choices, None));
    }
    let name = own_name(id).unwrap_or(id);
    let note = Bilingual::new(
        [
            "The link names the tokenizer `",
            name,
            "`, which this browser does not have; the built-in one is used. Bring the same files to see the sender’s tokens.",
        ]
        .concat(),
        ["链接使用的分词器 `", name, "` 不在此浏览器中，已改用内置分词器。提供相同的文件即可看到发送者的 token。"].concat(),
    );
    EMBEDDED.clone_into(&mut choices.tokenizer);
    Ok((choices, Some(note)))
}

/// What to say of a link of this length that is handed on.
pub fn notes(choices: &Choices, file: Option<&str>, length: Option<usize>) -> Vec<Bilingual> {
    let mut notes = vec![Bilingual::fixed(
        "All of it stands behind the `#` of the address, which a browser sends to no server. Whoever has the link can read the dialogue.",
        "全部内容都在网址的 `#` 之后，浏览器不会把这部分发送给任何服务器。拿到链接的人都能看到对话。",
    )];
    match length {
        None => notes.push(Bilingual::fixed(
            "This is too much for a link: 2 MB of text, or 1 MB compressed, are the most. Shorten the dialogue, or hand on a file.",
            "内容太多，放不进链接：文本上限 2 MB，压缩后上限 1 MB。请缩短对话，或改为发送文件。",
        )),
        Some(length) if length > LONG => notes.push(Bilingual::new(
            format!(
                "The link has {} kB. Past 8 kB, some chats and mail programs cut an address; try it before you rely on it.",
                length.div_ceil(1024)
            ),
            format!("链接长 {} kB。超过 8 kB 时，有些聊天和邮件程序会截断网址，请先试一下。", length.div_ceil(1024)),
        )),
        Some(_) => {}
    }
    if let Some(name) = own_name(&choices.tokenizer) {
        notes.push(Bilingual::new(
            format!("Your tokenizer `{name}` is too large for a link: whoever opens it needs the same files, and gets the built-in one otherwise."),
            format!("你的分词器 `{name}` 太大，无法放进链接：打开者需要提供相同的文件，否则使用内置分词器。"),
        ));
    }
    if let Some(name) = file {
        notes.push(Bilingual::new(
            format!("Of the file `{name}` only what is in the box goes with it."),
            format!("文件 `{name}` 中只有输入框里的内容会包含在内。"),
        ));
    }
    notes
}

/// What can't be read.
pub const fn broken() -> Bilingual {
    Bilingual::fixed(
        "The link is damaged or cut off, so nothing was changed. Ask for it again, whole.",
        "链接已损坏或被截断，页面内容未改动。请重新索取完整的链接。",
    )
}

/// What is too much to unpack.
pub const fn too_long() -> Bilingual {
    Bilingual::fixed(
        "The link holds more than 2 MB of text, which no link of this page does; it was not opened.",
        "链接中的内容超过 2 MB，本页不会生成这样的链接，因此没有打开。",
    )
}

const fn newer() -> Bilingual {
    Bilingual::fixed(
        "The link was made by a newer lossmask than this one. Reload the page, or open the link where it was made.",
        "链接由更新版本的 lossmask 生成。请刷新页面，或在生成链接的网站打开。",
    )
}

/// Base64url without padding; what programs add to it when they hand a link on is passed over.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::{Lane, RenderChoices, Tab};

    fn choices() -> Choices {
        Choices {
            dialogue: "[{\"role\": \"user\", \"content\": \"春风 \\u0000 👩‍👩\"}]\n".into(),
            format: Some("openai".to_owned()),
            template: TemplateChoice::Source("{{ messages }}".to_owned()),
            own_template: "{{ messages }}".into(),
            render: RenderChoices {
                variables: [("a".to_owned(), "[1]".to_owned())].into_iter().collect(),
                add_generation_prompt: true,
                ..RenderChoices::default()
            },
            tokenizer: EMBEDDED.to_owned(),
            recipe: "axolotl".to_owned(),
            options: [(
                "axolotl".to_owned(),
                [("train_on_eos".to_owned(), "last".to_owned())].into_iter().collect(),
            )]
            .into_iter()
            .collect(),
            ignore_index: i64::MIN,
            conversation: 3,
            lane: Lane::Ids,
            tab: Tab::Dataset,
            ..Choices::default()
        }
    }

    fn back(json: &str) -> Choices {
        read(json.as_bytes(), |_| false).unwrap().0
    }

    #[test]
    fn what_was_chosen_comes_back() {
        assert_eq!(back(&write(&choices())), choices());
        assert_eq!(
            back(&write(&Choices::default())),
            Choices { tokenizer: "qwen2_5".to_owned(), ..Choices::default() }
        );
        let mut views = choices();
        views.compare.hidden.push("verl".to_owned());
        views.dataset.look = [1, 2, 3];
        views.dataset.settings.max_length = None;
        views.lab.seed = "11".to_owned();
        views.lab.at = Some(9);
        assert_eq!(back(&write(&views)), views);
    }

    #[test]
    fn the_default_is_short_and_says_what_a_result_rests_on() {
        let default: Value = serde_json::from_str(&write(&Choices::default())).unwrap();
        let mut names: Vec<&str> = default.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let mut always = ALWAYS;
        always.sort_unstable();
        assert_eq!(names, always);
    }

    #[test]
    fn a_draft_that_is_not_in_use_stays_at_home() {
        let draft =
            Choices { own_template: "secret".into(), earlier_template: "older".into(), ..Choices::default() };
        assert!(!write(&draft).contains("secret") && !write(&draft).contains("older"));
    }

    #[test]
    fn what_a_later_build_adds_is_passed_over_and_what_is_missing_is_the_default() {
        assert_eq!(
            back("{\"dialogue\": \"x\", \"from_later\": [[]]}"),
            Choices { dialogue: "x".into(), ..Choices::default() }
        );
    }

    #[test]
    fn a_tokenizer_that_is_not_there_is_replaced_and_told() {
        let asks = |id: &str, has: bool| {
            let json = write(&Choices { tokenizer: id.to_owned(), ..Choices::default() });
            let (choices, note) = read(json.as_bytes(), |_| has).unwrap();
            (choices.tokenizer, note.is_some())
        };
        assert_eq!(asks("own:mine", true), ("own:mine".to_owned(), false));
        assert_eq!(asks("own:mine", false), (EMBEDDED.to_owned(), true));
        assert_eq!(asks("../../elsewhere", true), (EMBEDDED.to_owned(), true), "no address is made of it");
        assert_eq!(asks("qwen3", false), ("qwen3".to_owned(), false));
    }

    #[test]
    fn what_is_no_state_is_told_as_damaged() {
        for json in [
            "",
            "7",
            "null",
            "{",
            "{\"dialogue\": 1}",
            "{\"conversation\": -1}",
            "{\"tab\": \"x\"}",
            "\u{fffd}",
        ] {
            assert_eq!(read(json.as_bytes(), |_| true), Err(broken()), "{json}");
        }
        assert_eq!(read(&[0xff, 0xfe], |_| true), Err(broken()));
        let deep = ["{\"x\":", &"[".repeat(100_000)].concat();
        assert_eq!(read(deep.as_bytes(), |_| true), Err(broken()));
    }

    #[test]
    fn bytes_come_back_from_base64url() {
        for (bytes, link) in
            [(&b"\xfb\xff\xbf"[..], "v1=-_-_"), (b"f", "v1=Zg"), (b"fo", "v1=Zm8"), (b"foo", "v1=Zm9v")]
        {
            assert_eq!(fragment(bytes).as_deref(), Some(link));
        }
        for length in 0..70_usize {
            let all: Vec<u8> = (0..length).map(|at| (at * 37 % 256) as u8).collect();
            assert_eq!(packed(&fragment(&all).unwrap()), Ok(all));
        }
    }

    #[test]
    fn each_way_to_be_no_link_has_its_own_words() {
        assert_eq!(packed("v1=Zm9v"), Ok(b"foo".to_vec()));
        assert_eq!(packed("v1=Zm9vZg=="), Ok(b"foof".to_vec()));
        for newer_one in ["v2=Zm9v", "v10=", "v99=!!"] {
            assert_eq!(packed(newer_one), Err(newer()), "{newer_one}");
        }
        for damaged in
            ["", "v1", "v=Zm9v", "v1=Zm 9v", "v1=Zm9v+/", "v1=Zm9vZ", "v1x=Zm9v", "v01=Zm9v", "1=Zm9v"]
        {
            assert_eq!(packed(damaged), Err(broken()), "{damaged}");
        }
        assert_eq!(packed(&["v1=", &"A".repeat(MOST_CHARACTERS)].concat()), Err(too_long()));
        assert_eq!(fragment(&vec![0; MOST_CHARACTERS]), None);
        assert!(
            is_link("v1=x") && is_link("v22=") && !is_link("samples") && !is_link("view") && !is_link("")
        );
    }

    #[test]
    fn a_link_is_handed_on_with_what_there_is_to_know() {
        let plain = notes(&Choices::default(), None, Some(300));
        assert_eq!(plain.len(), 1);
        assert!(notes(&Choices::default(), None, Some(LONG)) == plain);
        let long = notes(&Choices::default(), None, Some(LONG + 1));
        assert!(long[1].en.contains("9 kB"));
        let own = Choices { tokenizer: "own:mine".to_owned(), ..Choices::default() };
        let all = notes(&own, Some("rows.jsonl"), None);
        assert_eq!(all.len(), 4);
        assert!(all[2].zh.contains("mine") && all[3].en.contains("rows.jsonl"));
    }
}
