//! The JavaScript package's entry: `cargo xtask package` builds it.

// What JavaScript may call has to be public, and has its documentation in `js.d.ts`.
#[cfg(target_arch = "wasm32")]
#[allow(unreachable_pub, missing_docs, clippy::missing_errors_doc, clippy::needless_pass_by_value)]
mod exports {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use lossmask::app::platform::local_time;
    use lossmask::engine::Engine;
    use lossmask::js::{self, Call, CompileOptions};
    use lossmask::tokenizer::Files;
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};
    use serde_wasm_bindgen::Serializer;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(typescript_custom_section)]
    const TYPES: &str = include_str!("../js.d.ts");

    thread_local! {
        static ENGINE: RefCell<Engine> = RefCell::new(Engine::new());
    }

    fn json(value: &JsValue) -> Result<String, JsError> {
        // Nothing and a function have no JSON; a value that holds itself, or a BigInt, throws.
        let text = js_sys::JSON::stringify(value).ok().and_then(|text| JsValue::from(text).as_string());
        text.ok_or_else(|| JsError::new("what was given can't be written as JSON"))
    }

    // Through text, because only a reader of text tells of a field that is not known.
    fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsError> {
        Ok(serde_json::from_str(&json(value)?)?)
    }

    fn write(value: &impl Serialize) -> Result<JsValue, JsError> {
        Ok(value.serialize(&Serializer::json_compatible())?)
    }

    #[wasm_bindgen(unchecked_return_type = "Analysis")]
    pub fn analyze(
        #[wasm_bindgen(unchecked_param_type = "Request")] request: JsValue,
    ) -> Result<JsValue, JsError> {
        let call: Call = read(&request)?;
        let answer = ENGINE.with_borrow_mut(|engine| js::analyze(engine, &call, local_time()));
        write(&answer.map_err(|why| JsError::new(&why))?)
    }

    #[wasm_bindgen(unchecked_return_type = "Rendered[]")]
    pub fn render(
        #[wasm_bindgen(unchecked_param_type = "Request")] request: JsValue,
    ) -> Result<JsValue, JsError> {
        let call: Call = read(&request)?;
        let answer = ENGINE.with_borrow_mut(|engine| js::render(engine, &call, local_time()));
        write(&answer.map_err(|why| JsError::new(&why))?)
    }

    #[wasm_bindgen(skip_typescript)]
    pub struct ChatTemplate(js::ChatTemplate);

    #[wasm_bindgen]
    impl ChatTemplate {
        pub fn render(&self, messages: JsValue, options: JsValue) -> Result<String, JsError> {
            let call = json(&js_sys::Array::of2(&messages, &options))?;
            self.0.render(&call, local_time).map_err(|why| JsError::new(&why))
        }
    }

    #[wasm_bindgen(skip_typescript)]
    pub fn compile(template: Option<String>, options: JsValue) -> Result<ChatTemplate, JsError> {
        let options = if options.is_undefined() { CompileOptions::default() } else { read(&options)? };
        let compiled =
            ENGINE.with_borrow_mut(|engine| js::ChatTemplate::compile(engine, template.as_deref(), &options));
        compiled.map(ChatTemplate).map_err(|why| JsError::new(&why))
    }

    #[wasm_bindgen(unchecked_return_type = "Parsed[]")]
    pub fn parse(
        #[wasm_bindgen(unchecked_param_type = "unknown")] dialogue: JsValue,
        format: Option<String>,
    ) -> Result<JsValue, JsError> {
        let dialogue = dialogue.as_string().map_or_else(|| read(&dialogue), |text| Ok(text.into()))?;
        let parsed = js::parse(&dialogue, format.as_deref());
        write(&parsed.map_err(|why| JsError::new(&why))?)
    }

    #[wasm_bindgen(unchecked_return_type = "Encoding")]
    pub fn encode(text: &str, tokenizer: Option<String>) -> Result<JsValue, JsError> {
        let encoded = ENGINE.with_borrow_mut(|engine| js::encode(engine, text, tokenizer.as_deref()));
        write(&encoded.map_err(|why| JsError::new(&why))?)
    }

    #[wasm_bindgen(js_name = encodeIds)]
    pub fn encode_ids(text: &str, tokenizer: Option<String>) -> Result<Vec<u32>, JsError> {
        ENGINE
            .with_borrow_mut(|engine| js::encode_ids(engine, text, tokenizer.as_deref()))
            .map_err(|why| JsError::new(&why))
    }

    /// The texts of a tokenizer's files.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Texts {
        tokenizer: String,
        config: Option<String>,
        special_tokens_map: Option<String>,
        chat_template: Option<String>,
        further_templates: Option<BTreeMap<String, String>>,
    }

    #[wasm_bindgen(js_name = loadTokenizer)]
    pub fn load_tokenizer(
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "TokenizerFiles")] files: JsValue,
    ) -> Result<u32, JsError> {
        let texts: Texts = serde_wasm_bindgen::from_value(files).map_err(|why| {
            // It repeats what was given, and that may be megabytes.
            let why: String = why.to_string().chars().take(200).collect();
            JsError::new(&format!("a tokenizer's files are texts, as in {{ tokenizer, config }}: {why}"))
        })?;
        let further = texts.further_templates.unwrap_or_default();
        let files = Files {
            tokenizer: &texts.tokenizer,
            config: texts.config.as_deref(),
            special_tokens_map: texts.special_tokens_map.as_deref(),
            chat_template: texts.chat_template.as_deref(),
            further_templates: further.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect(),
        };
        let entries = ENGINE.with_borrow_mut(|engine| js::load_tokenizer(engine, id, &files));
        entries.map(|entries| entries as u32).map_err(|why| JsError::new(&why))
    }

    #[wasm_bindgen(unchecked_return_type = "RecipeInfo[]")]
    pub fn recipes() -> Result<JsValue, JsError> {
        write(&js::recipes())
    }

    #[wasm_bindgen(unchecked_return_type = "TemplateInfo[]")]
    pub fn templates() -> Result<JsValue, JsError> {
        write(&js::templates())
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this is the JavaScript package's entry; build it with `cargo xtask package`");
    std::process::exit(2);
}
