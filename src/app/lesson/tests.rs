use std::rc::Rc;

use super::*;
use crate::app::i18n::Lang;
use crate::app::lab::Bench;
use crate::app::state::{Action, Choices, CompareChoices, Dialog, LabChoices, LessonMove, Theme, TokenAt};
use crate::app::wire::{CompareView, FromWorker, Hello, Material, ReportView, ToLab, examples};
use crate::engine::{EMBEDDED, Engine, Request};
use crate::examples::EXAMPLES;
use crate::lesson::{STEPS, filled};
use crate::recipe::catalog::find;

fn state() -> State {
    let hello = Hello { examples: examples(), ..Hello::default() };
    let fresh = State::new(Choices::default(), Lang::En, Theme::Auto, false);
    fresh.after(Action::Heard(FromWorker::Hello(hello)))
}

/// The page at a step, with the tokenizer that needs no network and no file.
fn at(step: usize) -> State {
    let open = state().after(Action::Lesson(LessonMove::Open)).after(Action::Lesson(LessonMove::Step(step)));
    answered(&open.after(Action::Tokenizer(EMBEDDED.to_owned())))
}

fn request(state: &State) -> Request {
    Request { tokenizer: EMBEDDED.to_owned(), conversation: Some(0), ..state.choices.request() }
}

/// The page when the worker has answered.
fn answered(state: &State) -> State {
    let report = ReportView::new(Engine::new().analyze(&request(state)), &[], &mut Vec::new());
    state.after(Action::Heard(FromWorker::Report(1, Box::new(report), 1.0)))
}

/// The place of a goal among the steps.
fn step_of(goal: Goal) -> usize {
    SETTINGS.iter().position(|setting| setting.goal == goal).unwrap()
}

/// What the step of this goal says once the page has come to this.
fn said(goal: Goal, state: &State) -> Option<String> {
    let step = &STEPS[step_of(goal)];
    reached(goal, state).map(|values| filled(&step.done.en, &values))
}

/// The first token of a sample that is trained, or that is not.
fn token(state: &State, sample: usize, trained: bool) -> TokenAt {
    let report = state.report.as_ref().unwrap();
    let view = report.sample(sample).unwrap();
    let token = (0..view.len()).find(|token| view.is_trained(*token) == trained).unwrap();
    TokenAt { sample, token }
}

#[test]
fn every_step_sets_what_exists_and_has_words() {
    assert_eq!(
        SETTINGS.iter().map(|setting| setting.id).collect::<Vec<_>>(),
        STEPS.iter().map(|step| &*step.id).collect::<Vec<_>>()
    );
    for (setting, step) in SETTINGS.iter().zip(STEPS) {
        assert!(EXAMPLES.iter().any(|example| example.id == setting.example), "{}", setting.id);
        assert!(find(setting.recipe).is_some(), "{}", setting.id);
        assert_eq!(setting.opens.is_some(), step.button.is_some(), "{}", setting.id);
    }
}

#[test]
fn no_step_is_done_before_the_reader_has_done_anything() {
    for (step, setting) in SETTINGS.iter().enumerate() {
        assert_eq!(reached(setting.goal, &at(step)), None, "{}", setting.id);
    }
}

#[test]
fn a_trained_and_a_masked_token_are_told_from_each_other() {
    let trained = step_of(Goal::PinTrained);
    let page = at(trained);
    let on = page.after(Action::Pin(token(&page, 0, true)));
    let report = on.report.clone().unwrap();
    let first = token(&page, 0, true).token;
    let id = report.sample(0).unwrap().ids[first];
    let words = said(Goal::PinTrained, &on).unwrap();
    assert!(words.starts_with(&format!("Token {first} is trained: its label is {id}, ")), "{words}");
    assert_eq!(said(Goal::PinMasked, &on), None);
    let off = page.after(Action::Pin(token(&page, 0, false)));
    assert_eq!(said(Goal::PinTrained, &off), None);
    assert_eq!(
        said(Goal::PinMasked, &off).unwrap(),
        "Token 0 has the label −100 and the attention 1: the model reads it and is not graded on it."
    );
}

