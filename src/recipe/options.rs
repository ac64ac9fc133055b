//! Options of a recipe: which there are, and the values that were asked for.

use serde::Serialize;

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// An option of a recipe.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptionSpec {
    /// The name that the trainer itself uses.
    pub name: &'static str,
    /// Which values it takes.
    pub kind: OptionKind,
    /// The value where none is given, as it would be written.
    pub default: &'static str,
    /// What it is for.
    pub title: Bilingual,
}

/// Which values an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    /// One of these.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A whole number from 0 on, or `none` for no limit.
    IntOrNone,
    /// Any text.
    Text,
    /// Texts, separated by commas.
    List,
}

/// The value of every option of a recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    recipe: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Options {
    /// The defaults, changed by what was asked for; of one name the last value counts. Says what it can't understand.
    pub fn parse(
        recipe: &'static str,
        specs: &'static [OptionSpec],
        asked: &[(String, String)],
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut values: Vec<_> = specs.iter().map(|spec| (spec.name, spec.default.to_owned())).collect();
        let mut wrong = Vec::new();
        for (name, value) in asked {
            let Some(at) = specs.iter().position(|spec| spec.name == name) else {
                wrong.push(unknown_option(recipe, specs, name));
                continue;
            };
            match specs[at].kind.check(value) {
                Ok(()) => values[at].1.clone_from(value),
                Err(expected) => wrong.push(bad_value(name, value, &expected)),
            }
        }
        if wrong.is_empty() { Ok(Self { recipe, values }) } else { Err(wrong) }
    }

    /// The id of the recipe that these are the options of.
    pub const fn recipe(&self) -> &'static str {
        self.recipe
    }

    /// The value as it was written; empty for a name that the recipe does not have.
    pub fn text(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The value as a limit; none where it is `none`.
    pub fn limit(&self, name: &str) -> Option<usize> {
        self.text(name).parse().ok()
    }

    /// The value as Python writes it, where it is a number, a truth value or `none`.
    pub fn python(&self, name: &str) -> &str {
        match self.text(name) {
            "none" => "None",
            "true" => "True",
            "false" => "False",
            other => other,
        }
    }

    /// The items of a list.
    pub fn items(&self, name: &str) -> impl Iterator<Item = &str> {
        self.text(name).split(',').map(str::trim).filter(|item| !item.is_empty())
    }

    /// Whether the value is `true`.
    pub fn is_set(&self, name: &str) -> bool {
        self.text(name) == "true"
    }
}

impl OptionKind {
    /// Whether the option takes this value, or what it takes instead.
    fn check(self, value: &str) -> Result<(), Bilingual> {
        match self {
            Self::Choice(choices) if !choices.contains(&value) => {
                let list = choices.join(", ");
                Err(Bilingual::new(format!("one of: {list}"), format!("以下之一：{list}")))
            }
            Self::Bool if !["true", "false"].contains(&value) => {
                Err(Bilingual::fixed("true or false", "true 或 false"))
            }
            Self::Int if value.parse::<i64>().is_err() => Err(Bilingual::fixed("a whole number", "整数")),
            Self::IntOrNone if value != "none" && value.parse::<u32>().is_err() => {
                Err(Bilingual::fixed("a whole number from 0 on, or none", "不小于 0 的整数，或 none"))
            }
            _ => Ok(()),
        }
    }
}

fn unknown_option(recipe: &str, specs: &[OptionSpec], name: &str) -> Diagnostic {
    let hint = if specs.is_empty() {
        Bilingual::new(format!("`{recipe}` has no options"), format!("`{recipe}` 没有选项"))
    } else {
        let known: Vec<_> = specs.iter().map(|spec| spec.name).collect();
        let known = known.join(", ");
        Bilingual::new(
            format!("the options of `{recipe}` are: {known}"),
            format!("`{recipe}` 的选项有：{known}"),
        )
    };
    let message = Bilingual::new(
        format!("the recipe `{recipe}` has no option `{name}`"),
        format!("掩码规则 `{recipe}` 没有选项 `{name}`"),
    );
    Diagnostic::new(Severity::Error, "unknown-option", message).hint(hint)
}

fn bad_value(name: &str, value: &str, expected: &Bilingual) -> Diagnostic {
    let message = Bilingual::new(
        format!("the option `{name}` can't be `{value}`"),
        format!("选项 `{name}` 不能取值 `{value}`"),
    );
    let hint = Bilingual::new(format!("give {}", expected.en), format!("请填写{}", expected.zh));
    Diagnostic::new(Severity::Error, "bad-option-value", message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    static SPECS: [OptionSpec; 3] = [
        OptionSpec {
            name: "end",
            kind: OptionKind::Choice(&["stop", "none"]),
            default: "stop",
            title: Bilingual::fixed("end", "结尾"),
        },
        OptionSpec {
            name: "max_len",
            kind: OptionKind::Int,
            default: "2048",
            title: Bilingual::fixed("length", "长度"),
        },
        OptionSpec {
            name: "train_on_prompt",
            kind: OptionKind::Bool,
            default: "false",
            title: Bilingual::fixed("prompt", "提示"),
        },
    ];

    fn parse(asked: &[(&str, &str)]) -> Result<Options, Vec<Diagnostic>> {
        let asked: Vec<_> = asked.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Options::parse("r", &SPECS, &asked)
    }

    #[test]
    fn the_last_value_of_a_name_counts_and_the_others_keep_their_default() {
        let options = parse(&[("end", "none"), ("end", "stop"), ("train_on_prompt", "true")]).unwrap();
        assert_eq!(options.text("end"), "stop");
        assert_eq!(options.text("max_len"), "2048");
        assert!(options.is_set("train_on_prompt"));
    }

    #[test]
    fn a_limit_is_a_number_or_none_and_a_list_has_no_empty_items() {
        static SPECS: [OptionSpec; 2] = [
            OptionSpec {
                name: "max_length",
                kind: OptionKind::IntOrNone,
                default: "none",
                title: Bilingual::fixed("length", "长度"),
            },
            OptionSpec {
                name: "roles",
                kind: OptionKind::List,
                default: "assistant",
                title: Bilingual::fixed("roles", "角色"),
            },
        ];
        let parse =
            |name: &str, value: &str| Options::parse("r", &SPECS, &[(name.to_owned(), value.to_owned())]);
        assert_eq!(parse("max_length", "20").unwrap().limit("max_length"), Some(20));
        let options = parse("roles", " a,, b ,").unwrap();
        assert_eq!((options.limit("max_length"), options.python("max_length")), (None, "None"));
        assert_eq!(options.items("roles").collect::<Vec<_>>(), ["a", "b"]);
        for wrong in ["-1", "", "many", "None"] {
            assert_eq!(parse("max_length", wrong).unwrap_err()[0].code, "bad-option-value", "{wrong}");
        }
    }

    #[test]
    fn an_unknown_name_is_an_error_that_lists_the_known_ones() {
        let wrong = parse(&[("ends", "none")]).unwrap_err();
        assert_eq!(wrong[0].code, "unknown-option");
        assert!(wrong[0].hint.as_ref().unwrap().en.contains("end, max_len, train_on_prompt"));
    }

    #[test]
    fn an_unknown_value_is_an_error_that_lists_the_known_ones() {
        let wrong = parse(&[("end", "full"), ("max_len", "many"), ("train_on_prompt", "True")]).unwrap_err();
        let hints: Vec<_> = wrong.iter().map(|wrong| wrong.hint.as_ref().unwrap().en.as_ref()).collect();
        assert_eq!(hints, ["give one of: stop, none", "give a whole number", "give true or false"]);
    }
}
