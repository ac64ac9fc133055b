//! Templates that would hang or fill the memory end with an error that says so.

use lossmask::diagnostic::{Diagnostic, Source};
use lossmask::template::{Input, Template};

use crate::data;

/// The error of a template without messages, at compile time or at run time.
fn failure(source: &str) -> Diagnostic {
    let special_tokens = data::special_tokens();
    let input = Input {
        messages: &[],
        tools: None,
        variables: &[],
        add_generation_prompt: false,
        special_tokens: &special_tokens,
        now: data::now(),
    };
    match Template::compile(source).and_then(|template| template.render(&input)) {
        Ok(rendered) => panic!("{source:.100} gives {} bytes", rendered.text.len()),
        Err(error) => error,
    }
}

#[test]
fn endless_work_is_cut_off() {
    let loops =
        "{% for a in range(90000) %}{% for b in range(90000) %}{% set x = a * b %}{% endfor %}{% endfor %}";
    assert_eq!(failure(loops).code, "template-too-long");
    let doubling =
        "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}";
    assert_eq!(failure(doubling).code, "template-too-long");
}

#[test]
fn gigabytes_are_refused() {
    for source in [
        "{{ 'x' * 10**10 }}",
        "{{ 'x' * 20000000 }}",
        "{% for a in range(90000) %}{% for b in range(90000) %}xxxxxxxxxxxxxxxxxxxx{{ b }}{% endfor %}{% endfor %}",
        "{{ 'x'.ljust(10**12) }}",
        "{{ ('x' * 100000).replace('x', 'y' * 100000) }}",
        "{{ [1] * 10**9 }}",
        "{{ ['x' * 1000] * 10**6 }}",
        "{{ ([1] * 10**7) | tojson }}",
        "{{ ('x' * 10000).join(range(100000) | map('string')) }}",
        "{{ range(100000) | list | tojson(indent=64) * 100 }}",
        "{{ (['x' * 1000] * 10**6) ~ '' }}",
        "{{ '%99999999999d' % 1 }}",
        "{{ '%9999999d' % 1 ~ '%9999999d' % 1 ~ '%9999999d' % 1 }}",
        "{{ ('a\n' * 10**6) | indent(10**6) }}",
    ] {
        let code = failure(source).code;
        assert!(["template-too-large", "template-too-long"].contains(&&*code), "{source} gives {code}");
    }
}

#[test]
fn a_range_past_the_sandbox_is_refused() {
    assert_eq!(failure("{% for i in range(10**9) %}x{% endfor %}").code, "template-error");
}

#[test]
fn deep_recursion_is_refused() {
    let source = "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}";
    assert_eq!(failure(source).code, "template-error");
    assert_eq!(
        failure(&format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000))).code,
        "template-syntax"
    );
    let nested = "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}";
    assert_eq!(failure(nested).code, "template-error");
}

#[test]
fn values_that_nest_without_end_are_refused_before_they_fill_the_stack() {
    let loops = "{% for i in range(99999) %}{% set ns.x = STEP %}{% endfor %}";
    for step in
        ["[ns.x]", "{'a': ns.x}", "(ns.x, 1)", "namespace(y=ns.x)", "dict(y=ns.x)", "ns.x | batch(2) | list"]
    {
        let source = format!("{{% set ns = namespace(x=[1]) %}}{}", loops.replace("STEP", step));
        let code = failure(&source).code;
        assert!(["template-error", "template-too-long"].contains(&&*code), "{step} gives {code}");
    }
    let unrolled = format!("{{% set x = [] %}}{}", "{% set x=[x] %}".repeat(50_000));
    assert_eq!(failure(&unrolled).code, "template-error");
}

#[test]
fn what_is_refused_is_refused_within_a_second() {
    let start = std::time::Instant::now();
    failure(&"{{ x ~ y }}".repeat(500_000));
    failure("{% for i in range(99999) %}{% set x = range(99999) | list %}{% endfor %}");
    failure("{{ (['x' * 1000] * 10**6) ~ '' }}");
    failure(&format!("{{{{ [{}] | nope }}}}", "'%s' % (1), ".repeat(60_000)));
    // Under a second where it is optimised; this is a build without, on a machine that may be busy.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn five_megabytes_of_template_are_refused() {
    assert_eq!(failure(&"x".repeat(5 << 20)).code, "template-too-large");
}

#[test]
fn leaving_a_scope_for_the_loop_around_it_is_refused() {
    for source in [
        "{% for x in [1] %}{% with %}{% continue %}{% endwith %}{% endfor %}",
        "{% for x in [1] %}{% generation %}{% if x %}{% break %}{% endif %}{% endgeneration %}{% endfor %}",
    ] {
        let error = failure(source);
        assert_eq!(error.code, "template-unsupported");
        let (_, place) = error.place.expect("a place");
        assert!(["continue", "break"].contains(&place.of(source).trim()), "{:?}", place.of(source));
    }
}

#[test]
fn an_error_points_at_its_place_in_the_template() {
    let source = "line one\n{% for m in messages %}x{% endfor %}\n{{ messages.nope.deeper }}";
    let error = failure(source);
    assert_eq!(error.code, "template-error");
    let (Source::Template, place) = error.place.expect("a place") else { panic!("not the template") };
    assert!("messages.nope.deeper".ends_with(place.of(source)), "{:?}", place.of(source));
    let raised = failure("a\n{{ raise_exception('No ' ~ 1.0 ~ ' way') }}");
    assert_eq!(raised.code, "template-raised");
    assert!(raised.message.en.ends_with("No 1.0 way"));
    assert_eq!(failure("{% set x = '%s' %}{{ x % 1 }}").code, "template-unsupported");
    assert_eq!(failure("a\n{% if %}").code, "template-syntax");
    assert_eq!(failure("{% generation %}x").code, "template-syntax");
}

#[test]
fn chains_without_end_are_refused_before_they_fill_the_stack() {
    let long = 50_000;
    for source in [
        format!("{{{{ a{} }}}}", ".b".repeat(long)),
        format!("{{{{ a{} }}}}", "[0]".repeat(long)),
        format!("{{{{ a{} }}}}", "()".repeat(long)),
        format!("{{{{ a{} }}}}", "(1,2)".repeat(long)),
        format!("{{{{ 1{} }}}}", "+1".repeat(long)),
        format!("{{{{ 1{} }}}}", "**1".repeat(long)),
        format!("{{{{ 1{} }}}}", "|trim".repeat(long)),
        format!("{{{{ 1{} }}}}", "|default(1,2)".repeat(long)),
        format!("{{{{ {}1 }}}}", "not ".repeat(long)),
        format!("{{{{ {}1 }}}}", "-".repeat(long)),
        format!("{{{{ 1{} }}}}", " if 1 else 2".repeat(long)),
        format!("{{{{ 1{} }}}}", " is odd".repeat(long)),
        format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(long)),
    ] {
        assert_eq!(failure(&source).code, "template-unsupported", "{source:.40}");
    }
    for source in
        ["{{ ".to_owned() + &"[".repeat(long), "{% if 1 %}".repeat(long), "{% for a in b %}".repeat(long)]
    {
        assert_eq!(failure(&source).code, "template-syntax", "{source:.40}");
    }
    failure(&("\n".repeat(200_000) + "{{ x.y.z }}"));
    failure(&(" x".repeat(200_000) + "{{ x.y.z }}"));
}