#[test]
fn a_reply_that_is_context_is_found_where_it_is_trained() {
    let page = at(step_of(Goal::PinContext));
    let first = token(&page, 0, true).token;
    let on = page.after(Action::Pin(TokenAt { sample: 1, token: first }));
    let words = said(Goal::PinContext, &on).unwrap();
    assert!(
        words.starts_with(&format!("Token {first} is masked in sample 2 and trained in sample 1.")),
        "{words}"
    );
    for other in [token(&page, 0, true), token(&page, 1, true), TokenAt { sample: 1, token: 0 }] {
        assert_eq!(said(Goal::PinContext, &page.after(Action::Pin(other))), None, "{other:?}");
    }
}

#[test]
fn the_counts_of_labels_are_those_of_the_page() {
    let page = at(step_of(Goal::ShowLabels)).after(Action::Lane(Lane::Labels));
    let report = page.report.clone().unwrap();
    let labels = report.samples().flat_map(|(_, sample)| sample.labels.clone()).collect::<Vec<_>>();
    let masked = labels.iter().filter(|label| **label == -100).count();
    let kept = labels.len() - masked;
    assert!(masked > 0 && kept > 0);
    assert_eq!(
        said(Goal::ShowLabels, &page).unwrap(),
        format!("{masked} numbers became −100, and {kept} stayed: those are trained.")
    );
}

#[test]
fn an_ignore_index_of_0_is_seen_to_cost_labels_and_one_of_minus_1_is_not() {
    let page = at(step_of(Goal::Collide));
    let sample = page.report.as_ref().unwrap().sample(0).unwrap().clone();
    let set = |index| answered(&page.after(Action::IgnoreIndex(index)));
    let lost = set(0);
    let after = lost.report.as_ref().unwrap().sample(0).unwrap().trained;
    let words = said(Goal::Collide, &lost).unwrap();
    assert!(
        words.starts_with(&format!("With 0, the loss also skips {} tokens", sample.trained - after)),
        "{words}"
    );
    assert_eq!(said(Goal::Collide, &set(-1)), None);
}

#[test]
fn the_listing_counts_what_it_trains_beside_what_is_right() {
    let work = Work::Listing;
    let page = at(step_of(Goal::Listing));
    let made = work.made(&mut Engine::new(), &request(&page));
    let listed = page
        .after(Action::Dialog(Some(Dialog::Work(work))))
        .after(Action::Heard(FromWorker::Made(work, Box::new(made))));
    let right = answered(&page.after(Action::Recipe("per-turn".to_owned())));
    let right = right.report.as_ref().unwrap().sample(0).unwrap().clone();
    let words = said(Goal::Listing, &listed).unwrap();
    assert!(
        words.ends_with(&format!("The listing that works trains {} of {}.", right.trained, right.len())),
        "{words}"
    );
    let numbers: Vec<usize> =
        words.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
    assert!(numbers[0] > numbers[2], "it trains more than it should: {words}");
    assert!(said(Goal::Listing, &listed.after(Action::Dialog(None))).is_some(), "also when it was closed");
}

#[test]
fn the_trainers_positions_are_counted_when_only_differences_are_shown() {
    let page = at(step_of(Goal::Differences));
    let comparison = Engine::new().compare(&request(&page), &page.asked());
    let view = CompareView::new(comparison, &[]);
    let all = view.len();
    let page = page.after(Action::Heard(FromWorker::Compared(1, Box::new(view), 1.0)));
    assert_eq!(said(Goal::Differences, &page), None);
    let compare = CompareChoices { only_differences: true, ..page.choices.compare.clone() };
    let words = said(Goal::Differences, &page.after(Action::Compare(compare))).unwrap();
    let left: usize = words.split(' ').next().and_then(|number| number.parse().ok()).unwrap();
    assert!(left < all && words.contains(&format!(" of {all} positions are left")), "{words}");
}

#[test]
fn a_run_of_the_lab_is_told_in_its_own_numbers() {
    let page = at(step_of(Goal::Train));
    let material = Material::collect(&mut Engine::new(), &request(&page), false, &[]);
    let mut bench = Bench::default();
    let choices = LabChoices { together: false, steps: "3".to_owned(), ..LabChoices::default() };
    bench.hear(ToLab::Choices(Lang::En, choices), || 0.0);
    bench.hear(ToLab::Material(serde_json::to_string(&material).unwrap()), || 0.0);
    let mut page = page;
    page = page.after(Action::LabHeard(Box::new(bench.hear(ToLab::Run, || 0.0))));
    for _ in 0..200 {
        let next = bench.hear(ToLab::Frame, || 0.0);
        page = page.after(Action::LabHeard(Box::new(next)));
    }
    let reads = page.lab.run.as_ref().unwrap().reads.clone();
    let row = |name: &str| reads.iter().find(|row| row[0] == name).unwrap().clone();
    let (reply, prompt) = (row("loss on the replies"), row("loss on the prompts"));
    let words = said(Goal::Train, &page).unwrap();
    let expected = format!(
        "At step 3 the loss on the replies is {} for A and {} for B; on the prompts, {} for A and {} for B.",
        reply[1], reply[2], prompt[1], prompt[2]
    );
    assert_eq!(words, expected);
}

