//! What the source of a plan tells of what the plan does not know.

use kmscheck_value::{Kind, Map, Value};

use crate::{Project, Region, Resource};

impl Project {
    /// The same project, where what is unknown is as `source` has it, which was evaluated with all that this one knows.
    #[must_use]
    pub fn filled_from(mut self, source: &Self) -> Self {
        for resource in self.resources_mut() {
            let evaluated = source.find(&resource.address).and_then(|id| source.resource(id));
            if let Some(evaluated) = evaluated {
                fill(resource, evaluated);
            }
        }
        self
    }
}

fn fill(resource: &mut Resource, evaluated: &Resource) {
    if let (Region::Unknown(_), Region::Known(..)) =
        (&resource.deployment.region, &evaluated.deployment.region)
    {
        resource.deployment.region = evaluated.deployment.region.clone();
    }
    let Some(after) =
        resource.after.as_mut().filter(|after| after.iter().any(|(_, value)| is_unknown(value)))
    else {
        return;
    };
    let filled: Map = std::mem::take(after)
        .into_iter()
        .map(|(name, value)| {
            let known = evaluated.after(&name).filter(|_| is_unknown(&value));
            let filled = known.map_or_else(|| value.clone(), |known| as_hidden_as(&value, known));
            (name, filled)
        })
        .collect();
    *after = filled;
}

/// Whether a value is unknown as a whole, by what it is made from.
fn is_unknown(value: &Value) -> bool {
    matches!(value.kind, Kind::Unknown(_))
}

/// What is known, to be shown no more than what it stands for.
fn as_hidden_as(unknown: &Value, known: &Value) -> Value {
    match &known.kind {
        // The source does not say more than that it is made from something.
        Kind::Unknown(made) if made.lost.is_some() => unknown.clone(),
        Kind::Null | Kind::Unset => unknown.clone(),
        _ if unknown.is_sensitive() => known.clone().into_sensitive(),
        _ => known.clone(),
    }
}
