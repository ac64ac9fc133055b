//! The three ways in which a vocabulary spells bytes: the byte-level alphabet, `<0xNN>`, and `▁` for a space.

/// The character that stands for a space in a vocabulary of the `SentencePiece` family.
pub(super) const METASPACE: char = '▁';

/// The character of the byte-level alphabet that stands for a space.
pub(super) const BYTE_LEVEL_SPACE: char = 'Ġ';

/// Whether the byte-level alphabet writes the byte as the character of the same number.
const fn is_itself(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

/// For each byte, its character in the byte-level alphabet: printable bytes are themselves, the others follow from
/// U+0100 in ascending order.
const fn alphabet() -> [char; 256] {
    let mut table = ['\0'; 256];
    let mut next: u8 = 0;
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if is_itself(byte as u8) {
            byte as u8 as char
        } else {
            // U+0100..=U+0143 are characters, so the fallback is never taken
            match char::from_u32(0x100 + next as u32) {
                Some(c) => {
                    next += 1;
                    c
                }
                None => '\0',
            }
        };
        byte += 1;
    }
    table
}

/// The byte-level alphabet.
pub(super) const ALPHABET: [char; 256] = alphabet();

/// The byte that a character of the byte-level alphabet stands for.
pub(super) fn byte_of(c: char) -> Option<u8> {
    let code = u32::from(c);
    if code < 256 {
        let byte = code as u8;
        return is_itself(byte).then_some(byte);
    }
    // the 68 bytes that are not themselves, in order: 0..=0x20, 0x7F..=0xA0, 0xAD
    match code - 256 {
        n @ 0..=32 => Some(n as u8),
        n @ 33..=66 => Some((n - 33 + 0x7F) as u8),
        67 => Some(0xAD),
        _ => None,
    }
}

/// Appends the bytes that a token of a byte-level vocabulary stands for; `false` where it is not spelt in the
/// alphabet.
pub(super) fn push_byte_level(token: &str, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    for c in token.chars() {
        let Some(byte) = byte_of(c) else {
            out.truncate(start);
            return false;
        };
        out.push(byte);
    }
    true
}

/// The byte that `<0xNN>` stands for.
pub(super) fn fallback_byte(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    let upper = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
    (digits.len() == 2 && digits.bytes().all(upper)).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_character_and_comes_back() {
        for byte in 0..=255_u8 {
            assert_eq!(byte_of(ALPHABET[byte as usize]), Some(byte));
        }
        assert_eq!(ALPHABET[b' ' as usize], BYTE_LEVEL_SPACE);
        assert_eq!(byte_of('中'), None);
        assert_eq!(byte_of(' '), None);
        assert_eq!(byte_of('\u{144}'), None);
    }

    #[test]
    fn only_two_capital_hex_digits_are_a_fallback_byte() {
        assert_eq!(fallback_byte("<0xE5>"), Some(0xE5));
        for other in ["<0xe5>", "<0xE>", "<0xE55>", "0xE5", "<0x+5>", "<0xE5"] {
            assert_eq!(fallback_byte(other), None, "{other}");
        }
    }
}
