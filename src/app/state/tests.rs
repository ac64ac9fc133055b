use super::*;
use crate::app::wire::{BatchView, ConversationView, OutcomeView, SampleView, Scope};
use crate::app::wire::{FromWorker, examples};
use crate::examples::EXAMPLES;
use crate::recipe::catalog::RECIPES;

fn state() -> State {
    State::new(Choices::default(), Lang::En, Theme::Auto, false)
}

fn report(tokens: usize) -> FromWorker {
    let sample = SampleView { ids: vec![1; tokens], ..SampleView::default() };
    let outcomes = vec![OutcomeView::Sample(Rc::new(sample))];
    let conversation = Some(ConversationView { outcomes, ..ConversationView::default() });
    FromWorker::Report(1, Box::new(ReportView { conversation, count: 1, ..ReportView::default() }), 1.0)
}

#[test]
fn the_last_good_samples_stay_when_the_text_breaks() {
    let good = state().after(Action::Heard(report(3)));
    assert!(good.shown().is_some_and(|(_, current)| current));
    let broken = FromWorker::Report(2, Box::default(), 1.0);
    let after = good.after(Action::Heard(broken));
    assert!(after.shown().is_some_and(|(report, current)| !current && report.has_outcome()));
}

#[test]
fn what_is_left_of_a_broken_text_does_not_replace_the_last_good_samples() {
    use crate::diagnostic::Severity;
    let dropped = |severity| {
        let found = Diagnostic::new(severity, "found", Bilingual::fixed("found", "有问题"));
        let outcomes = vec![OutcomeView::Dropped(Bilingual::fixed("no reply", "没有回复"), vec![found])];
        let conversation = Some(ConversationView { outcomes, ..ConversationView::default() });
        let report = ReportView { conversation, count: 1, ..ReportView::default() };
        Action::Heard(FromWorker::Report(2, Box::new(report), 1.0))
    };
    let good = state().after(Action::Heard(report(3)));
    let broken = good.after(dropped(Severity::Error));
    assert!(broken.shown().is_some_and(|(report, current)| !current && report.sample(0).is_some()));
    let without_reply = good.after(dropped(Severity::Warning));
    assert!(without_reply.shown().is_some_and(|(report, current)| current && report.sample(0).is_none()));
}

#[test]
fn a_pin_is_released_when_its_token_is_gone() {
    let at = TokenAt { sample: 0, token: 2 };
    let pinned = state().after(Action::Heard(report(3))).after(Action::Pin(at));
    assert_eq!(pinned.inspected(), Some(at));
    assert_eq!(pinned.after(Action::Heard(report(2))).inspected(), None);
    assert_eq!(pinned.after(Action::Pin(at)).pin, None);
}

#[test]
fn a_selection_ends_when_its_text_changes() {
    let selected = state().after(Action::Select(Some(Span::new(1, 4))));
    assert_eq!(selected.selection, Some(Span::new(1, 4)));
    assert_eq!(selected.after(Action::Type("x".into())).selection, None);
    assert_eq!(selected.after(Action::Example(examples()[1].clone())).selection, None);
}

#[test]
fn nothing_typed_is_lost_when_the_worker_dies() {
    let typed = state().after(Action::Type("[1]".into()));
    let after = typed.after(Action::WorkerLost { restarted: true });
    assert_eq!(&*after.choices.dialogue, "[1]");
    assert_eq!(after.worker, Worker::Starting);
    assert!(after.notice.is_some());
}

#[test]
fn each_recipe_keeps_its_own_options() {
    let set = state().after(Action::Option("end", "all".to_owned()));
    let other = set.after(Action::Recipe("all-tokens".to_owned()));
    assert!(other.choices.request().options.is_empty());
    let back = other.after(Action::Recipe("per-turn".to_owned()));
    assert_eq!(back.choices.request().options, [("end".to_owned(), "all".to_owned())]);
}

