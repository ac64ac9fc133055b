//! Numbers as the bytes of a `Uint8Array`, little-endian: `#[serde(with = "packed")]`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number of fixed size.
pub(super) trait Number: Copy {
    /// Its bytes, as many as its size.
    fn put(self, into: &mut Vec<u8>);
    /// All the numbers in these bytes; `None` where they don't end with a whole number.
    fn all(bytes: &[u8]) -> Option<Vec<Self>>;
}

macro_rules! number {
    ($($type:ty),+) => {$(
        impl Number for $type {
            fn put(self, into: &mut Vec<u8>) {
                into.extend_from_slice(&self.to_le_bytes());
            }
            fn all(bytes: &[u8]) -> Option<Vec<Self>> {
                let (whole, rest) = bytes.as_chunks::<{ size_of::<$type>() }>();
                rest.is_empty().then(|| whole.iter().map(|chunk| Self::from_le_bytes(*chunk)).collect())
            }
        }
    )+};
}
number!(u8, u32, i64, f32);

pub(super) fn serialize<T: Number, S: Serializer>(numbers: &[T], to: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(size_of_val(numbers));
    for number in numbers {
        number.put(&mut bytes);
    }
    serde_bytes::Bytes::new(&bytes).serialize(to)
}

pub(super) fn deserialize<'de, T: Number, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let bytes = serde_bytes::ByteBuf::deserialize(from)?;
    T::all(&bytes).ok_or_else(|| D::Error::custom("an array that ends inside a number"))
}