#[test]
fn another_recipe_is_told_with_what_it_trains() {
    let page = answered(&at(step_of(Goal::Recipe)).after(Action::Recipe("axolotl".to_owned())));
    let report = page.report.clone().unwrap();
    let (all, trained) =
        report.samples().fold((0, 0), |(all, trained), (_, it)| (all + it.len(), trained + it.trained));
    assert_eq!(
        said(Goal::Recipe, &page).unwrap(),
        format!("With `axolotl`, {trained} of {all} tokens are trained.")
    );
}

#[test]
fn without_the_tokenizer_the_lesson_goes_on_with_the_one_that_needs_no_network() {
    use crate::bilingual::Bilingual;
    use crate::diagnostic::{Diagnostic, Severity};
    let why = Diagnostic::new(Severity::Error, "tokenizer-not-fetched", Bilingual::fixed("no", "无"));
    let failed = state().after(Action::Heard(FromWorker::Failed("qwen2_5".to_owned(), why)));
    let page = failed.after(Action::Lesson(LessonMove::Open));
    assert_eq!(page.choices.tokenizer, EMBEDDED);
    let report =
        Engine::new().analyze(&Request { template: page.choices.template.clone(), ..request(&page) });
    let report = ReportView::new(report, &[], &mut Vec::new());
    let sample = report.sample(0).unwrap();
    let last = (0..sample.len()).rfind(|token| sample.is_trained(*token)).unwrap();
    assert!(sample.offset(last).of(&sample.text).contains("im_end"), "the reply ends with its stop token");
}

/// A user with choices of their own.
fn user() -> State {
    state()
        .after(Action::Recipe("axolotl".to_owned()))
        .after(Action::Option("train_on_eos", "all".to_owned()))
        .after(Action::TypeTemplate("mine".into()))
        .after(Action::IgnoreIndex(-1))
        .after(Action::Tab(Tab::Dataset))
        .after(Action::Type("my own".into()))
}

#[test]
fn leaving_brings_back_every_choice() {
    let user = user();
    let mut page = user.after(Action::Lesson(LessonMove::Open));
    for step in 0..SETTINGS.len() {
        page = page.after(Action::Lesson(LessonMove::Step(step))).after(Action::IgnoreIndex(7));
    }
    for how in [LessonMove::Leave, LessonMove::Finish] {
        let mut left = page.after(Action::Lesson(how));
        assert_eq!(left.choices.lesson.step, if how == LessonMove::Leave { SETTINGS.len() - 1 } else { 0 });
        assert!(left.choices.lesson.known && !left.choices.lesson.is_open());
        left.choices.lesson = user.choices.lesson.clone();
        assert_eq!((&left.choices, &left.replaced), (&user.choices, &None));
    }
}

#[test]
fn every_step_sets_the_page_alike_whatever_was_done_before() {
    for step in 0..SETTINGS.len() {
        let fresh =
            state().after(Action::Lesson(LessonMove::Open)).after(Action::Lesson(LessonMove::Step(step)));
        let long = user()
            .after(Action::Lesson(LessonMove::Open))
            .after(Action::Lane(Lane::Text))
            .after(Action::Lesson(LessonMove::Step(step)));
        let Choices { dialogue, recipe, lane, tab, options, tokenizer, .. } = fresh.choices;
        assert_eq!(
            (dialogue, recipe, lane, tab),
            (long.choices.dialogue, long.choices.recipe, long.choices.lane, long.choices.tab)
        );
        assert_eq!((options, tokenizer), (long.choices.options, long.choices.tokenizer));
    }
}