#[test]
fn the_page_is_ready_only_when_tokenizer_and_report_are() {
    let start = state();
    assert_eq!(start.progress(), "loading");
    let reported = start.after(Action::Heard(report(1)));
    assert_eq!(reported.progress(), "loading");
    let ready = reported.after(Action::Heard(FromWorker::Loaded("qwen2_5".to_owned(), 151_665)));
    assert_eq!(ready.progress(), "ready");
    assert_eq!(ready.after(Action::Asked).progress(), "busy");
}

#[test]
fn a_tokenizer_that_does_not_come_is_replaced_by_the_built_in_one() {
    use crate::diagnostic::Severity;
    let why = Diagnostic::new(Severity::Error, "tokenizer-not-fetched", Bilingual::fixed("no", "无"));
    let after = state().after(Action::Heard(FromWorker::Failed("qwen2_5".to_owned(), why)));
    assert_eq!(after.choices.tokenizer, EMBEDDED);
    assert!(after.notice.is_some());
    let again = after.after(Action::Tokenizer("qwen2_5".to_owned()));
    assert_eq!(again.tokenizer(), None, "it will be asked for again");
}

#[test]
fn choices_survive_the_way_through_storage() {
    let choices = Choices { ignore_index: -1, ..Choices::default() };
    let text = serde_json::to_string(&choices).unwrap();
    assert_eq!(serde_json::from_str::<Choices>(&text).unwrap(), choices);
    assert!(serde_json::from_str::<Choices>("{}").is_ok(), "an older page's choices are completed");
}

fn indexed(rows: usize) -> Action {
    Action::Heard(FromWorker::Indexed { rows, share: 1.0, done: true })
}

fn row(row: usize, text: &str) -> Action {
    Action::Heard(FromWorker::Row(row, text.to_owned()))
}

#[test]
fn what_is_typed_into_a_conversation_of_a_file_is_there_when_one_comes_back_to_it() {
    let open = state().after(Action::Open("rows.jsonl".into(), "blob:1".into())).after(indexed(3));
    let first = open.after(row(0, "first"));
    assert_eq!(&*first.choices.dialogue, "first");
    let edited = first.after(Action::Type("edited".into()));
    let second = edited.after(Action::Row(1)).after(row(1, "second"));
    assert_eq!(&*second.choices.dialogue, "second");
    let back = second.after(Action::Row(0)).after(row(0, "first"));
    assert_eq!(&*back.choices.dialogue, "edited");
}

#[test]
fn a_conversation_that_comes_too_late_is_not_shown() {
    let open = state().after(Action::Open("rows.jsonl".into(), "blob:1".into())).after(indexed(9));
    let wanted = open.after(row(0, "first")).after(Action::Row(5)).after(Action::Row(7));
    let late = wanted.after(row(5, "sixth"));
    assert_eq!(&*late.choices.dialogue, "first");
    assert!(late.file.as_ref().is_some_and(OpenFile::is_waiting));
    assert_eq!(&*late.after(row(7, "eighth")).choices.dialogue, "eighth");
    assert_eq!(open.after(Action::Row(99)).file.unwrap().wanted, 8, "there are only nine");
}

#[test]
fn what_a_file_or_an_example_replaces_can_be_brought_back() {
    let typed = state().after(Action::Type("mine".into()));
    let example = typed.after(Action::Example(examples()[1].clone()));
    assert_eq!(&*example.choices.dialogue, EXAMPLES[1].dialogue);
    assert_eq!(&*example.after(Action::Restore).choices.dialogue, "mine");
    let file =
        typed.after(Action::Open("a.txt".into(), "blob:2".into())).after(indexed(1)).after(row(0, "theirs"));
    let back = file.after(Action::Restore);
    assert_eq!((&*back.choices.dialogue, back.file), ("mine", None));
    let untouched = state().after(Action::Example(examples()[2].clone()));
    assert_eq!(untouched.replaced, None, "an example is not the user's own text");
}

