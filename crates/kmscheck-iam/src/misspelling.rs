//! What a name of AWS KMS that does not exist was meant to be.

use crate::{Action, ActionSet, ConditionKey};

const PREFIX: &str = "kms:";
/// Names that go on with a name of somebody's choice after a colon.
const CONTEXT: &str = "EncryptionContext";
/// No more than this many are worth naming.
const MOST: usize = 3;

/// The actions, or patterns of actions, that are spelled nearly as `pattern`, which stands for none.
pub fn similar_actions(pattern: &str) -> Vec<String> {
    let name = without_prefix(pattern);
    let (written, wildcard) = name.strip_suffix('*').map_or((name, false), |stem| (stem, true));
    let mut nearest = Nearest::to(written);
    for action in Action::all() {
        let name = without_prefix(action.name);
        let capitals = name.char_indices().skip(1).filter(|(_, letter)| letter.is_ascii_uppercase());
        for stem in capitals.filter_map(|(end, _)| name.get(..end)) {
            nearest.offer(stem, usize::from(!wildcard), || any_of(stem));
        }
        nearest.offer(name, 0, || if wildcard { any_of(name) } else { action.name.to_owned() });
    }
    nearest.names()
}

/// The actions that begin so, or the only one that does.
fn any_of(stem: &str) -> String {
    let pattern = format!("{PREFIX}{stem}*");
    let mut actions = ActionSet::matching(&pattern).iter();
    match (actions.next(), actions.next()) {
        (Some(only), None) => only.name.to_owned(),
        _ => pattern,
    }
}

/// The condition keys that are spelled nearly as `name`, which is none.
pub fn similar_condition_keys(name: &str) -> Vec<String> {
    let written = without_prefix(name);
    let mut nearest = Nearest::to(written);
    for key in ConditionKey::names() {
        nearest.offer(without_prefix(key), 0, || key.to_owned());
    }
    let (head, chosen) = written.split_once(':').unwrap_or((written, ""));
    if let Some(distance) = Nearest::to(head).distance(CONTEXT) {
        let chosen = if chosen.is_empty() { "KEY" } else { chosen };
        nearest.add(distance, format!("{PREFIX}{CONTEXT}:{chosen}"));
    }
    nearest.names()
}

fn without_prefix(name: &str) -> &str {
    match name.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => name,
    }
}

/// The names that are nearest to one that was written.
struct Nearest {
    written: Vec<u8>,
    /// Slips of the pen that are taken for some: one in four letters, and no more than three. Nobody gets the first letter
    /// wrong: `SetKeyPolicy` is no misspelled `GetKeyPolicy`.
    most: usize,
    found: Vec<(usize, String)>,
}

impl Nearest {
    fn to(written: &str) -> Self {
        let written = written.to_ascii_lowercase().into_bytes();
        Self { most: (written.len() / 4).min(3), written, found: Vec::new() }
    }

    /// The distance of a name that is near.
    fn distance(&self, name: &str) -> Option<usize> {
        let name = name.to_ascii_lowercase().into_bytes();
        let may_be_near =
            name.first() == self.written.first() && name.len().abs_diff(self.written.len()) <= self.most;
        let distance = may_be_near.then(|| distance(&self.written, &name))?;
        (distance <= self.most).then_some(distance)
    }

    /// Takes a name if it is near, with what more has to be changed.
    fn offer(&mut self, name: &str, more: usize, meant: impl FnOnce() -> String) {
        if let Some(distance) = self.distance(name) {
            self.add(distance + more, meant());
        }
    }

    fn add(&mut self, distance: usize, meant: String) {
        if distance <= self.most {
            self.found.push((distance, meant));
        }
    }

    /// Those of the least distance.
    fn names(mut self) -> Vec<String> {
        self.found.sort();
        self.found.dedup();
        let least = self.found.first().map(|(distance, _)| *distance);
        self.found.retain(|(distance, _)| Some(*distance) == least);
        self.found.into_iter().map(|(_, name)| name).take(MOST).collect()
    }
}

