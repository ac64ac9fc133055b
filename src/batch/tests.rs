use super::*;

/// Samples of these lengths, whose first half is masked; every token has its own id.
fn lists(lengths: &[usize], masked: impl Fn(usize) -> usize) -> Vec<(Vec<u32>, Vec<i64>)> {
    let one = |(number, length): (usize, &usize)| {
        let ids: Vec<u32> = (0..*length).map(|at| (100 * (number + 1) + at) as u32).collect();
        let label = |(at, id): (usize, &u32)| if at < masked(*length) { IGNORED } else { i64::from(*id) };
        let labels = ids.iter().enumerate().map(label).collect();
        (ids, labels)
    };
    lengths.iter().enumerate().map(one).collect()
}

fn made(lists: &[(Vec<u32>, Vec<i64>)], settings: &Settings) -> Result<Made, Diagnostic> {
    let samples: Vec<_> = lists.iter().map(|(input_ids, labels)| Tokens { input_ids, labels }).collect();
    make(&samples, settings)
}

fn settings(way: Way, max_length: Option<u32>) -> Settings {
    let max_length = max_length.filter(|_| way != Way::TrlPaddingFree);
    Settings {
        way,
        max_length,
        pad: Some(0),
        eos: Some(2),
        truncation: Some(Truncation::Drop),
        ..Settings::default()
    }
}

fn codes(lists: &[(Vec<u32>, Vec<i64>)], settings: &Settings) -> Vec<String> {
    made(lists, settings).unwrap().diagnostics.iter().map(|found| found.code.to_string()).collect()
}

const HALF: fn(usize) -> usize = |length| length / 2;

#[test]
fn every_way_stands_in_the_place_of_its_variant_and_is_found_by_its_name() {
    for info in &WAYS {
        assert_eq!(info.way.info().id, info.id);
        assert_eq!(Way::find(info.id), Some(info.way));
        assert_eq!(serde_json::to_value(info.way).unwrap(), info.id);
    }
}

#[test]
fn no_token_is_lost_or_doubled_and_every_column_leads_back_to_its_token() {
    let lists = lists(&[5, 1, 9, 3, 3, 30, 2, 8, 4], HALF);
    for info in &WAYS {
        for length in [8, 9, 40] {
            for size in [1, 3] {
                let settings = Settings { batch_size: size, ..settings(info.way, Some(length)) };
                let made = made(&lists, &settings).unwrap();
                let mut seen = Vec::new();
                for row in made.batches.iter().flat_map(|batch| &batch.rows) {
                    assert_eq!(row.input_ids.len(), row.labels.len(), "{}", info.id);
                    for column in 0..row.input_ids.len() {
                        match row.origin(column) {
                            Some((sample, token)) => {
                                assert_eq!(row.input_ids[column], lists[sample].0[token], "{}", info.id);
                                seen.push((sample, token));
                            }
                            None => assert_eq!((row.input_ids[column], row.labels[column]), (0, IGNORED)),
                        }
                    }
                }
                seen.sort_unstable();
                let kept = made.cuts.iter().enumerate().filter(|(_, cut)| cut.gone.is_none());
                let kept: Vec<_> = kept
                    .flat_map(|(sample, cut)| (cut.from..cut.to).map(move |token| (sample, token as usize)))
                    .collect();
                assert_eq!(seen, kept, "{} {length} {size}", info.id);
            }
        }
    }
}

#[test]
fn a_target_is_the_label_of_the_next_column_and_the_last_column_has_none() {
    let row = Row { labels: vec![7, IGNORED, 9], ..Row::default() };
    assert_eq!(row.targets(), [IGNORED, 9, IGNORED]);
    assert_eq!(Row::default().targets(), [0; 0]);
}

#[test]
fn a_pad_token_that_is_the_eos_token_is_a_warning_only_where_the_collator_goes_by_id() {
    let mut lists = lists(&[6, 4], HALF);
    for (ids, labels) in &mut lists {
        *ids.last_mut().unwrap() = 2;
        *labels.last_mut().unwrap() = 2;
    }
    let shared = |way| Settings { pad: Some(2), ..settings(way, None) };
    assert!(codes(&lists, &shared(Way::LanguageModeling)).contains(&"pad-is-eos".to_owned()));
    assert_eq!(codes(&lists, &shared(Way::Seq2seq)), [""; 0]);
    let apart = codes(&lists, &settings(Way::LanguageModeling, None));
    assert!(!apart.contains(&"pad-is-eos".to_owned()));
}