#[test]
fn a_file_that_can_not_be_read_leaves_the_text_and_says_why() {
    use crate::diagnostic::Severity;
    let why = Diagnostic::new(Severity::Error, "file-not-text", Bilingual::fixed("no text", "不是文本"));
    let open =
        state().after(Action::Type("mine".into())).after(Action::Open("a.bin".into(), "blob:3".into()));
    let after = open.after(Action::Heard(FromWorker::NoFile(why)));
    assert_eq!((&*after.choices.dialogue, &after.file), ("mine", &None));
    assert!(after.notice.is_some_and(|notice| notice.en.starts_with("a.bin: no text")));
}

#[test]
fn the_page_is_busy_while_a_comparison_is_on_its_way_and_keeps_the_old_one_until_then() {
    use crate::app::wire::CompareView;
    let compared = |columns: u32| {
        let view = CompareView { columns: vec![0; 2 * columns as usize], ..CompareView::default() };
        Action::Heard(FromWorker::Compared(1, Box::new(view), 1.0))
    };
    let aside = Aside::Comparison;
    let asked = state().after(Action::Tab(Tab::Compare)).after(Action::AsideAsked(aside));
    let first = asked.after(compared(1)).after(Action::AsideAnswered(aside));
    let again = first.after(Action::AsideAsked(aside));
    assert!(!first.asides.any() && again.asides.has(aside) && !again.asides.has(Aside::Sheet));
    assert_eq!(again.comparison.as_ref().map(|view| view.len()), Some(1));
    assert_eq!(again.after(compared(2)).comparison.as_ref().map(|view| view.len()), Some(2));
    assert!(!again.after(Action::WorkerLost { restarted: true }).asides.any());
}

#[test]
fn a_comparison_asks_for_every_recipe_that_is_not_left_out_with_the_options_set_for_it() {
    let mut compare = CompareChoices::default();
    compare.hidden.push("per-turn".to_owned());
    compare.samples.insert("tinker".to_owned(), 2);
    let set = state()
        .after(Action::Recipe("axolotl".to_owned()))
        .after(Action::Option("train_on_eos", "all".to_owned()))
        .after(Action::Compare(compare));
    let asked = set.asked();
    let of = |id: &str| asked.iter().find(|one| one.recipe == id);
    assert_eq!(asked.len(), RECIPES.len() - 1);
    assert!(of("per-turn").is_none());
    assert_eq!(of("axolotl").unwrap().options, [("train_on_eos".to_owned(), "all".to_owned())]);
    assert_eq!(of("tinker").unwrap().sample, Some(2));
}

#[test]
fn the_page_is_busy_while_batches_are_on_their_way_and_keeps_the_old_ones_until_then() {
    let batched = |batches: usize| {
        let view = BatchView { batches, ..BatchView::default() };
        Action::Heard(FromWorker::Batched(1, Box::new(view), 1.0))
    };
    let aside = Aside::Batches;
    let asked = state().after(Action::Tab(Tab::Dataset)).after(Action::AsideAsked(aside));
    let first = asked.after(batched(1)).after(Action::AsideAnswered(aside));
    let again = first.after(Action::AsideAsked(aside));
    assert!(!first.asides.any() && again.asides.has(aside));
    assert_eq!(again.batches.as_ref().map(|view| view.batches), Some(1));
    assert_eq!(again.after(batched(2)).batches.as_ref().map(|view| view.batches), Some(2));
    assert!(!again.after(Action::WorkerLost { restarted: true }).asides.any());
}

