//! Whether a JSON file is a plan or a state, from its beginning.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much of a file is looked at. Terraform writes `format_version` first.
const HEAD: u64 = 4096;

/// Keys that a plan or state begins with. `terraform providers schema -json` has a version as well.
const KEYS: [&str; 3] = ["\"format_version\"", "\"planned_values\"", "\"resource_changes\""];

/// Looks at the beginning of a file.
pub(crate) fn is_plan_or_state(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(looks_right(&head))
}

fn looks_right(head: &[u8]) -> bool {
    // In UTF-16 every other byte of these keys is zero.
    let bytes: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches(['\u{feff}', '\u{fffd}', ' ', '\t', '\r', '\n']);
    text.starts_with('{')
        && KEYS.iter().any(|key| text.contains(key))
        && !text.contains("\"provider_schemas\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_and_states_are_told_from_other_json() {
        assert!(looks_right(b"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\""));
        assert!(looks_right(b"\xef\xbb\xbf {\n  \"planned_values\": {}"));
        let utf16: Vec<u8> =
            "\u{feff}{\"format_version\":".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(looks_right(&utf16));
        for other in [
            "",
            "{}",
            "[{\"format_version\"",
            "{\"version\":4,\"terraform_version\":\"1.11.4\"",
            "{\"name\":1",
        ] {
            assert!(!looks_right(other.as_bytes()), "{other}");
        }
    }
}
