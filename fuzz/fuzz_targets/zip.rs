//! Any bytes are read as a zip archive without panic, and every file's data lies inside them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lossmask::bring::choose::choose;
use lossmask::bring::zip;

fuzz_target!(|file: &[u8]| {
    let length = file.len() as u64;
    let tail = &file[file.len().saturating_sub(zip::TAIL as usize)..];
    let Ok(directory) = zip::directory(tail, length) else { return };
    let bytes = &file[directory.start as usize..(directory.start + directory.len) as usize];
    let Ok(entries) = zip::entries(bytes, directory) else { return };
    for entry in &entries {
        let header = file.get(entry.header as usize..).unwrap_or_default();
        if let Ok(data) = entry.data(header, length) {
            assert!(data.start <= data.end && data.end <= length);
        }
    }
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    if let Ok(found) = choose(&paths) {
        assert!(found.parts.iter().all(|(_, place)| *place < paths.len()));
    }
});
