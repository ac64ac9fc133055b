//! `header-trained` and `generation-prompt-trained`: tokens are trained that the prompt already supplies, so that the
//! model never has to write them.

use super::replies::{Asked, asked, role};
use super::{cures, is_all_trained, tokens_where};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::template::Part;

/// What is trained of the prompts: the header of the role, and what the prompt goes on with, such as an empty thought.
#[derive(Default)]
struct Supplied {
    header: Vec<u32>,
    thought: Vec<u32>,
}

pub(super) fn header(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let tokens = supplied(context, sample).header;
    let message = Bilingual::fixed(
        "the assistant's header is trained, though the prompt always supplies it",
        "助手的头部参与了训练，而它总是由 prompt 给出",
    );
    found(sample, "header-trained", Severity::Note, message, cures::mask(context.options.recipe()), tokens)
}

pub(super) fn thought(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    let tokens = supplied(context, sample).thought;
    let message = Bilingual::fixed(
        "a thought is trained that the generation prompt already opens or closes: the model never has to write it",
        "参与训练的思考标记已由生成提示给出：模型无需自己写它",
    );
    let hint = Bilingual::fixed(
        "begin the trained part after what the generation prompt ends with: in the template, open `{% generation %}` behind it",
        "请让参与训练的部分从生成提示的末尾之后开始：在模板中把 `{% generation %}` 放到它之后",
    );
    found(sample, "generation-prompt-trained", Severity::Warning, message, hint, tokens)
}

fn found(
    sample: &Sample,
    code: &'static str,
    severity: Severity,
    message: Bilingual,
    hint: Bilingual,
    tokens: Vec<u32>,
) -> Option<Diagnostic> {
    let place = sample.offsets[*tokens.first()? as usize];
    Some(Diagnostic::new(severity, code, message).hint(hint).at(Source::Rendered, place).tokens(tokens))
}

fn supplied(context: &Context<'_>, sample: &Sample) -> Supplied {
    let mut supplied = Supplied::default();
    let first = sample.weights.iter().position(|weight| *weight > 0.0);
    let masks_prompt =
        sample.prompt_end.zip(first).is_some_and(|(end, first)| sample.held[first].start >= end);
    if is_all_trained(sample) || masks_prompt {
        return supplied;
    }
    if context.options.recipe() == "torchtune" {
        // It writes the text itself. Of the trainers that do, it alone trains headers; what others train there, such as
        // the channel of a reply, is what the model writes.
        supplied.header = tokens_where(sample, |token| {
            let owner = sample.owners[token];
            let is_reply = |message| role(context, message) == Some("assistant");
            owner.part == Part::Header && sample.weights[token] > 0.0 && owner.message.is_some_and(is_reply)
        });
        return supplied;
    }
    for reply in asked(context, sample).into_iter().filter(Asked::is_prefix) {
        let of_message = sample.text.get(reply.start..reply.shared).unwrap_or_default();
        let thought = reply.start + thought_at(of_message).unwrap_or(of_message.len());
        let from = sample.held.partition_point(|held| held.start < reply.start);
        for token in from..sample.input_ids.len() {
            let held = sample.held[token];
            if held.start >= reply.shared {
                break;
            }
            let inside = held.end <= reply.shared && !held.is_empty();
            if inside && sample.weights[token] > 0.0 && sample.owners[token].message == Some(reply.message) {
                let list = if held.start < thought { &mut supplied.header } else { &mut supplied.thought };
                list.push(token as u32);
            }
        }
    }
    supplied
}

/// Where the marker of a thought begins.
fn thought_at(text: &str) -> Option<usize> {
    ["<think", "</think", "[THINK", "<thinking"].iter().filter_map(|marker| text.find(marker)).min()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, code};
    use super::*;

    /// A template whose prompt ends with an empty thought; `before` and `after` are where its block may begin.
    fn template(before: &str, after: &str) -> String {
        format!(
            "{{% for m in messages %}}{{% if m.role == 'assistant' %}}{before}<|im_start|>assistant\n{after}\
             <think>\n\n</think>\n\n{{{{ m.content }}}}{{{{ eos_token }}}}{{% endgeneration %}}\n{{% else %}}<|im_start|>\
             {{{{ m.role }}}}\n{{{{ m.content }}}}{{{{ eos_token }}}}\n{{% endif %}}{{% endfor %}}{{% if add_generation_prompt %}}\
             <|im_start|>assistant\n<think>\n\n</think>\n\n{{% endif %}}"
        )
    }

    fn found(template: &str, recipe: &str) -> [Option<String>; 2] {
        let fixture = Fixture::of("Hello", "Good day.", template);
        let sample = fixture.samples(recipe, &[]).remove(0);
        [header, thought].map(|check| fixture.with_context(|context| code(check(context, &sample))))
    }

    #[test]
    fn a_block_that_opens_before_the_header_trains_header_and_empty_thought() {
        let codes = found(&template("{% generation %}", ""), "transformers");
        assert_eq!(codes.map(Option::unwrap), ["header-trained", "generation-prompt-trained"]);
    }

    #[test]
    fn a_block_that_opens_before_an_empty_thought_trains_only_that() {
        let codes = found(&template("", "{% generation %}"), "transformers");
        assert_eq!(codes, [None, Some("generation-prompt-trained".to_owned())]);
    }

    #[test]
    fn what_the_prompt_does_not_supply_is_the_models_to_write() {
        let open = template("", "{% generation %}");
        let bare = open.replace("assistant\n<think>\n\n</think>\n\n{% endif %}", "assistant\n{% endif %}");
        assert_ne!(open, bare);
        assert_eq!(found(&bare, "transformers"), [None, None]);
        assert_eq!(found(&open, "per-turn"), [None, None]);
    }

    #[test]
    fn a_trainer_that_writes_its_own_text_and_trains_headers_is_noted() {
        let fixture = Fixture::new();
        let sample = fixture.samples("torchtune", &[("model", "qwen2_5")]).remove(0);
        let found = fixture.with_options_of("torchtune", &[], |context| header(context, &sample)).unwrap();
        assert_eq!(found.tokens.len(), 3);
        assert!(found.hint.unwrap().en.contains("masking_strategy"));
    }
}
