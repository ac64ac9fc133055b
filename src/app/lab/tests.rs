use super::*;
use crate::app::wire::{Fate, TokenView};
use crate::engine::{Engine, Request, TemplateChoice};
use crate::lab::Mask;
use crate::loss::Reduction;

const TALK: &str = r#"[{"role": "user", "content": "what is it"}, {"role": "assistant", "content": "a cat"},
    {"role": "user", "content": "and this one"}, {"role": "assistant", "content": "a grey dog"}]"#;

fn material(dialogue: &str, together: bool) -> String {
    let template = TemplateChoice::Catalog("chatml".to_owned());
    let request = Request { dialogue: dialogue.to_owned(), template, ..Request::default() };
    serde_json::to_string(&Material::collect(&mut Engine::new(), &request, together, &[])).unwrap()
}

fn choices() -> LabChoices {
    LabChoices { together: false, steps: "60".to_owned(), rate: "0.02".to_owned(), ..LabChoices::default() }
}

/// A bench with this dialogue, and what it said first.
fn bench(dialogue: &str, choices: LabChoices) -> (Bench, FromLab) {
    // Small enough for a test.
    let settings = lab::Settings { width: 16, heads: 2, hidden: 32, layers: 1, ..lab::Settings::default() };
    let mut bench = Bench { settings, ..Bench::default() };
    bench.hear(ToLab::Choices(Lang::En, choices), || 0.0);
    let first = bench.hear(ToLab::Material(material(dialogue, false)), || 0.0);
    (bench, first)
}

/// Lets it work until it has nothing more to do.
fn finish(bench: &mut Bench) -> FromLab {
    let mut last = FromLab::default();
    for _ in 0..2000 {
        let next = bench.hear(ToLab::Frame, || 0.0);
        let busy = next.busy;
        last = FromLab {
            busy,
            about: next.about.or(last.about),
            run: next.run.or(last.run),
            tokens: next.tokens.or(last.tokens),
            written: next.written.or(last.written),
            ..FromLab::default()
        };
        if !busy {
            return last;
        }
    }
    panic!("it works for ever");
}

fn counts(token: &TokenView) -> bool {
    token.fate == Fate::Counts
}

fn first_finding(from: &FromLab) -> String {
    from.about.as_ref().unwrap().findings[0].code.to_string()
}

#[test]
fn a_run_goes_on_only_while_it_is_asked_to_and_ends_after_its_steps() {
    let (mut bench, first) = bench(TALK, choices());
    assert!(!first.busy && first.about.unwrap().ready);
    assert!(bench.hear(ToLab::Run, || 0.0).busy);
    let shown = bench.hear(ToLab::Frame, || 0.0).run.unwrap();
    assert_eq!((shown.step, shown.running), (1, true), "60 steps are shown in 60 pictures");
    let last = finish(&mut bench);
    let run = last.run.unwrap();
    assert_eq!((run.step, run.running), (60, false));
    assert_eq!(run.charts.len(), 2);
    assert_eq!(run.status, "done after 60 steps");
    assert!(run.charts[0].lines.iter().all(|line| line.matches('L').count() == 59));
    assert!(bench.hear(ToLab::Run, || 0.0).busy, "and then it can be trained again");
    assert_eq!(bench.steps().0, 0);
}

#[test]
fn a_pause_stops_at_once_and_a_step_is_one_step() {
    let (mut bench, _) = bench(TALK, choices());
    bench.hear(ToLab::Run, || 0.0);
    bench.hear(ToLab::Frame, || 0.0);
    let paused = bench.hear(ToLab::Pause, || 0.0);
    assert!(!paused.run.unwrap().running && paused.tokens.is_none());
    assert!(paused.busy, "what both models are like now comes after the answer");
    assert!(bench.hear(ToLab::Frame, || 0.0).tokens.is_some());
    let clock = std::cell::Cell::new(0.0);
    let slow = || {
        clock.set(clock.get() + 20.0);
        clock.get()
    };
    assert!(bench.hear(ToLab::Frame, slow).written.unwrap().writing);
    let stopped = bench.hear(ToLab::Pause, || 0.0);
    assert!(!stopped.busy && stopped.written.unwrap().remark.is_empty());
    assert!(!bench.hear(ToLab::Frame, || 0.0).busy);
    assert_eq!(bench.steps().0, 1);
    let stepped = bench.hear(ToLab::Step, || 0.0).run.unwrap();
    assert_eq!((stepped.step, stepped.running), (2, false));
    let after = bench.hear(ToLab::Frame, || 0.0);
    assert!(after.tokens.is_some() && !after.busy);
    assert_eq!(bench.hear(ToLab::Reset, || 0.0).run.unwrap().step, 0);
}

