//! `cargo xtask serve`, and the small static server that the tests use too. It listens on this machine only.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use crate::build::{self, Effort};
use crate::paths;
use crate::run::{Done, Result, warn};
use crate::static_files::{Target, cache_control, compressed, mime, normal_base, resolve};
use crate::tools::Tools;

/// Longer requests than this are not from a browser that loads our page.
const LONGEST_HEAD: u64 = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// The flags of `serve`.
#[derive(Debug, PartialEq, Eq)]
struct Flags {
    port: u16,
    base: String,
    open: bool,
    effort: Effort,
}

pub(crate) fn command(args: &[String]) -> Done {
    let flags = flags(args)?;
    // First the port, so that a port in use is known before minutes of building.
    let listener = listen(flags.port)?;
    build::site(&Tools::ensure()?, flags.effort)?;
    let site = Site { folder: paths::dist(), base: flags.base };
    let server = Server::start(listener, site)?;
    println!("lossmask is ready on {}", server.url);
    let _ = std::io::stdout().flush();
    if flags.open {
        open(&server.url);
    }
    server.thread.join().map_err(|_| "the server stopped".to_owned())
}

fn flags(args: &[String]) -> Result<Flags> {
    let mut flags = Flags { port: 8080, base: "/".into(), open: false, effort: Effort::Release };
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let (name, inline) =
            word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        let mut value =
            || inline.or_else(|| words.next().map(String::as_str)).ok_or(format!("`{name}` needs a value"));
        match name {
            "--port" => {
                let text = value()?;
                flags.port = text
                    .parse()
                    .map_err(|_| format!("`{text}` is not a port; give a number from 0 to 65535"))?;
            }
            "--base" => flags.base = normal_base(value()?),
            "--open" => flags.open = true,
            "--quick" => flags.effort = Effort::Quick,
            _ => return Err(format!("`serve` does not know `{word}`; see `cargo xtask help`")),
        }
    }
    Ok(flags)
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        format!("port {port} of 127.0.0.1 can't be used ({error}); choose another with --port N")
    })
}

/// A folder, and the path below which it is served.
struct Site {
    folder: PathBuf,
    base: String,
}

/// A server that answers in its own thread.
pub(crate) struct Server {
    /// Where the page is.
    pub(crate) url: String,
    thread: std::thread::JoinHandle<()>,
}

impl Server {
    /// Serves the built site below a path, on a port that is free, until the program ends.
    pub(crate) fn of_the_site(base: &str) -> Result<Self> {
        Self::start(listen(0)?, Site { folder: paths::dist(), base: normal_base(base) })
    }

    fn start(listener: TcpListener, site: Site) -> Result<Self> {
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let url = format!("http://127.0.0.1:{port}{}", site.base);
        if !site.folder.join("index.html").is_file() {
            return Err(format!("there is no page in {}", site.folder.display()));
        }
        let site = Arc::new(site);
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                std::thread::spawn(move || {
                    // A browser that goes away in the middle is nothing to report.
                    let _ = talk(connection, &site);
                });
            }
        });
        Ok(Self { url, thread })
    }
}

/// Answers the requests of one connection, one after the other.
fn talk(connection: TcpStream, site: &Site) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut writer = connection;
    while let Some(request) = read_request(&mut reader)? {
        let keep = request.keep_alive;
        answer(&request, site, &mut writer)?;
        if !keep {
            break;
        }
    }
    Ok(())
}

/// What the server reads of a request.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    method: String,
    path: String,
    known_tag: String,
    accepts: String,
    keep_alive: bool,
}

fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut head = reader.take(LONGEST_HEAD);
    let mut line = String::new();
    if head.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let mut request = Request { method: word(), path: word(), ..Request::default() };
    request.keep_alive = word() == "HTTP/1.1";
    loop {
        line.clear();
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "if-none-match" => value.trim().clone_into(&mut request.known_tag),
            "accept-encoding" => value.trim().clone_into(&mut request.accepts),
            "connection" => request.keep_alive &= !value.trim().eq_ignore_ascii_case("close"),
            // A body would be read as the next request.
            "content-length" | "transfer-encoding" => request.keep_alive = false,
            _ => {}
        }
    }
    Ok(Some(request))
}

