//! `context-trained`: words of the user, the system or a tool are trained.

use super::replies::role;
use super::{cures, is_all_trained, tokens_where};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::recipe::{Context, Sample};
use crate::template::Part;

/// The roles whose words are not the model's to say.
const OTHERS: [&str; 8] =
    ["system", "developer", "user", "human", "tool", "function", "observation", "tool_response"];

pub(super) fn check(context: &Context<'_>, sample: &Sample) -> Option<Diagnostic> {
    if is_all_trained(sample) {
        return None;
    }
    let asked_for = |message: u32| {
        let training = context.conversation.training(message as usize);
        training.is_some_and(|training| training.weight().is_some_and(|weight| weight > 0.0))
    };
    let tokens = tokens_where(sample, |token| {
        let owner = sample.owners[token];
        let of_others = |message| role(context, message).is_some_and(|role| OTHERS.contains(&role));
        sample.weights[token] > 0.0
            && owner.part == Part::Content
            && owner.message.is_some_and(|message| of_others(message) && !asked_for(message))
    });
    let first = *tokens.first()? as usize;
    let count = tokens.len();
    let role = sample.owners[first].message.and_then(|message| role(context, message)).unwrap_or_default();
    let message = Bilingual::new(
        format!("{count} tokens of what others say are trained, first of a `{role}` message"),
        format!("有 {count} 个不是助手所说的 token 参与训练，最先出现在一条 `{role}` 消息中"),
    );
    Some(
        Diagnostic::new(Severity::Warning, "context-trained", message)
            .hint(cures::mask(context.options.recipe()))
            .at(Source::Rendered, sample.offsets[first])
            .tokens(tokens),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, TURNS, TWICE};
    use super::*;

    fn found(recipe: &str, options: &[(&str, &str)]) -> Option<Diagnostic> {
        let fixture = Fixture::talk(TWICE, TURNS);
        let sample = fixture.samples(recipe, options).remove(0);
        fixture.with_options_of(recipe, options, |context| check(context, &sample))
    }

    #[test]
    fn a_trainer_that_trains_the_prompt_is_told_its_own_option() {
        let found = found("axolotl", &[("train_on_inputs", "true")]).unwrap();
        assert!(found.hint.unwrap().en.contains("train_on_inputs: false"));
        assert!(found.tokens.len() > 1);
    }

    #[test]
    fn replies_alone_are_fine_and_a_mask_over_nothing_is_told_elsewhere() {
        assert_eq!(found("axolotl", &[]), None);
        assert_eq!(found("all-tokens", &[]), None);
    }

    #[test]
    fn a_user_message_that_the_data_wants_trained_is_no_accident() {
        let talk = TWICE.replace(r#""content""#, r#""trainable": true, "content""#);
        let options = [("renderer", "role_colon"), ("train_on_what", "customized")];
        let fixture = Fixture::talk(&talk, TURNS);
        let sample = fixture.samples("tinker", &options).remove(0);
        assert!(!is_all_trained(&sample));
        // The same mask over data that does not ask for it is an accident.
        let accident = Fixture::talk(TWICE, TURNS);
        assert!(accident.with_context(|context| check(context, &sample)).is_some());
        assert_eq!(fixture.with_context(|context| check(context, &sample)), None);
    }
}