#[test]
fn a_slice_of_work_is_one_piece_of_a_step_where_a_piece_takes_long() {
    let (mut bench, _) = bench(TALK, choices());
    let clock = std::cell::Cell::new(0.0);
    let slow = || {
        clock.set(clock.get() + 20.0);
        clock.get()
    };
    bench.hear(ToLab::Run, slow);
    let samples = bench.lab.as_ref().unwrap().windows().len();
    // Of each model and each sample: a layer, the logits, and the layer's way back.
    for piece in 1..6 * samples {
        let heard = bench.hear(ToLab::Frame, slow);
        assert!(heard.busy && heard.run.is_none(), "piece {piece} ends no step");
    }
    // A pause in the middle of a step loses nothing of it.
    assert!(!bench.hear(ToLab::Pause, slow).run.unwrap().running);
    bench.hear(ToLab::Run, slow);
    let mut run = None;
    while run.is_none() {
        run = bench.hear(ToLab::Frame, slow).run;
    }
    assert_eq!(run.unwrap().step, 1);
    let mut whole = bench_of_one_step();
    assert_eq!(bench.lab.as_ref().unwrap().records(), whole.lab.take().unwrap().records());
}

fn bench_of_one_step() -> Bench {
    let (mut bench, _) = bench(TALK, choices());
    bench.hear(ToLab::Step, || 0.0);
    bench
}

#[test]
fn a_slice_of_work_ends_when_its_time_is_over() {
    let (mut bench, _) = bench(TALK, LabChoices { steps: "10000".to_owned(), ..choices() });
    bench.hear(ToLab::Run, || 0.0);
    let clock = std::cell::Cell::new(0.0);
    let now = || {
        clock.set(clock.get() + 0.1);
        clock.get()
    };
    bench.hear(ToLab::Frame, now);
    assert!((12.0..12.5).contains(&clock.get()), "{}", clock.get());
}

#[test]
fn a_mask_has_a_gradient_of_exactly_0_and_the_formula_the_samples_own_numbers() {
    let (mut bench, first) = bench(TALK, choices());
    let tokens = first.tokens.unwrap();
    assert!(tokens.tokens.iter().all(|token| (token.gradient == "0") != counts(token)));
    assert!(tokens.tokens.iter().any(counts) && !tokens.tokens.iter().all(counts));
    let mean = tokens.sum / tokens.count as f64;
    assert!((mean - f64::from(tokens.loss.unwrap())).abs() < 1e-5);
    assert!(tokens.formula.ends_with(&format!("{:.4}", tokens.loss.unwrap())), "{}", tokens.formula);
    let mut play = |change: fn(&mut LabChoices)| {
        let mut choices = choices();
        change(&mut choices);
        bench.hear(ToLab::Choices(Lang::En, choices), || 0.0).tokens.unwrap()
    };
    let sum = play(|choices| choices.reduction = Reduction::Sum);
    assert!((f64::from(sum.loss.unwrap()) - tokens.sum).abs() < 1e-3);
    assert_eq!(play(|choices| choices.reduction = Reduction::None).loss, None);
    let off = play(|choices| choices.mask = Mask::Off);
    assert_eq!(off.count, off.tokens.len() - 1);
    let user = play(|choices| choices.mask = Mask::User);
    assert!(user.count > 0 && user.tokens.iter().all(|token| !(counts(token) && token.taught)));
    let cut = play(|choices| choices.keep = "1".to_owned());
    assert_eq!((cut.count, cut.loss, cut.findings[0].code.as_ref()), (0, None, "nothing-trained"));
    assert!(cut.formula.contains("0 ÷ 0 = NaN") || cut.formula.contains("= NaN"), "{}", cut.formula);
}

#[test]
fn an_ignore_index_that_is_a_token_names_what_vanishes() {
    let (mut bench, first) = bench(TALK, choices());
    let tokens = first.tokens.unwrap();
    let taught = tokens.tokens.iter().find(|token| counts(token)).unwrap();
    let change = LabChoices { ignore_index: taught.label.clone(), ..choices() };
    let changed = bench.hear(ToLab::Choices(Lang::Zh, change), || 0.0).tokens.unwrap();
    assert!(changed.count < tokens.count);
    assert!(changed.tokens.iter().any(|token| token.fate == Fate::Vanished));
    assert!(changed.remarks[1].contains(&format!("`{}`", taught.text)), "{:?}", changed.remarks);
}

