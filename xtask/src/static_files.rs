//! Which file answers a request, and with which headers: the part of the server that touches no socket.

use std::path::{Component, Path, PathBuf};

/// What a request line gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// This file below the site's folder.
    File(PathBuf),
    /// The same place with a slash at the end, where relative links work.
    Moved(String),
    /// Nothing is there.
    NotFound,
}

/// Finds what a path of a request means, for a site that is served below `base` (`/` or `/some/path/`).
pub(crate) fn resolve(base: &str, request: &str) -> Target {
    let path = request.split(['?', '#']).next().unwrap_or_default();
    let Some(rest) = path.strip_prefix(base) else {
        let moved = base.strip_suffix('/').is_some_and(|bare| bare == path);
        return if moved { Target::Moved(base.to_owned()) } else { Target::NotFound };
    };
    let Some(decoded) = percent_decode(rest) else { return Target::NotFound };
    let mut relative = PathBuf::from(&decoded);
    if decoded.is_empty() || decoded.ends_with('/') {
        relative.push("index.html");
    }
    // Nothing above the folder, nothing absolute, no hidden file, and no other spelling of a separator.
    let safe = relative.components().all(|part| match part {
        Component::Normal(name) => name.to_str().is_some_and(|name| !name.starts_with('.')),
        _ => false,
    });
    if safe && !decoded.contains(['\\', '\0']) { Target::File(relative) } else { Target::NotFound }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = rest.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

/// The media type of a file.
pub(crate) fn mime(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "gz" => "application/gzip",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "jinja" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The name of a compressed file beside another, and what a response with it says, for what a browser accepts.
pub(crate) fn compressed(accepts: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let codings = [("br", "br"), ("gz", "gzip")];
    let accepts: Vec<String> = accepts
        .split(',')
        .filter(|coding| !coding.replace(' ', "").ends_with(";q=0"))
        .map(|coding| coding.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect();
    codings.into_iter().filter(move |(_, name)| accepts.iter().any(|accepted| accepted == name))
}

/// How long a browser may keep a file: for ever where its name changes with its content, else it asks each time.
pub(crate) fn cache_control(file: &Path) -> &'static str {
    let stem = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next());
    let hash =
        stem.map(|stem| stem.strip_suffix("_bg").unwrap_or(stem)).and_then(|stem| stem.rsplit('-').next());
    let hashed = hash
        .is_some_and(|hash| (12..=16).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit()));
    if hashed { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// A path such as `a/b`, `/a/b` or `/a/b/` as the server wants it: `/a/b/`.
pub(crate) fn normal_base(text: &str) -> String {
    let inner = text.trim_matches('/');
    if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Target {
        Target::File(path.into())
    }

    #[test]
    fn a_browser_gets_the_smallest_coding_that_it_accepts() {
        let names = |accepts: &str| compressed(accepts).map(|(ending, _)| ending).collect::<Vec<_>>();
        assert_eq!(names("gzip, deflate, br, zstd"), ["br", "gz"]);
        assert_eq!(names("GZIP;q=0.5, br;q=0"), ["gz"]);
        assert_eq!(names(""), Vec::<&str>::new());
    }

    #[test]
    fn a_folder_is_its_index_and_a_query_changes_nothing() {
        assert_eq!(resolve("/", "/"), file("index.html"));
        assert_eq!(resolve("/", "/?lang=zh"), file("index.html"));
        assert_eq!(resolve("/", "/a/b.js?x=1"), file("a/b.js"));
        assert_eq!(resolve("/", "/a/"), file("a/index.html"));
        assert_eq!(resolve("/", "/%E8%AF%97.txt"), file("诗.txt"));
    }

    #[test]
    fn a_site_below_a_path_is_nowhere_else() {
        assert_eq!(resolve("/a/b/", "/a/b/x.js"), file("x.js"));
        assert_eq!(resolve("/a/b/", "/a/b"), Target::Moved("/a/b/".into()));
        assert_eq!(resolve("/a/b/", "/"), Target::NotFound);
        assert_eq!(resolve("/a/b/", "/x.js"), Target::NotFound);
    }

    #[test]
    fn nothing_outside_the_site_and_nothing_hidden_is_served() {
        for bad in [
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "//etc/passwd",
            "/.git/config",
            "/a\\b",
            "/a%00",
            "/%ff",
            "/%4",
            "x",
        ] {
            assert_eq!(resolve("/", bad), Target::NotFound, "{bad}");
        }
    }

    #[test]
    fn each_kind_of_file_has_its_type() {
        assert_eq!(mime(Path::new("a_bg.wasm")), "application/wasm");
        assert_eq!(mime(Path::new("a.JS")), "text/javascript; charset=utf-8");
        assert_eq!(mime(Path::new("qwen.json.gz")), "application/gzip");
        assert_eq!(mime(Path::new("noextension")), "application/octet-stream");
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        for hashed in ["app-0123456789abcdef_bg.wasm", "app-0123456789abcdef.js", "page-0123456789abcdef.css"]
        {
            assert!(cache_control(Path::new(hashed)).contains("immutable"), "{hashed}");
        }
        for plain in ["index.html", "worker_loader.js", "qwen2_5.json.gz", "a-face.css"] {
            assert_eq!(cache_control(Path::new(plain)), "no-cache", "{plain}");
        }
    }

    #[test]
    fn a_base_path_may_be_written_with_or_without_slashes() {
        for text in ["a/b", "/a/b", "/a/b/"] {
            assert_eq!(normal_base(text), "/a/b/");
        }
        assert_eq!(normal_base("/"), "/");
        assert_eq!(normal_base(""), "/");
    }
}
