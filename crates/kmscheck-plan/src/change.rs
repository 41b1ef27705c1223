//! What happens to a resource instance.

use kmscheck_model::{Action, Change};
use kmscheck_value::{AttributePath, Step};

use crate::document::{ChangeDetail, PathStep, ResourceChange};

/// The change, in the words of the model.
pub(crate) fn describe(change: &ResourceChange<'_>, detail: &ChangeDetail<'_>) -> Change {
    let mut replace_paths: Vec<_> =
        detail.replace_paths.iter().flatten().map(|path| attribute_path(path)).collect();
    replace_paths.sort_unstable();
    Change {
        action: action(detail),
        reason: change.action_reason.as_deref().map(Into::into),
        replace_paths,
        importing: detail.importing.is_some(),
        deposed: change.deposed.is_some(),
    }
}

fn action(detail: &ChangeDetail<'_>) -> Action {
    let actions: Vec<&str> = detail.actions.iter().map(|action| &**action).collect();
    match actions.as_slice() {
        ["create"] | ["create" | "forget", "forget" | "create"] => Action::Create,
        ["read"] => Action::Read,
        ["update"] => Action::Update,
        ["delete", "create"] | ["create", "delete"] => Action::Replace,
        ["delete"] => Action::Delete,
        ["forget"] => Action::Forget,
        _ => Action::NoOp,
    }
}

fn attribute_path(steps: &[PathStep<'_>]) -> AttributePath {
    let step = |step: &PathStep<'_>| match step {
        PathStep::Key(name) => Some(Step::Key((**name).into())),
        PathStep::Index(index) => usize::try_from(*index).ok().map(Step::Index),
        PathStep::Other(_) => None,
    };
    steps.iter().map_while(step).collect()
}