#[test]
fn both_models_write_and_only_what_they_wrote_is_said_of_them() {
    let (mut bench, _) = bench(TALK, LabChoices { steps: "200".to_owned(), ..choices() });
    bench.hear(ToLab::Run, || 0.0);
    let written = finish(&mut bench).written.unwrap();
    assert_eq!((written.rows.len(), written.step), (3, 200));
    let text =
        |pieces: &[crate::app::wire::Piece]| pieces.iter().map(|piece| &*piece.text).collect::<String>();
    for answer in &written.rows[0].answers {
        assert!(text(answer).starts_with("a "), "{answer:?}");
    }
    let says = |which: usize| {
        let users = |row: &crate::app::wire::WrittenRow| {
            row.answers[which].iter().any(|piece| piece.kind == crate::app::wire::Kind::User)
        };
        written.rows[1..].iter().any(users)
    };
    assert!(says(1), "{written:?}");
    assert_eq!(written.remark.contains("A does not"), !says(0), "{}", written.remark);
    let again = |bench: &mut Bench| {
        bench.hear(ToLab::Write, || 0.0);
        finish(bench).written.unwrap().rows
    };
    assert_eq!(again(&mut bench), written.rows, "greedy writing depends on no draw");
    let hot = LabChoices { steps: "200".to_owned(), temperature: "9".to_owned(), ..choices() };
    bench.hear(ToLab::Choices(Lang::En, hot), || 0.0);
    assert_ne!(again(&mut bench), again(&mut bench));
}

#[test]
fn bad_input_is_said_and_the_bench_goes_on() {
    let no_reply = r#"[{"role": "user", "content": "hello"}]"#;
    assert_eq!(first_finding(&bench(no_reply, choices()).1), "lab-no-sample");
    for (rate, steps, seed) in [("NaN", "9", "1"), ("x", "9", "1"), ("0.1", "-1", "1"), ("0.1", "9", "")] {
        let own = |text: &str| text.to_owned();
        let bad = LabChoices { rate: own(rate), steps: own(steps), seed: own(seed), ..choices() };
        let (mut bench, first) = bench(TALK, bad);
        assert_eq!(first_finding(&first), "bad-setting");
        assert!(!bench.hear(ToLab::Run, || 0.0).busy);
        assert!(bench.hear(ToLab::Choices(Lang::En, choices()), || 0.0).about.unwrap().ready);
    }
    let (mut bench, _) = bench(TALK, choices());
    assert!(!bench.hear(ToLab::Material("{".to_owned()), || 0.0).busy);
    let bad = LabChoices { temperature: "cold".to_owned(), ignore_index: "x".to_owned(), ..choices() };
    let said = bench.hear(ToLab::Choices(Lang::En, bad), || 0.0);
    assert_eq!(said.tokens.unwrap().findings[0].code, "bad-setting");
}

#[test]
fn what_is_said_of_a_run_is_what_its_records_hold() {
    use crate::lab::{Losses, Record};
    let record = |step, a: [f32; 2], b: [f32; 2]| {
        let losses = |[reported, reply]: [f32; 2]| Losses { reported, reply, prompt: 1.0 };
        Record { step, masked: losses(a), unmasked: losses(b) }
    };
    let say = |records: &[Record]| reading::of(Lang::En, records, records.len(), [25, 100]).1;
    let lesson = say(&[record(1, [1.91, 1.91], [1.27, 2.59])]);
    assert!(lesson[0].contains("1.27 against 1.91") && lesson[0].contains("75 %"), "{lesson:?}");
    assert!(lesson[0].contains("worse on the replies"));
    assert!(say(&[record(1, [2.0, 2.0], [1.0, 1.0])])[0].contains("better on the replies too"));
    let turned: Vec<_> =
        (1..=60).map(|step| record(step, [1.0, 1.0], [1.0, if step <= 30 { 2.0 } else { 0.5 }])).collect();
    let lesson = say(&turned);
    assert!(
        lesson[1].contains("A was ahead on the replies at first") && lesson[1].contains("it is B"),
        "{lesson:?}"
    );
    assert!(say(&turned[..30])[1].contains("A has been ahead"), "{:?}", say(&turned[..30]));
    assert_eq!(say(&turned[..29]).len(), 1);
}

#[test]
fn the_loss_is_timed_only_where_there_is_something_of_bounded_size() {
    let clock = std::cell::Cell::new(0.0);
    let now = || {
        clock.set(clock.get() + 1.0);
        clock.get()
    };
    let mut bench = Bench::default();
    assert_eq!(bench.hear(ToLab::Time(4, 100), now).timed, Some([1.0, 1.0]));
    for (rows, words) in [(0, 9), (9, 0), (usize::MAX, 2), (1 << 13, 1 << 13)] {
        assert_eq!(bench.hear(ToLab::Time(rows, words), now).timed, None);
    }
}
