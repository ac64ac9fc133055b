//! The flags of all commands; each command takes some of them.

use chrono::NaiveDateTime;
use lexopt::prelude::*;

use super::Stop;
use crate::batch::{Settings, Side, Truncation, WAYS, Way};
use crate::engine::PadToken;
use crate::template::Preparation;

/// What stands after the command.
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub(super) file: Option<String>,
    pub(super) format: Option<String>,
    pub(super) form: Option<String>,
    pub(super) sample: Option<usize>,
    pub(super) recipe: Option<String>,
    pub(super) set: Vec<(String, String)>,
    pub(super) now: Option<NaiveDateTime>,
    pub(super) template: Option<String>,
    pub(super) tokenizer: Option<String>,
    pub(super) ignore_index: Option<i64>,
    pub(super) variables: Vec<(String, String)>,
    pub(super) preparation: Preparation,
    pub(super) add_generation_prompt: bool,
    pub(super) json: bool,
    pub(super) batch: Settings,
    pub(super) pad: PadToken,
}

impl Flags {
    /// Reads the flags that `command` takes; none where help was asked for.
    pub(super) fn parse(
        parser: &mut lexopt::Parser,
        command: &str,
        allowed: &[&str],
    ) -> Result<Option<Self>, Stop> {
        let mut flags = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long(name) if allowed.contains(&name) => {
                    let name = name.to_owned();
                    flags.take(&name, parser)?;
                }
                Long(name) => {
                    let flags = allowed.iter().map(|flag| format!("--{flag}")).collect::<Vec<_>>().join(" ");
                    return Err(Stop::Usage(format!("`{command}` has no flag `--{name}`; it has {flags}")));
                }
                Value(file) if flags.file.is_none() => flags.file = Some(file.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(flags))
    }

    /// Refuses a file for a command that reads none.
    pub(super) fn no_file(&self, command: &str) -> Result<(), Stop> {
        match &self.file {
            Some(file) => Err(Stop::Usage(format!("`{command}` reads no file, but got `{file}`"))),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<(), Stop> {
        match name {
            "json" => self.json = true,
            "add-generation-prompt" => self.add_generation_prompt = true,
            "format" => self.format = Some(parser.value()?.string()?),
            "as" => self.form = Some(parser.value()?.string()?),
            "sample" => self.sample = Some(number(name, parser)?),
            "recipe" => self.recipe = Some(parser.value()?.string()?),
            "template" => self.template = Some(parser.value()?.string()?),
            "tokenizer" => self.tokenizer = Some(parser.value()?.string()?),
            "ignore-index" => self.ignore_index = Some(number(name, parser)?),
            "transformers" => {
                self.preparation = match parser.value()?.string()?.as_str() {
                    "4" => Preparation::V4,
                    "5" => Preparation::V5,
                    other => {
                        return Err(Stop::Usage(format!("`--transformers {other}` should be 4 or 5")));
                    }
                };
            }
            "way" => self.batch.way = way(&parser.value()?.string()?)?,
            "max-length" => self.batch.max_length = Some(number(name, parser)?),
            "pad-to-multiple-of" => self.batch.multiple_of = Some(number(name, parser)?),
            "batch-size" => self.batch.batch_size = number(name, parser)?,
            "truncation" => {
                const KNOWN: [(&str, Truncation); 3] = [
                    ("keep_start", Truncation::KeepStart),
                    ("keep_end", Truncation::KeepEnd),
                    ("drop", Truncation::Drop),
                ];
                self.batch.truncation = Some(one_of("truncation", &parser.value()?.string()?, &KNOWN)?);
            }
            "padding-side" => {
                const KNOWN: [(&str, Side); 2] = [("right", Side::Right), ("left", Side::Left)];
                self.batch.padding_side = one_of("padding-side", &parser.value()?.string()?, &KNOWN)?;
            }
            "pad" => {
                self.pad = match parser.value()?.string()?.as_str() {
                    "eos" => PadToken::Eos,
                    token => PadToken::Token(token.to_owned()),
                };
            }
            "now" => self.now = Some(time(&parser.value()?.string()?)?),
            "set" => self.set.push(pair("--set", "KEY=VALUE", &parser.value()?.string()?)?),
            "var" => {
                let (key, text) = pair("--var", "KEY=JSON", &parser.value()?.string()?)?;
                serde_json::from_str::<serde_json::Value>(&text).map_err(|error| {
                    Stop::Usage(format!(
                        "the value of `--var {key}` is not JSON: {error}; a string needs its quotes"
                    ))
                })?;
                self.variables.push((key, text));
            }
            _ => return Err(Stop::Usage(format!("there is no flag `--{name}`"))),
        }
        Ok(())
    }
}

/// The whole number after a flag.
fn number<T: std::str::FromStr>(flag: &str, parser: &mut lexopt::Parser) -> Result<T, Stop> {
    let text = parser.value()?.string()?;
    text.parse().map_err(|_| Stop::Usage(format!("`--{flag} {text}` should be a whole number in its range")))
}

fn pair(flag: &str, shape: &str, text: &str) -> Result<(String, String), Stop> {
    match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(Stop::Usage(format!("`{flag} {text}` should be `{flag} {shape}`"))),
    }
}

fn one_of<T: Copy>(flag: &str, text: &str, known: &[(&str, T)]) -> Result<T, Stop> {
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| Stop::Usage(format!("`--{flag} {text}` should be one of: {}", names())))
}

fn way(id: &str) -> Result<Way, Stop> {
    let known: Vec<_> = WAYS.iter().map(|info| (info.id, info.way)).collect();
    one_of("way", id, &known)
}

fn time(text: &str) -> Result<NaiveDateTime, Stop> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").map_err(|_| {
        Stop::Usage(format!("`--now {text}` should be a time such as `--now 2026-01-31T09:05:07`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Option<Flags>, Stop> {
        let allowed = ["set", "now", "var", "ignore-index", "json"];
        Flags::parse(&mut lexopt::Parser::from_args(arguments), "explain", &allowed)
    }

    fn complaint(arguments: &[&str]) -> String {
        match parse(arguments) {
            Err(Stop::Usage(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_is_taken_literally_up_to_its_last_byte() {
        let flags = parse(&["f", "--set", "a=b=c\n", "--ignore-index", "-7"]).unwrap().unwrap();
        assert_eq!(flags.set, [("a".to_owned(), "b=c\n".to_owned())]);
        assert_eq!(flags.ignore_index, Some(-7));
        assert_eq!(flags.file.as_deref(), Some("f"));
    }

    #[test]
    fn a_wrong_flag_is_told_what_it_should_be() {
        assert!(complaint(&["--set", "a"]).contains("--set KEY=VALUE"));
        assert!(complaint(&["--ignore-index", "x"]).contains("`--ignore-index x` should be a whole number"));
        assert!(complaint(&["--now", "noon"]).contains("2026-01-31T09:05:07"));
        assert!(complaint(&["--var", "a=b"]).contains("quotes"));
        assert!(complaint(&["--recipe", "x"]).contains("--set --now --var"));
        assert!(complaint(&["one", "two"]).contains("two"));
    }
}
