//! `lossmask recipes` and `lossmask templates`: what there is to choose from.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::flags::Flags;
use super::{Clean, json as lines};
use crate::recipe::catalog::{self, RECIPES};
use crate::recipe::{OptionKind, OptionSpec, Options, Recipe};
use crate::template::catalog as templates;

pub(super) fn recipes(flags: &Flags, out: &mut dyn Write) -> Clean {
    flags.no_file("recipes")?;
    for recipe in RECIPES {
        if flags.json {
            let options: Vec<_> = recipe.options.iter().map(option).collect();
            lines::line(
                out,
                &json!({
                    "id": recipe.id,
                    "title": recipe.title,
                    "summary": recipe.summary,
                    "options": options,
                    "source": recipe.source,
                    "config": config(recipe),
                }),
            )?;
            continue;
        }
        writeln!(out, "{:<22} {}", recipe.id, recipe.summary.en)?;
        for option in recipe.options {
            let values = match option.kind {
                OptionKind::Choice(choices) => choices.join("|"),
                // As a shell takes it.
                _ if option.default.contains('\n') => format!("$'{}'", option.default.replace('\n', "\\n")),
                _ => option.default.to_owned(),
            };
            writeln!(out, "{:<22}   --set {}={values}   {}", "", option.name, option.title.en)?;
        }
    }
    Ok(true)
}

/// The trainer's own configuration that the default options stand for.
fn config(recipe: &Recipe) -> Option<String> {
    let options = Options::parse(recipe.id, recipe.options, &[]).ok()?;
    catalog::config(recipe, &options)
}

fn option(option: &OptionSpec) -> Value {
    let (kind, choices) = match option.kind {
        OptionKind::Choice(choices) => ("choice", Some(choices)),
        OptionKind::Bool => ("bool", None),
        OptionKind::Int => ("int", None),
        OptionKind::IntOrNone => ("int_or_none", None),
        OptionKind::Text => ("text", None),
        OptionKind::List => ("list", None),
    };
    let mut line = Map::new();
    line.insert("name".to_owned(), json!(option.name));
    line.insert("kind".to_owned(), json!(kind));
    if let Some(choices) = choices {
        line.insert("choices".to_owned(), json!(choices));
    }
    line.insert("default".to_owned(), json!(option.default));
    line.insert("title".to_owned(), json!(option.title));
    Value::Object(line)
}

pub(super) fn templates(flags: &Flags, out: &mut dyn Write) -> Clean {
    flags.no_file("templates")?;
    for entry in templates::entries() {
        let about = entry.about().about;
        if flags.json {
            // `source` is the code that an entry emulates: those of the catalog are nobody else's.
            lines::line(
                out,
                &json!({
                    "id": entry.id,
                    "title": entry.title,
                    "summary": about,
                    "options": [],
                    "source": null,
                    "chat_template": entry.source(),
                }),
            )?;
        } else {
            writeln!(out, "{:<14} {}", entry.id, about.en)?;
        }
    }
    Ok(true)
}