#[test]
fn a_question_for_batches_leaves_out_what_does_not_concern_its_conversations() {
    use crate::engine::Request;
    let request = Request { dialogue: "text".to_owned(), conversation: Some(3), ..Request::default() };
    let ask = |scope| {
        let dataset = DatasetChoices { scope, ..DatasetChoices::default() };
        state().after(Action::Dataset(dataset)).batch_question(request.clone())
    };
    assert_eq!(
        (&*ask(Scope::Dialogue).request.dialogue, ask(Scope::Dialogue).request.conversation),
        ("text", None)
    );
    assert_eq!(ask(Scope::Examples).request.dialogue, "");
    assert_eq!(ask(Scope::File).scope, Scope::Dialogue, "no file is open");
}

#[test]
fn a_way_that_packs_is_given_a_length_and_one_that_takes_none_gets_none() {
    use crate::batch::Way;
    let length = |way, max_length| {
        let mut dataset = DatasetChoices::default();
        dataset.settings.way = way;
        dataset.settings.max_length = max_length;
        dataset.asked().settings.max_length
    };
    assert_eq!(length(Way::TrlBfd, None), Some(1024));
    assert_eq!(length(Way::TrlPaddingFree, Some(9)), None);
    assert_eq!((length(Way::Seq2seq, None), length(Way::Seq2seq, Some(9))), (None, Some(9)));
}

#[test]
fn the_arrow_keys_walk_through_the_tabs_and_around_their_ends() {
    for tab in Tab::ALL {
        assert_eq!(tab.step(1).step(-1), tab);
    }
    assert_eq!(Tab::ALL[0].step(-1), *Tab::ALL.last().unwrap());
}

#[test]
fn a_template_that_was_written_is_never_lost_to_another() {
    let own = state().after(Action::TypeTemplate("mine".into()));
    assert_eq!(own.choices.template, TemplateChoice::Source("mine".to_owned()));
    assert_eq!(&*own.after(Action::TypeTemplate("mine too".into())).choices.earlier_template, "");
    // Editing one of the catalog begins a new template of one's own.
    let edited = own
        .after(Action::Template(TemplateChoice::Catalog("chatml".to_owned())))
        .after(Action::TypeTemplate("{{ messages }}!".into()));
    assert_eq!(&*edited.choices.own_template, "{{ messages }}!");
    assert_eq!(&*edited.choices.earlier_template, "mine");
    let back = edited.after(Action::EarlierTemplate);
    assert_eq!(back.choices.template, TemplateChoice::Source("mine".to_owned()));
    assert_eq!(&*back.choices.earlier_template, "{{ messages }}!", "and the other one is kept in its place");
    let twin = back.after(Action::UseTemplate("twin".into()));
    assert_eq!((&*twin.choices.own_template, &*twin.choices.earlier_template), ("twin", "mine"));
    let pasted = twin.after(Action::TypeTemplate("x".repeat(EDITED_BYTES + 1).into()));
    assert_eq!(&*pasted.choices.earlier_template, "twin", "there is no undo of what is too long for the box");
}

#[test]
fn a_named_template_is_left_with_its_tokenizer() {
    let named = state().after(Action::Template(TemplateChoice::Named("tool_use".to_owned())));
    assert_eq!(
        named.after(Action::Tokenizer("other".to_owned())).choices.template,
        TemplateChoice::TokenizersOwn
    );
}

#[test]
fn the_clock_is_read_from_what_was_written() {
    let clock = |text: &str| {
        let choices = RenderChoices { now: Some(text.to_owned()), ..RenderChoices::default() };
        choices.clock().map(|time| time.to_string())
    };
    assert_eq!(clock("2026-01-31T09:05:07").as_deref(), Some("2026-01-31 09:05:07"));
    assert_eq!(clock("2026-01-31T09:05").as_deref(), Some("2026-01-31 09:05:00"));
    for wrong in ["", "2026-02-30T00:00", "2026-01-31", "99999999999-01-01T00:00", "x"] {
        assert_eq!(clock(wrong), None, "{wrong}");
    }
}

