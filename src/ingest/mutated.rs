//! Documents with faults in them, for tests of what reads documents.

use proptest::sample::Index;

/// An edit: where, of which kind, and by which byte or scrap.
pub(super) type Edit = (Index, u8, u8);

/// A document after these edits: bytes changed, cut off, taken out, and scraps put in. Never empty.
pub(super) fn mutated(mut bytes: Vec<u8>, edits: &[Edit], scraps: &[&[u8]]) -> Vec<u8> {
    for (place, kind, byte) in edits {
        let at = place.index(bytes.len());
        match kind {
            0 => bytes[at] = *byte,
            1 => bytes.truncate(at.max(1)),
            2 => drop(bytes.drain(at..bytes.len().min(at + usize::from(*byte)))),
            _ => drop(bytes.splice(at..at, scraps[usize::from(*byte) % scraps.len()].iter().copied())),
        }
        if bytes.is_empty() {
            bytes.push(b'<');
        }
    }
    bytes
}
