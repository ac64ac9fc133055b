//! A chat template that is read once and renders many conversations to their text.

use std::rc::Rc;

use chrono::NaiveDateTime;
use serde::Deserialize;

use super::call::{NOT_A_MOMENT, choice, preparation};
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::{EMBEDDED, Engine, moment};
use crate::span::line_column;
use crate::template::{Entries, Json, Plain, Template};
use crate::tokenizer::Tokenizer;

/// A compiled template, with the special tokens that it sees.
pub struct ChatTemplate {
    template: Rc<Template>,
    tokenizer: Rc<Tokenizer>,
    reads_clock: bool,
}

/// What is the same for every render.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CompileOptions {
    /// The id of a tokenizer that was loaded; the embedded one where absent.
    pub tokenizer: Option<String>,
    /// The major version of transformers that prepares the messages: 5, or 4.
    pub transformers: Option<u8>,
}

/// What may differ from render to render.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct RenderOptions {
    tools: Option<Json>,
    variables: Entries,
    add_generation_prompt: bool,
    now: Option<String>,
}

impl ChatTemplate {
    /// Compiles an id of the catalog, the text of a template, or, where absent, the tokenizer's own.
    pub fn compile(
        engine: &mut Engine,
        template: Option<&str>,
        options: &CompileOptions,
    ) -> Result<Self, String> {
        let tokenizer = options.tokenizer.as_deref().unwrap_or(EMBEDDED);
        let (template, tokenizer) = engine
            .compile(&choice(template), tokenizer, preparation(options.transformers)?)
            .map_err(|error| sentence(&error, template.unwrap_or_default()))?;
        let reads_clock = template.source().contains("strftime_now");
        Ok(Self { template, tokenizer, reads_clock })
    }

    /// The text of a conversation. `call` is the JSON of two values, the messages and the options; `clock` is asked where
    /// the template looks at the time and the options name none.
    pub fn render(&self, call: &str, clock: impl FnOnce() -> NaiveDateTime) -> Result<String, String> {
        let (messages, options): (Vec<Entries>, Option<RenderOptions>) =
            serde_json::from_str(call).map_err(|why| why.to_string())?;
        let options = options.unwrap_or_default();
        let now = match options.now.as_deref() {
            Some(now) => moment(now).ok_or(NOT_A_MOMENT)?,
            None if self.reads_clock => clock(),
            None => NaiveDateTime::default(),
        };
        let plain = Plain {
            messages,
            tools: options.tools,
            variables: options.variables,
            add_generation_prompt: options.add_generation_prompt,
            special_tokens: self.tokenizer.special_tokens(),
            now,
        };
        self.template.render_plain(plain).map_err(|error| sentence(&error, self.template.source()))
    }
}

/// What is wrong, where, and what to do, in one line.
fn sentence(error: &Diagnostic, template: &str) -> String {
    let place = error.place.filter(|(source, _)| *source == Source::Template).map(|(_, span)| {
        let place = line_column(template, span.start);
        format!("line {}, column {}: ", place.line, place.column)
    });
    let hint = error.hint.as_ref().map(|hint| format!(" ({})", hint.en));
    format!("{}{}{}", place.unwrap_or_default(), error.message.en, hint.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn render(template: &str, call: &Value) -> Result<String, String> {
        let template = ChatTemplate::compile(&mut Engine::new(), Some(template), &CompileOptions::default())?;
        template.render(&call.to_string(), NaiveDateTime::default)
    }

    #[test]
    fn messages_tools_variables_and_the_prompt_reach_the_template() {
        let source = "{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}\
            {{ tools[0].n }} {{ x }} {{ bos_token }} {{ strftime_now('%Y') }}{{ '>' if add_generation_prompt }}";
        let talk = json!([{"role": "user", "content": "夏天 😀"}]);
        let options = json!({"tools": [{"n": 1}], "variables": {"x": [1.5, null, "a"], "bos_token": "<b>"},
            "addGenerationPrompt": true, "now": "2031-01-31T09:05:07"});
        let text = render(source, &json!([talk, options])).unwrap();
        assert_eq!(text, "user:夏天 😀;1 [1.5, None, 'a'] <b> 2031>");
        assert_eq!(render("{{ messages | length }}", &json!([talk, null])).unwrap(), "1");
    }

    #[test]
    fn whole_numbers_of_any_size_that_javascript_writes_out_are_ints() {
        let source = "{{ messages[0].content }}";
        let text = |json: &str| {
            let template =
                ChatTemplate::compile(&mut Engine::new(), Some(source), &CompileOptions::default()).unwrap();
            template.render(&format!(r#"[[{{"content": {json}}}], null]"#), NaiveDateTime::default).unwrap()
        };
        assert_eq!(
            text("[100000000000000000000, 12345678901234567000, -3, 0.5, 1e+21]"),
            "[100000000000000000000, 12345678901234567000, -3, 0.5, 1e+21]"
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_its_cure() {
        let wrong = render("a\n{{ nothing() }}", &json!([[], null])).unwrap_err();
        assert!(wrong.starts_with("line 2, column 4: "), "{wrong}");
        let wrong = render("{{ 1 }}", &json!([[], {"toolz": 1}])).unwrap_err();
        assert!(wrong.contains("toolz"), "{wrong}");
        let wrong = render("{{ 1 }}", &json!([["hi"], null])).unwrap_err();
        assert!(wrong.contains("an object"), "{wrong}");
        assert!(render("no-such-template", &json!([[], null])).is_err());
    }
}