fn answer(request: &Request, site: &Site, to: &mut impl Write) -> std::io::Result<()> {
    let plain = |status: &str, extra: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n{extra}\r\n")
    };
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return to.write_all(plain("405 Method Not Allowed", "Allow: GET, HEAD\r\n").as_bytes());
    }
    let file = match resolve(&site.base, &request.path) {
        Target::File(file) => file,
        Target::Moved(place) => {
            return to
                .write_all(plain("301 Moved Permanently", &format!("Location: {place}\r\n")).as_bytes());
        }
        Target::NotFound => return to.write_all(plain("404 Not Found", "").as_bytes()),
    };
    let path = site.folder.join(&file);
    let Some(tag) = tag(&path) else { return to.write_all(plain("404 Not Found", "").as_bytes()) };
    let headers = format!(
        "ETag: {tag}\r\nCache-Control: {}\r\nVary: Accept-Encoding\r\nX-Content-Type-Options: nosniff\r\n",
        cache_control(&file)
    );
    if request.known_tag == tag {
        return to.write_all(format!("HTTP/1.1 304 Not Modified\r\n{headers}\r\n").as_bytes());
    }
    let packed = compressed(&request.accepts).find_map(|(ending, coding)| {
        let body = std::fs::read(with_ending(&path, ending)).ok()?;
        Some((body, format!("Content-Encoding: {coding}\r\n")))
    });
    let found = packed.or_else(|| Some((std::fs::read(&path).ok()?, String::new())));
    let Some((body, coding)) = found else { return to.write_all(plain("404 Not Found", "").as_bytes()) };
    let (kind, length) = (mime(&file), body.len());
    write!(
        to,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{coding}{headers}\r\n"
    )?;
    if request.method == "GET" { to.write_all(&body) } else { Ok(()) }
}

/// A path with one more ending.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// A tag that changes when the file does; nothing for what is not a file.
fn tag(path: &Path) -> Option<String> {
    let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let time = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("\"{:x}-{:x}\"", about.len(), time.as_nanos()))
}

fn open(url: &str) {
    let (program, first): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    if let Err(error) = Command::new(program).args(first).arg(url).spawn() {
        warn(&format!("no browser was opened (`{program}`: {error})"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_flags_are_read_in_both_spellings() {
        let want = Flags { port: 9000, base: "/a/".into(), open: true, effort: Effort::Quick };
        assert_eq!(flags(&words("--port 9000 --base a --open --quick")).unwrap(), want);
        assert_eq!(flags(&words("--port=9000 --base=/a/ --open --quick")).unwrap(), want);
        assert!(flags(&words("--port")).unwrap_err().contains("needs a value"));
        assert!(flags(&words("--port 70000")).unwrap_err().contains("70000"));
        assert!(flags(&words("--prot 1")).unwrap_err().contains("--prot"));
    }

    #[test]
    fn a_request_is_read_with_the_headers_that_matter() {
        let text = "GET /a HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br\r\nIf-None-Match: \"1\"\r\nConnection: close\r\n\r\n";
        let request = read_request(&mut text.as_bytes()).unwrap().unwrap();
        let known_tag = "\"1\"".to_owned();
        assert_eq!(
            request,
            Request {
                method: "GET".into(),
                path: "/a".into(),
                known_tag,
                accepts: "br".into(),
                keep_alive: false
            }
        );
        assert_eq!(read_request(&mut &b""[..]).unwrap(), None);
        assert_eq!(read_request(&mut &b"GET / HTTP/1.1\r\nHost: cut"[..]).unwrap(), None);
    }

    fn ask(url: &str, request: &str) -> String {
        let address = url.trim_start_matches("http://").split('/').next().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("{request} HTTP/1.1\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn the_server_answers_below_its_path_and_nowhere_else() {
        let folder = std::env::temp_dir().join(format!("lossmask-serve-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), "<p>here").unwrap();
        let server =
            Server::start(listen(0).unwrap(), Site { folder: folder.clone(), base: "/sub/".into() }).unwrap();
        let page = ask(&server.url, "GET /sub/?lang=zh");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.ends_with("<p>here"), "{page}");
        assert!(ask(&server.url, "HEAD /sub/").ends_with("\r\n\r\n"));
        assert!(
            ask(&server.url, "GET /sub").contains("301")
                && ask(&server.url, "GET /sub").contains("Location: /sub/")
        );
        assert!(ask(&server.url, "GET /index.html").starts_with("HTTP/1.1 404"));
        assert!(ask(&server.url, "POST /sub/").starts_with("HTTP/1.1 405"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