/// How many letters must be inserted, left out, replaced, or exchanged with their neighbour, to get from `a` to `b`: the
/// distance of Damerau and Levenshtein, where nothing is changed twice.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or_default();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut second_above = Vec::new();
    let mut previous_x = None;
    for (line, x) in a.iter().enumerate() {
        let mut row = vec![line + 1];
        let mut previous_y = None;
        for (column, y) in b.iter().enumerate() {
            let replaced = cell(&above, column) + usize::from(x != y);
            let left_out = cell(&above, column + 1) + 1;
            let inserted = cell(&row, column) + 1;
            let is_exchange = previous_x == Some(y) && previous_y == Some(x);
            let exchanged = column.checked_sub(1).filter(|_| is_exchange);
            let exchanged = exchanged.map_or(replaced, |column| cell(&second_above, column) + 1);
            row.push(replaced.min(left_out).min(inserted).min(exchanged));
            previous_y = Some(y);
        }
        second_above = std::mem::replace(&mut above, row);
        previous_x = Some(x);
    }
    cell(&above, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        let of = |a: &str, b: &str| distance(a.as_bytes(), b.as_bytes());
        assert_eq!(of("decrypt", "decrypt"), 0);
        assert_eq!(of("decript", "decrypt"), 1);
        assert_eq!(of("decryptt", "decrypt"), 1);
        assert_eq!(of("decypt", "decrypt"), 1);
        assert_eq!(of("ca", "abc"), 3);
        assert_eq!(of("sing", "sign"), 1);
        assert_eq!(of("isgn", "sign"), 1);
        assert_eq!(of("", "sign"), 4);
        assert_eq!(of("sign", ""), 4);
        assert_eq!(of("kitten", "sitting"), 3);
    }

    #[test]
    fn actions_are_known_by_a_few_letters() {
        assert_eq!(similar_actions("kms:Decript"), ["kms:Decrypt"]);
        assert_eq!(similar_actions("KMS:DESCRIBEKEYS"), ["kms:DescribeKey"]);
        assert_eq!(similar_actions("kms:Sing"), ["kms:Sign"]);
        assert_eq!(similar_actions("kms:GetKeyPolicies"), ["kms:GetKeyPolicy"]);
        assert_eq!(similar_actions("kms:ListKey"), ["kms:ListKey*", "kms:ListKeys"]);
    }

    #[test]
    fn the_beginning_of_actions_wants_a_wildcard() {
        assert_eq!(similar_actions("kms:ReEncrypt"), ["kms:ReEncrypt*"]);
        assert_eq!(similar_actions("kms:ReEncript"), ["kms:ReEncrypt*"]);
        assert_eq!(similar_actions("kms:ImportKey"), ["kms:ImportKeyMaterial"]);
        assert_eq!(similar_actions("kms:GenerateDatKey*"), ["kms:GenerateDataKey*"]);
        assert_eq!(similar_actions("kms:Lits*"), ["kms:List*"]);
        assert_eq!(similar_actions("kms:Decript*"), ["kms:Decrypt"]);
    }

    #[test]
    fn what_is_not_near_is_not_guessed() {
        for name in
            ["kms:SetKeyPolicy", "kms:DeleteKey", "kms:Get", "kms:Ge*", "kms:", "kms:*x*", "kms:ListTags", ""]
        {
            assert_eq!(similar_actions(name), [""; 0], "{name}");
        }
        assert_eq!(similar_actions("kms:DecriptX"), ["kms:Decrypt"]);
        assert_eq!(similar_actions("kms:DecriptXY"), [""; 0]);
        assert_eq!(similar_actions("kms:GenerateRandomKey"), ["kms:GenerateRandom"]);
        assert_eq!(similar_actions("kms:GenerateRandomKeys"), [""; 0]);
    }

    #[test]
    fn condition_keys_are_known_by_a_few_letters() {
        assert_eq!(similar_condition_keys("kms:ViaServise"), ["kms:ViaService"]);
        assert_eq!(similar_condition_keys("KMS:calleracount"), ["kms:CallerAccount"]);
        assert_eq!(
            similar_condition_keys("kms:RecipientAttestation:PRC3"),
            ["kms:RecipientAttestation:PCR3"]
        );
        assert_eq!(similar_condition_keys("kms:RecipientAttestation:PCR").len(), MOST);
        assert_eq!(similar_condition_keys("kms:SourceArn"), [""; 0]);
    }

    #[test]
    fn the_encryption_context_keeps_what_was_chosen() {
        assert_eq!(similar_condition_keys("kms:EncryptionContext"), ["kms:EncryptionContext:KEY"]);
        assert_eq!(similar_condition_keys("kms:EncrytionContext:App"), ["kms:EncryptionContext:App"]);
        assert_eq!(similar_condition_keys("kms:EncryptionContextKey"), ["kms:EncryptionContextKeys"]);
    }
}