#[test]
fn the_last_rendered_text_stays_while_the_template_is_broken() {
    use crate::app::wire::SheetView;
    use crate::engine::{Engine, Request};
    let sheet = |template: &str| {
        let request = Request {
            dialogue: r#"[{"role": "user", "content": "a"}]"#.to_owned(),
            template: TemplateChoice::Source(template.to_owned()),
            conversation: Some(0),
            ..Request::default()
        };
        let sheet: SheetView = Engine::new().sheet(&request, false).into();
        Action::Heard(FromWorker::Sheet(1, Box::new(sheet)))
    };
    let good = state().after(Action::AsideAsked(Aside::Sheet)).after(sheet("{{ messages[0].content }}"));
    assert_eq!(good.progress(), "loading");
    let broken = good.after(sheet("{{ messages[0].content }"));
    assert_eq!(broken.template.last, good.template.sheet);
    assert_eq!(broken.template.sheet.as_ref().map(|sheet| sheet.diagnostics.len()), Some(1));
}

#[test]
fn a_dialogue_that_is_tried_keeps_the_one_in_the_box() {
    let typed = state().after(Action::Type("my own".into()));
    let tried = typed.after(Action::Try("[]".into()));
    assert_eq!(&*tried.choices.dialogue, "[]");
    assert_eq!(&*tried.after(Action::Restore).choices.dialogue, "my own");
}

#[test]
fn what_the_lab_says_replaces_only_what_has_changed() {
    use crate::app::wire::{FromLab, RunView, TokensView, WrittenView};
    let run = |step| RunView { step, running: true, ..RunView::default() };
    let first = FromLab {
        run: Some(run(1)),
        tokens: Some(TokensView { step: 1, ..TokensView::default() }),
        written: Some(WrittenView::default()),
        ..FromLab::default()
    };
    let heard = state().after(Action::LabHeard(Box::new(first)));
    let second = FromLab { run: Some(run(2)), ..FromLab::default() };
    let after = heard.after(Action::LabHeard(Box::new(second)));
    assert!(after.lab.running());
    assert_eq!(after.lab.run.map(|run| run.step), Some(2));
    assert_eq!(after.lab.tokens, heard.lab.tokens);
}

#[test]
fn equal_samples_leave_the_lab_as_it_is_and_a_lost_lab_keeps_them() {
    let material = |text: &str| Action::Heard(FromWorker::Lab(text.to_owned()));
    let first = state().after(Action::AsideAsked(Aside::Lab)).after(material("a"));
    let again = first.after(material("a"));
    assert!(Rc::ptr_eq(first.lab.material.as_ref().unwrap(), again.lab.material.as_ref().unwrap()));
    assert_eq!(again.after(material("b")).lab.material.as_deref(), Some("b"));
    let lost = again.after(Action::LabLost);
    assert_eq!((lost.lab.material.as_deref(), lost.lab.lost, lost.lab.run), (Some("a"), 1, None));
}

#[test]
fn what_a_dialog_showed_is_forgotten_when_it_is_opened_anew() {
    use crate::app::wire::{Made, Work};
    use crate::export::{Export, Form};
    let (python, rows) = (Work::Export(Form::Python, None), Work::Export(Form::Jsonl, None));
    let file = Export {
        name: "a.py".to_owned(),
        media_type: String::new(),
        text: "1".to_owned(),
        missing: Vec::new(),
    };
    let shown = state()
        .after(Action::Dialog(Some(Dialog::Work(python))))
        .after(Action::Heard(FromWorker::Made(python, Box::new(Ok(Made::Export(file))))));
    assert!(shown.made.as_ref().is_some_and(|(work, made)| *work == python && made.is_ok()));
    // Another form of the same dialog leaves it until there is a new one.
    let other = shown.after(Action::Dialog(Some(Dialog::Work(rows))));
    assert!(other.made.is_some());
    let anew = other.after(Action::Dialog(None)).after(Action::Dialog(Some(Dialog::Work(python))));
    assert_eq!(anew.made, None);
}