#[test]
fn a_reload_in_the_middle_keeps_the_step_and_what_was_before() {
    let user = user();
    let page = user.after(Action::Lesson(LessonMove::Open)).after(Action::Lesson(LessonMove::Step(3)));
    let kept: Choices = serde_json::from_str(&serde_json::to_string(&page.choices).unwrap()).unwrap();
    let again = State::new(kept, Lang::Zh, Theme::Auto, false);
    assert!(again.choices.lesson.is_open());
    assert_eq!((again.choices.lesson.step, again.lesson.moves), (3, 0));
    let left = again.after(Action::Lesson(LessonMove::Leave));
    assert_eq!((&*left.choices.dialogue, &*left.choices.own_template), ("my own", "mine"));
    let resumed = left.after(Action::Lesson(LessonMove::Open));
    assert_eq!((resumed.choices.lesson.step, resumed.choices.recipe.as_str()), (3, "per-turn"));
}

#[test]
fn what_is_typed_in_the_lesson_is_kept_too() {
    let user = user();
    let typed = |text: &str, page: &State| page.after(Action::Type(text.into()));
    let next = |step, page: &State| page.after(Action::Lesson(LessonMove::Step(step)));
    let page = typed("one", &user.after(Action::Lesson(LessonMove::Open)));
    let page = typed("two", &next(1, &page));
    let left = page.after(Action::Lesson(LessonMove::Leave));
    assert_eq!(&*left.choices.dialogue, "my own");
    let two = left.after(Action::Restore);
    assert_eq!(&*two.choices.dialogue, "two");
    assert_eq!(&*two.after(Action::Restore).choices.dialogue, "one");
}

#[test]
fn keeping_what_is_there_keeps_what_was_before_as_well() {
    let page = user().after(Action::Lesson(LessonMove::Open)).after(Action::Lesson(LessonMove::Step(8)));
    let kept = page.after(Action::Recipe("unsloth".to_owned())).after(Action::Lesson(LessonMove::Keep));
    assert!(!kept.choices.lesson.is_open());
    assert_eq!((kept.choices.recipe.as_str(), &*kept.choices.own_template), ("unsloth", "mine"));
    assert!(kept.choices.options.get("axolotl").is_some());
    assert_eq!(&*kept.after(Action::Restore).choices.dialogue, "my own");
}

#[test]
fn a_file_is_open_again_when_the_lesson_is_left() {
    let file = user()
        .after(Action::Open(Rc::from("rows.jsonl"), Rc::from("blob:1")))
        .after(Action::Heard(FromWorker::Indexed { rows: 3, share: 1.0, done: true }))
        .after(Action::Heard(FromWorker::Row(0, "first".to_owned())));
    let page = file.after(Action::Lesson(LessonMove::Open));
    assert_eq!(page.file, None);
    let left = page.after(Action::Lesson(LessonMove::Step(2))).after(Action::Lesson(LessonMove::Leave));
    assert_eq!((&*left.choices.dialogue, &left.file), ("first", &file.file));
}

#[test]
fn the_hint_is_gone_once_it_was_dismissed_or_the_lesson_opened() {
    assert!(!state().choices.lesson.known);
    for how in [LessonMove::Dismiss, LessonMove::Open] {
        assert!(state().after(Action::Lesson(how)).choices.lesson.known);
    }
}

#[test]
fn what_could_be_undone_before_the_lesson_can_be_undone_after_it() {
    let user = user();
    let page = user.after(Action::Lesson(LessonMove::Open)).after(Action::IgnoreIndex(0));
    assert!(user.undo.ways().0 && page.undo.ways().0);
    let undone = page.after(Action::Undo);
    assert!(undone.choices.lesson.is_open() && undone.choices.ignore_index == -100);
    let next = page.after(Action::Lesson(LessonMove::Step(1)));
    assert_eq!(next.undo.ways(), (false, false), "a step begins anew");
    assert_eq!(next.after(Action::Lesson(LessonMove::Leave)).undo, user.undo);
}

#[test]
fn a_link_that_is_opened_in_the_lesson_leaves_it_and_carries_none() {
    use crate::app::link;
    use crate::app::wire::Unpacked;
    let page = user().after(Action::Lesson(LessonMove::Open)).after(Action::Lesson(LessonMove::Step(2)));
    let json = link::write(&page.choices);
    assert!(!json.contains("my own"), "what was there before is nobody else's");
    let (choices, note) = link::read(json.as_bytes(), |_| true).unwrap();
    assert_eq!(choices.lesson, Choices::default().lesson);
    let unpacked = FromWorker::Unpacked(Box::new(Ok(Unpacked { choices, note })));
    let opened = page.after(Action::Heard(unpacked));
    assert!(!opened.choices.lesson.is_open() && opened.choices.lesson.step == 2);
    assert_eq!(&*opened.after(Action::Restore).choices.dialogue, "my own");
}
