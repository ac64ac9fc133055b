//! What the hub is asked for, and what its refusals mean.

use super::{CONFIG, NAMES, SPECIAL_TOKENS, TEMPLATE, TOKENIZER};
use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// The places that have the hub's files: the origin that is asked, and what people call it. The policy of `index.html`
/// names the same.
pub const HOSTS: [(&str, &str); 2] =
    [("https://huggingface.co", "huggingface.co"), ("https://hf-mirror.com", "hf-mirror.com")];

/// The files that are asked for, the one that must be there first.
pub const FILES: [&str; 4] = [TOKENIZER, CONFIG, SPECIAL_TOKENS, TEMPLATE];
const _: () = assert!(FILES.len() == NAMES.len());

/// A part of a model id is no longer than this on the hub.
const LONGEST: usize = 96;

/// What is wrong with a model id; nothing where it is one. Names of the hub are letters, digits, `-`, `_` and `.`, in two
/// parts.
pub fn model_problem(model: &str) -> Option<Bilingual> {
    let part = |part: &str| {
        (1..=LONGEST).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !part.starts_with(['-', '.'])
            && !part.ends_with(['-', '.'])
            && !part.contains("--")
            && !part.contains("..")
    };
    if model.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name)) {
        return None;
    }
    Some(if model.contains("://") {
        Bilingual::fixed("write only `org/name`, without the address", "只需填写 `org/name`，不要带网址")
    } else {
        Bilingual::fixed(
            "a model id looks like `org/name`: two parts of letters, digits, `-`, `_` and `.`",
            "模型名形如 `org/name`：两部分，由字母、数字、`-`、`_`、`.` 组成",
        )
    })
}

/// What is wrong with a revision; nothing where it can be a branch, a tag or a commit.
pub fn revision_problem(revision: &str) -> Option<Bilingual> {
    let good = (1..=LONGEST).contains(&revision.len())
        && revision.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        && revision.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
    (!good).then(|| {
        Bilingual::fixed(
            "a revision is a branch, a tag or a commit, such as `main`",
            "版本是分支、标签或提交号，例如 `main`",
        )
    })
}

/// The address of a file; model and revision are good.
pub fn address(origin: &str, model: &str, revision: &str, file: &str) -> String {
    [origin, "/", model, "/resolve/", &revision.replace('/', "%2F"), "/", file].concat()
}

/// Why a file did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The host answered with this status.
    Status(u16),
    /// Nothing came for too long.
    Silent,
    /// The browser says that there is no network.
    Offline,
    /// The browser could not, or was not allowed to, reach the host.
    Unreachable,
    /// More came than a tokenizer has.
    TooLarge,
    /// The access token has characters that none has.
    Token,
}

/// A failure in words, with what to do about it.
pub fn explain(failure: Failure, host: &str, with_token: bool) -> Diagnostic {
    let (en, zh) = match failure {
        Failure::Status(401 | 403) if with_token => (
            "the access token does not open this model; ask for access on its page, or check the token",
            "该访问令牌无权读取此模型；请先在模型页面申请权限，或检查令牌",
        ),
        Failure::Status(401 | 403) => (
            "the model is gated, private, or not there; check its id, or give an access token",
            "模型需要授权、为私有，或不存在；请检查模型名，或填写访问令牌",
        ),
        Failure::Status(404) => (
            "there is no `tokenizer.json` there; check id and revision. A model with only `tokenizer.model` has to be converted: `AutoTokenizer.from_pretrained(…).save_pretrained(…)`",
            "那里没有 `tokenizer.json`；请检查模型名和版本。若只有 `tokenizer.model`，需先转换：`AutoTokenizer.from_pretrained(…).save_pretrained(…)`",
        ),
        Failure::Status(429) => ("too many requests; wait a few minutes", "请求过于频繁，请过几分钟再试"),
        Failure::Status(_) => (
            "the host has trouble; try again later, or the other source",
            "对方服务异常；请稍后再试，或换一个来源",
        ),
        Failure::Silent => (
            "nothing came for 30 seconds; try again, or the other source",
            "30 秒没有收到数据；请重试，或换一个来源",
        ),
        Failure::Offline => ("there is no network", "当前没有网络连接"),
        Failure::Unreachable => (
            "the browser could not reach it: no network, blocked by the network or an extension, or refused by the host for pages; try the other source",
            "浏览器无法访问：可能没有网络、被网络或扩展拦截，或对方不允许网页读取；可换一个来源",
        ),
        Failure::Token => (
            "nothing was requested: an access token has only letters, digits and signs",
            "没有发出请求：访问令牌只包含字母、数字和符号",
        ),
        Failure::TooLarge => {
            ("the files are larger than 128 MB, which no tokenizer is", "文件超过 128 MB，不像是分词器")
        }
    };
    let status = match failure {
        Failure::Status(status) => [" (", &status.to_string(), ")"].concat(),
        _ => String::new(),
    };
    let message = Bilingual::new([host, &status, ": ", en].concat(), [host, &status, "：", zh].concat());
    Diagnostic::new(Severity::Error, "hub-not-fetched", message).hint(Bilingual::fixed(
        "or download the files in another way and drop them here",
        "也可以用其他方式下载文件，然后拖到这里",
    ))
}
