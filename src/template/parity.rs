//! What a template writes of which we know that transformers makes something else of it: the rows of COMPATIBILITY.md
//! that can be seen in a template's text, and that give no error.

use crate::bilingual::Bilingual;

/// The differences that may concern this template.
pub fn differences(source: &str) -> Vec<Bilingual> {
    let mut found = Vec::new();
    let (mut safe, mut generator, mut shifted, mut zone) = (false, false, false, false);
    let mut captured = 0_usize;
    for tag in tags(source) {
        safe |= tag.split('|').skip(1).any(|filter| {
            let filter = filter.trim_start();
            filter.strip_prefix("safe").is_some_and(|rest| rest.trim_start().starts_with('+'))
        });
        let mut filters = tag.split('|').skip(1).map(|filter| word(filter.trim_start()));
        let mut before = "";
        generator |= filters.any(|filter| {
            let found = before == "map" && filter == "tojson";
            before = filter;
            found
        });
        zone |= tag.contains("strftime_now") && (tag.contains("%z") || tag.contains("%Z"));
        let body = tag.trim_start_matches(['%', '-', '+', ' ', '\n', '\t']);
        match word(body) {
            "macro" | "filter" | "call" => captured += 1,
            "set" if tag.starts_with('%') && !body.contains('=') => captured += 1,
            "endmacro" | "endfilter" | "endcall" | "endset" => captured = captured.saturating_sub(1),
            "generation" if tag.starts_with('%') => shifted |= captured > 0,
            _ => {}
        }
    }
    if safe {
        found.push(Bilingual::fixed(
            "after `| safe`, what `+` adds is escaped as HTML by transformers; here it stays as it is",
            "在 `| safe` 之后用 `+` 拼接的内容，transformers 会做 HTML 转义，此处保持原样",
        ));
    }
    if generator {
        found.push(Bilingual::fixed(
            "`map(…) | tojson` without `list` between them is an error in transformers; here it writes the list",
            "`map(…) | tojson` 之间缺少 `list` 时 transformers 会报错，此处会输出列表",
        ));
    }
    if shifted {
        found.push(Bilingual::fixed(
            "a `{% generation %}` block inside a macro or a captured block: transformers reports its spans shifted to the left; here they are the bytes that the block wrote",
            "`{% generation %}` 位于宏或捕获块内：transformers 报告的区间会左移，此处是该块实际输出的字节",
        ));
    }
    if zone {
        found.push(Bilingual::fixed(
            "the clock has no time zone here: `%z` and `%Z` write nothing",
            "此处的时钟不带时区：`%z` 和 `%Z` 输出为空",
        ));
    }
    found
}

/// What stands inside the tags and expressions of a template, in order; of a tag the `%` as well.
fn tags(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = source;
    std::iter::from_fn(move || {
        loop {
            let after = rest.get(rest.find('{')? + 1..)?;
            rest = after;
            let end = match after.as_bytes().first()? {
                b'%' => "%}",
                b'{' => "}}",
                _ => continue,
            };
            let length = after.find(end).unwrap_or(after.len());
            rest = after.get(length..)?;
            return after.get(..length);
        }
    })
}

/// The name that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_only_where_the_template_has_it() {
        let count = |source: &str| differences(source).len();
        assert_eq!(count("{{ 'a' | safe + m.content }}"), 1);
        assert_eq!(count("{{ m.content | safe }}"), 0);
        assert_eq!(count("{{ tools | map(attribute='x') | tojson }}"), 1);
        assert_eq!(count("{{ tools | map(attribute='x') | list | tojson }}"), 0);
        assert_eq!(count("{% macro f() %}{% generation %}a{% endgeneration %}{% endmacro %}"), 1);
        assert_eq!(count("{% macro f() %}{% endmacro %}{%- generation -%}a{% endgeneration %}"), 0);
        assert_eq!(count("{% set x %}{% generation %}a{% endgeneration %}{% endset %}"), 1);
        assert_eq!(count("{% set x = 1 %}{% generation %}a{% endgeneration %}"), 0);
        assert_eq!(count("{{ strftime_now('%H %Z') }}"), 1);
        assert_eq!(count("{{ strftime_now('%H') }}"), 0);
    }

    #[test]
    fn no_template_of_the_catalog_has_one() {
        for entry in crate::template::catalog::entries() {
            assert_eq!(differences(entry.source()), [], "{}", entry.id);
        }
    }
}