#[test]
fn a_collator_that_makes_its_own_labels_is_a_warning_where_the_recipe_masks_anything() {
    let modeling = settings(Way::LanguageModeling, None);
    assert_eq!(codes(&lists(&[6, 4], HALF), &modeling), ["collator-overwrites-labels"]);
    assert_eq!(codes(&lists(&[6, 4], |_| 0), &modeling), [""; 0]);
    assert_eq!(codes(&lists(&[6, 4], HALF), &settings(Way::Seq2seq, None)), [""; 0]);
}

#[test]
fn a_first_token_that_the_sample_before_is_trained_on_is_a_warning() {
    let all = lists(&[6, 4], |_| 0);
    for way in [Way::Multipack, Way::Neat, Way::TrlWrapped] {
        assert!(codes(&all, &settings(way, Some(12))).contains(&"packed-first-token-trained".to_owned()));
    }
    for way in [Way::TrlBfd, Way::Flattening, Way::TrlPaddingFree] {
        assert_eq!(codes(&all, &settings(way, Some(12))), [""; 0]);
    }
    assert_eq!(codes(&lists(&[6, 4], HALF), &settings(Way::Multipack, Some(12))), [""; 0]);
}

#[test]
fn rows_in_which_attention_crosses_samples_are_a_warning() {
    let lists = lists(&[6, 4], HALF);
    for way in [Way::TrlWrapped, Way::LlamaFactory] {
        assert_eq!(codes(&lists, &settings(way, Some(12))), ["packing-crosses-samples"]);
    }
    assert_eq!(codes(&lists, &settings(Way::Neat, Some(12))), [""; 0]);
    assert_eq!(codes(&lists[..1], &settings(Way::TrlWrapped, Some(12))), [""; 0]);
}

#[test]
fn a_reply_that_is_cut_and_labels_that_are_all_cut_off_are_warnings() {
    let lists = lists(&[10, 10], HALF);
    let cut =
        |length| Settings { truncation: Some(Truncation::KeepStart), ..settings(Way::Trl, Some(length)) };
    assert_eq!(codes(&lists, &cut(8)), ["truncation-cut-reply"]);
    assert_eq!(codes(&lists, &cut(5)), ["all-labels-truncated"]);
    assert_eq!(codes(&lists, &cut(10)), [""; 0]);
    let from_the_left = Settings { truncation: Some(Truncation::KeepEnd), ..cut(8) };
    assert_eq!(codes(&lists, &from_the_left), [""; 0]);
}

#[test]
fn a_sample_that_is_too_long_meets_what_the_way_does_by_itself_unless_another_thing_is_asked_for() {
    let lists = lists(&[10], HALF);
    let gone = |way, truncation| {
        let settings = Settings { truncation, ..settings(way, Some(8)) };
        made(&lists, &settings).unwrap().cuts[0].gone
    };
    assert_eq!(gone(Way::Multipack, None), Some(Gone::TooLong));
    assert_eq!(gone(Way::Multipack, Some(Truncation::KeepStart)), None);
    assert_eq!(gone(Way::Trl, None), None);
    assert_eq!(gone(Way::Trl, Some(Truncation::Drop)), None, "TRL can't do that");
}

#[test]
fn what_would_fill_the_memory_or_no_trainer_takes_is_an_error() {
    let lists = lists(&[10; 300], HALF);
    let code = |settings: &Settings| made(&lists, settings).map(|_| ()).unwrap_err().code;
    let wide = Settings { multiple_of: Some(1 << 20), ..settings(Way::Trl, None) };
    assert_eq!(code(&wide), "batch-too-large");
    assert_eq!(code(&settings(Way::Trl, Some(0))), "batch-setting");
    assert_eq!(code(&Settings { batch_size: 0, ..settings(Way::Trl, None) }), "batch-setting");
    assert_eq!(code(&Settings { multiple_of: Some(u32::MAX), ..settings(Way::Trl, None) }), "batch-setting");
    assert_eq!(code(&settings(Way::TrlBfd, None)), "packing-needs-max-length");
    let padding_free = Settings { max_length: Some(4), ..settings(Way::TrlPaddingFree, None) };
    assert_eq!(code(&padding_free), "padding-free-max-length");
    let no_pad = |way| Settings { pad: None, ..settings(way, None) };
    assert_eq!(code(&no_pad(Way::Seq2seq)), "no-pad-token");
    assert!(made(&lists, &no_pad(Way::Trl)).is_ok(), "TRL takes the eos_token");
}
