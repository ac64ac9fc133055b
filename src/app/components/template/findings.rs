//! What the checks found of a template, with the conversations that show it, and its training twin.

use yew::prelude::*;

use crate::app::components::diagnostics::finding;
use crate::app::components::icons::{Icon, icon};
use crate::app::components::memo::hooked;
use crate::app::components::shared::{Dispatch, Shared, clicked, copy, rich};
use crate::app::i18n::Lang;
use crate::app::state::Action;
use crate::diagnostic::Diagnostic;
use crate::engine::TemplateReport;
use crate::template::checks::TemplateFinding;
use crate::template::twin::Twin;

#[derive(Clone, PartialEq)]
pub(crate) struct Props {
    pub(crate) lang: Lang,
    pub(crate) inspection: Option<Shared<Result<TemplateReport, Diagnostic>>>,
    /// Whether it is of another template.
    pub(crate) stale: bool,
    pub(crate) dispatch: Dispatch,
}

/// Both.
pub(crate) fn findings(props: Props) -> Html {
    hooked(props, |props, context| use_findings(props).run(context))
}

#[hook]
fn use_findings(props: &Props) -> Html {
    let Props { lang, inspection, stale, dispatch } = props.clone();
    let Some(found) = inspection else {
        return html! { <p class="state-line">{ lang.pick("Trying the template on small conversations…", "正在用一组小对话试用模板……") }</p> };
    };
    let report = match found.as_ref() {
        Ok(report) => report,
        Err(why) => {
            return html! { <div class="top-error" role="alert">{ finding(lang, why, "", None) }</div> };
        }
    };
    html! {
        <div class={classes!("tpl-found", stale.then_some("stale"))}>
            <section aria-label={lang.pick("Checks", "检查")}>
                <div class="pane-h"><h2>{ lang.pick("Checks", "检查") }</h2>
                    <small>{ lang.count(report.findings.len(), "finding", "findings", "条") }</small></div>
                if report.findings.is_empty() {
                    <p class="quiet">{ lang.pick("Tried on small conversations: nothing that training would notice.", "已用一组小对话试用：没有发现会影响训练的问题。") }</p>
                }
                { for report.findings.iter().map(|found| check(lang, found, &dispatch)) }
                if !report.differences.is_empty() {
                    <h3>{ lang.pick("Where transformers may render otherwise", "与 transformers 渲染可能不同之处") }</h3>
                    <ul class="tpl-diff">{ for report.differences.iter().map(|note| html! { <li>{ rich(&lang.of(note)) }</li> }) }</ul>
                }
            </section>
            <section aria-label={lang.pick("Training twin", "训练用模板")}>
                <div class="pane-h"><h2>{ lang.pick("Training twin", "训练用模板") }</h2></div>
                { match &report.twin {
                    Ok(twin) => html! { { twin_card(TwinProps { lang, twin: twin.clone(), dispatch }) } },
                    Err(why) => html! { <div role="note">{ finding(lang, why, "", None) }</div> },
                } }
            </section>
        </div>
    }
}

/// A finding, with the conversation that shows it.
fn check(lang: Lang, found: &TemplateFinding, dispatch: &Dispatch) -> Html {
    let diagnostic = Diagnostic {
        code: found.code.clone(),
        severity: found.severity,
        message: found.message.clone(),
        hint: Some(found.hint.clone()),
        place: None,
        tokens: Vec::new(),
    };
    let shown = found.conversation.clone().map(|json| {
        let text: std::rc::Rc<str> = (&*json).into();
        let onclick = clicked(dispatch, move || Action::Try(text.clone()));
        html! {
            <details>
                <summary>{ lang.pick("The conversation that shows it", "能体现此问题的对话") }</summary>
                <pre class="tpl-json" tabindex="0">{ json.to_string() }</pre>
                <button class="txt-link" {onclick}>{ lang.pick("Render it above", "在上方渲染它") }</button>
            </details>
        }
    });
    let excerpt = found.excerpt.clone().map(|text| html! { <pre class="tpl-excerpt">{ text }</pre> });
    let more = html! { <>{ excerpt.unwrap_or_default() }{ shown.unwrap_or_default() }</> };
    finding(lang, &diagnostic, "", Some(more))
}

#[derive(Clone, PartialEq)]
struct TwinProps {
    lang: Lang,
    twin: Twin,
    dispatch: Dispatch,
}

/// The twin that was proved.
fn twin_card(props: TwinProps) -> Html {
    hooked(props, |props, context| use_twin_card(props).run(context))
}

#[hook]
fn use_twin_card(props: &TwinProps) -> Html {
    let TwinProps { lang, twin, dispatch } = props.clone();
    let done = use_state(|| None);
    let size = super::bytes(lang, twin.source.len());
    let onuse = {
        let text: std::rc::Rc<str> = twin.source.as_str().into();
        clicked(&dispatch, move || Action::UseTemplate(text.clone()))
    };
    let oncopy = {
        let (text, done) = (twin.source.clone(), done.setter());
        Callback::from(move |_: MouseEvent| copy(text.clone(), done.clone()))
    };
    let words = match lang {
        Lang::En => format!(
            "The same template with `{{% generation %}}` around what the assistant writes. Proved on {}: it renders the same text, with and without the generation prompt, and marks each reply with its stop token, and nothing else.",
            lang.count(twin.proved.len(), "conversation", "conversations", "")
        ),
        Lang::Zh => format!(
            "同一个模板，只在助手输出的内容前后加上了 `{{% generation %}}`。已在 {} 段对话上证明：无论是否加生成提示，渲染文本都完全相同；并且恰好标记了每条回复及其停止符。",
            twin.proved.len()
        ),
    };
    html! {
        <div class="tpl-twin">
            <p>{ rich(&words) }</p>
            if !twin.left_out.is_empty() {
                <p class="soft">{ lang.pick("Only the text is proved on those that the template refuses or leaves words out of: ", "模板拒绝或省略了文字的对话只证明了文本相同：") }{ twin.left_out.join(lang.pick(", ", "、")) }</p>
            }
            <p class="acts">
                <button class="btn line" onclick={onuse}>{ lang.pick("Use it", "使用它") }</button>
                <button class="btn line" onclick={oncopy}>{ icon(Icon::Copy) }{ lang.pick("Copy", "复制") }</button>
                <span role="status">{ match *done {
                    None => String::new(),
                    Some(true) => format!("{}{size}", lang.pick("Copied the training twin: ", "已复制训练用模板：")),
                    Some(false) => lang.pick("The browser refused: open the lines below and copy them", "浏览器不允许复制，请展开下方内容手动复制").to_owned(),
                } }</span>
            </p>
            <details><summary>{ lang.pick("Its source", "源码") }</summary><pre class="tpl-json" tabindex="0">{ &twin.source }</pre></details>
        </div>
    }
}
