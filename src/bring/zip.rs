//! The directory of a zip archive: what it holds and where. The parts that are read come from the end of the file, so an
//! archive of any length costs little, and nothing is unpacked but what is wanted.

use crate::bilingual::Bilingual;
use crate::diagnostic::{Diagnostic, Severity};

/// So many bytes at the end of an archive hold the record that says where its directory is.
pub const TAIL: u64 = 22 + 0xffff;
/// So many bytes stand before the name of a file where its data is.
pub const HEADER: u64 = 30;
/// A directory that is longer is not read.
const LONGEST_DIRECTORY: u64 = 16 << 20;

/// What an archive can be that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not end as a zip archive does.
    NotZip,
    /// A place in it lies outside it, or what is there is something else.
    Damaged,
    /// It is larger than the plain format can say, or its directory is too long.
    TooLarge,
    /// The wanted file needs a password.
    Encrypted,
    /// The wanted file is packed in another way than all programs know.
    Method,
    /// The wanted file unpacks to more than it says or than is read.
    Bomb,
}

impl Fault {
    /// The fault in words.
    pub fn explain(self) -> Diagnostic {
        let (en, zh, hint_en, hint_zh) = match self {
            Self::NotZip => (
                "this is not a whole zip archive",
                "这不是完整的 zip 压缩包",
                "unpack it and drop the folder",
                "请解压后拖入整个文件夹",
            ),
            Self::Damaged => (
                "the zip archive is damaged",
                "zip 压缩包已损坏",
                "download or pack it again",
                "请重新下载或重新打包",
            ),
            Self::TooLarge => (
                "the zip archive is too large",
                "zip 压缩包太大",
                "pack only the tokenizer’s files, without the weights",
                "请只打包分词器的文件，不要包含模型权重",
            ),
            Self::Encrypted => (
                "the files in the zip archive need a password",
                "zip 压缩包设有密码",
                "unpack it and drop the folder",
                "请解压后拖入整个文件夹",
            ),
            Self::Method => (
                "the files in the zip archive are packed in a way that browsers can’t unpack",
                "浏览器无法解开这个 zip 压缩包的压缩方式",
                "pack them with the usual method (deflate), or drop the folder",
                "请用默认方式（deflate）重新打包，或直接拖入文件夹",
            ),
            Self::Bomb => (
                "a file in the zip archive unpacks to more than a tokenizer has",
                "zip 压缩包中的文件解压后过大，不像是分词器",
                "drop the unpacked files instead",
                "请改为拖入解压后的文件",
            ),
        };
        Diagnostic::new(Severity::Error, "zip-not-read", Bilingual::fixed(en, zh))
            .hint(Bilingual::fixed(hint_en, hint_zh))
    }
}

/// Where the directory of an archive is, in bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Its first byte.
    pub start: u64,
    /// Its length.
    pub len: u64,
    /// So many bytes stand before the archive begins.
    before: u64,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, with `/` between folders.
    pub path: String,
    /// Whether it is packed (deflate), or stored as it is; or why it can't be read.
    pub deflated: Result<bool, Fault>,
    /// How many bytes it has in the archive.
    pub packed: u64,
    /// How many bytes it says to have.
    pub size: u64,
    /// Its checksum.
    pub crc: u32,
    /// The byte of the file at which its header begins.
    pub header: u64,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Finds the directory; `tail` are the last bytes (up to [`TAIL`]) of a file of `length` bytes.
pub fn directory(tail: &[u8], length: u64) -> Result<Directory, Fault> {
    let starts = (0..=tail.len().saturating_sub(22)).rev();
    let is_end = |at: &usize| {
        tail.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06"))
            && u16_at(tail, at + 20).is_some_and(|comment| at + 22 + usize::from(comment) == tail.len())
    };
    let at = starts.into_iter().find(is_end).ok_or(Fault::NotZip)?;
    let read = || Some((u16_at(tail, at + 10)?, u32_at(tail, at + 12)?, u32_at(tail, at + 16)?));
    let (count, len, offset) = read().ok_or(Fault::NotZip)?;
    if count == u16::MAX || len == u32::MAX || offset == u32::MAX || u64::from(len) > LONGEST_DIRECTORY {
        return Err(Fault::TooLarge);
    }
    let end = length.checked_sub((tail.len() - at) as u64).ok_or(Fault::NotZip)?;
    let start = end.checked_sub(u64::from(len)).ok_or(Fault::Damaged)?;
    let before = start.checked_sub(u64::from(offset)).ok_or(Fault::Damaged)?;
    Ok(Directory { start, len: u64::from(len), before })
}

/// The files of an archive, read from the bytes of its directory.
pub fn entries(bytes: &[u8], directory: Directory) -> Result<Vec<Entry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (entry, next) = entry(bytes, at, directory).ok_or(Fault::Damaged)?;
        if !entry.path.ends_with('/') {
            found.push(entry);
        }
        at = next;
    }
    Ok(found)
}

/// The entry at a place of the directory, and the place of the next one.
fn entry(bytes: &[u8], at: usize, directory: Directory) -> Option<(Entry, usize)> {
    if !bytes.get(at..)?.starts_with(b"PK\x01\x02") {
        return None;
    }
    let flags = u16_at(bytes, at + 8)?;
    let [packed, size, header] = [20, 24, 42].map(|field| u32_at(bytes, at + field));
    let (packed, size, header) = (packed?, size?, header?);
    let deflated = match u16_at(bytes, at + 10)? {
        _ if flags & 1 != 0 => Err(Fault::Encrypted),
        _ if [packed, size, header].contains(&u32::MAX) => Err(Fault::TooLarge),
        0 if packed != size => Err(Fault::Damaged),
        0 => Ok(false),
        8 => Ok(true),
        _ => Err(Fault::Method),
    };
    let [name, extra, comment] = [28, 30, 32].map(|field| u16_at(bytes, at + field).map(usize::from));
    let name_end = at + 46 + name?;
    let path = String::from_utf8_lossy(bytes.get(at + 46..name_end)?).replace('\\', "/");
    let entry = Entry {
        path,
        deflated,
        packed: u64::from(packed),
        size: u64::from(size),
        crc: u32_at(bytes, at + 16)?,
        header: directory.before + u64::from(header),
    };
    let next = name_end + extra? + comment?;
    (next <= bytes.len()).then_some((entry, next))
}

impl Entry {
    /// Where its bytes are in the file, given the [`HEADER`] bytes at [`Entry::header`].
    pub fn data(&self, header: &[u8], length: u64) -> Result<std::ops::Range<u64>, Fault> {
        let read = || {
            let named = header.starts_with(b"PK\x03\x04");
            Some(u64::from(u16_at(header, 26)?) + u64::from(u16_at(header, 28)?)).filter(|_| named)
        };
        let start = self.header + HEADER + read().ok_or(Fault::Damaged)?;
        let end = start + self.packed;
        if end <= length { Ok(start..end) } else { Err(Fault::Damaged) }
    }

    /// Whether these are the bytes that were packed.
    pub fn is_whole(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.size && crc32(bytes) == self.crc
    }
}

/// The checksum that zip has, with a table of half a byte.
pub fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = table();
    let step = |crc: u32, low: u32| (crc >> 4) ^ TABLE[((crc ^ low) & 15) as usize];
    !bytes.iter().fold(u32::MAX, |crc, byte| step(step(crc, u32::from(*byte)), u32::from(*byte >> 4)))
}

const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let mut value = i as u32;
        let mut bit = 0;
        while bit < 4 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[i] = value;
        i += 1;
    }
    table
}
