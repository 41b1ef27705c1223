use kmscheck_graph::Node;
use kmscheck_value::{AttributePath, Kind, Knowledge, Truth, Value};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A CloudTrail trail that leaves out the management events of AWS KMS, by `exclude_management_event_sources` or by
    /// an advanced event selector.
    ///
    /// # Why it matters
    ///
    /// To AWS CloudTrail every use of a key is a management event: who decrypted what, who made a grant, who scheduled a
    /// deletion. They are many, so people switch them off to save money, and with them goes the only record of who used
    /// a key.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_cloudtrail" "main" {
    ///   name           = "main"
    ///   s3_bucket_name = "example-trail"
    ///
    ///   event_selector {
    ///     include_management_events        = true
    ///     exclude_management_event_sources = ["kms.amazonaws.com"]
    ///   }
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_cloudtrail" "main" {
    ///   name           = "main"
    ///   s3_bucket_name = "example-trail"
    ///
    ///   event_selector {
    ///     include_management_events = true
    ///   }
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A trail that records no management events at all: it is there for something else. A trail with another selector
    /// that records them all.
    ///
    /// # References
    ///
    /// - [Logging AWS KMS API calls](https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html)
    /// - [Logging management events](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html)
    id: "kms-events-excluded",
    summary: "A trail leaves out the events of AWS KMS",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

const KMS: &str = "kms.amazonaws.com";

pub(crate) struct KmsEventsExcluded;

/// What a selector does with the management events of AWS KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Selection {
    /// It takes management events, but not those of AWS KMS.
    excludes: Truth,
    /// It takes all management events.
    takes_all: Truth,
}

impl Check for KmsEventsExcluded {
    type Subject<'g> = Node<'g>;
    type Fact = AttributePath;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<Node<'g>> {
        cx.graph.managed("aws_cloudtrail").iter().copied().filter(|trail| trail.remains()).collect()
    }

    fn bearer<'g>(&self, _: Context<'g>, trail: &Node<'g>) -> Node<'g> {
        *trail
    }

    fn detect<'g>(&self, _: Context<'g>, trail: &Node<'g>) -> Detection<AttributePath> {
        let mut selections = blocks(*trail, "event_selector", selection).ok()?;
        selections.extend(blocks(*trail, "advanced_event_selector", advanced_selection).ok()?);
        let fault = selections.iter().find(|(_, selection)| selection.excludes.is_yes());
        let excluded = Truth::any(selections.iter().map(|(_, selection)| selection.excludes));
        let recorded = Truth::any(selections.iter().map(|(_, selection)| selection.takes_all));
        match (excluded.and(recorded.negate()), fault) {
            (Truth::No, _) => Ok(None),
            (Truth::Yes, Some((path, _))) => Ok(Some(path.clone())),
            _ => Err(trail.unknown_until_apply("event_selector")),
        }
    }

    fn report<'g>(&self, _: Context<'g>, trail: &Node<'g>, selector: AttributePath) -> Finding {
        let message = "This trail leaves out the events of AWS KMS: there is no record of who used a key, made a \
                       grant, or scheduled a deletion.";
        let help = format!("Take `{KMS}` out of the sources that the selector excludes.");
        Finding::new(&METADATA, *trail, message, help).subject(selector)
    }
}

/// What the blocks of a type select, each with its path.
fn blocks(
    trail: Node<'_>,
    name: &str,
    judge: impl Fn(&Value) -> Selection,
) -> Knowledge<Vec<(AttributePath, Selection)>> {
    match trail.attribute(name) {
        // The provider fills in neither type of block: what is unknown as a whole comes from a `dynamic` block.
        Some(value) if value.unknown().is_some() || value.kind == Kind::Unset => {
            Knowledge::Undetermined(trail.unknown_until_apply(name))
        }
        Some(value) => {
            let path = |position| AttributePath::root().key(name).index(position);
            let blocks = value.items().iter().enumerate();
            Knowledge::Known(blocks.map(|(position, block)| (path(position), judge(block))).collect())
        }
        None => Knowledge::Known(Vec::new()),
    }
}

/// Source: CloudTrail API reference, `EventSelector`: management events are included by default, of all types.
fn selection(block: &Value) -> Selection {
    let management = truth(block.get("include_management_events"), true);
    let leaves_out = lists(block.get("exclude_management_event_sources"), |source| source == KMS);
    let all_types = match block.get("read_write_type") {
        None => Truth::Yes,
        Some(value) if value.is_absent() => Truth::Yes,
        Some(value) => value.as_str().map_or(Truth::Unknown, |kind| Truth::from(kind == "All")),
    };
    Selection {
        excludes: management.and(leaves_out),
        takes_all: Truth::all([management, all_types, leaves_out.negate()]),
    }
}

/// Source: CloudTrail API reference, `AdvancedFieldSelector`.
fn advanced_selection(block: &Value) -> Selection {
    let Some(fields) = block.get("field_selector").filter(|fields| fields.unknown().is_none()) else {
        return Selection { excludes: Truth::Unknown, takes_all: Truth::Unknown };
    };
    let fields = fields.items();
    let management = Truth::any(fields.iter().map(|field| {
        is_field(field, "eventCategory").and(lists(field.get("equals"), |text| text == "Management"))
    }));
    let leaves_out =
        Truth::any(fields.iter().map(|field| is_field(field, "eventSource").and(leaves_kms_out(field))));
    let filters = Truth::any(fields.iter().map(|field| is_field(field, "eventCategory").negate()));
    Selection { excludes: management.and(leaves_out), takes_all: management.and(filters.negate()) }
}

fn is_field(field: &Value, name: &str) -> Truth {
    let field = field.get("field").and_then(Value::as_str);
    field.map_or(Truth::Unknown, |field| Truth::from(field == name))
}

fn leaves_kms_out(field: &Value) -> Truth {
    Truth::any([
        lists(field.get("not_equals"), |text| text == KMS),
        lists(field.get("not_starts_with"), |text| KMS.starts_with(text)),
        lists(field.get("not_ends_with"), |text| KMS.ends_with(text)),
    ])
}

/// Whether any element of a list satisfies `holds`.
fn lists(value: Option<&Value>, holds: impl Fn(&str) -> bool) -> Truth {
    match value {
        None => Truth::No,
        Some(value) if value.unknown().is_some() => Truth::Unknown,
        Some(value) => {
            let element =
                |item: &Value| item.as_str().map_or(Truth::Unknown, |text| Truth::from(holds(text)));
            Truth::any(value.items().iter().map(element))
        }
    }
}

fn truth(value: Option<&Value>, default: bool) -> Truth {
    match value {
        None => Truth::from(default),
        Some(value) if value.is_absent() => Truth::from(default),
        Some(value) => value.as_bool().map_or(Truth::Unknown, Truth::from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, delete, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&KmsEventsExcluded);
    }

    const VIOLATED: [&str; 1] = ["violated medium aws_cloudtrail.t"];
    const UNDETERMINED: [&str; 1] = ["undetermined aws_cloudtrail.t"];

    fn judge(trail: serde_json::Value) -> Vec<String> {
        verdicts(&KmsEventsExcluded, vec![create("aws_cloudtrail.t", trail)])
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn basic(selectors: serde_json::Value) -> Vec<String> {
        judge(json!({"event_selector": selectors}))
    }

    fn advanced(fields: &[serde_json::Value]) -> serde_json::Value {
        let category = json!({"field": "eventCategory", "equals": ["Management"]});
        let fields: Vec<_> = [category].iter().chain(fields).cloned().collect();
        json!({"field_selector": fields})
    }

    #[test]
    fn a_selector_that_takes_management_events_without_those_of_kms_is_reported() {
        let sources = json!(["rdsdata.amazonaws.com", "kms.amazonaws.com"]);
        assert_eq!(basic(json!([{"exclude_management_event_sources": sources}])), VIOLATED);
        let selector = |management: serde_json::Value| json!([{"include_management_events": management, "exclude_management_event_sources": sources}]);
        assert_eq!(basic(selector(json!(true))), VIOLATED);
        assert_eq!(basic(selector(json!(null))), VIOLATED, "the default");
        assert!(basic(selector(json!(false))).is_empty());
        assert!(basic(json!([{"exclude_management_event_sources": ["rdsdata.amazonaws.com"]}])).is_empty());
        let writes = json!({"read_write_type": "WriteOnly", "exclude_management_event_sources": ["rdsdata.amazonaws.com"]});
        assert!(basic(json!([writes])).is_empty());
        assert!(basic(json!([])).is_empty());
        assert!(judge(json!({})).is_empty());
    }

    #[test]
    fn another_selector_that_takes_everything_makes_up_for_it() {
        let excluding = json!({"exclude_management_event_sources": ["kms.amazonaws.com"]});
        assert!(basic(json!([excluding, {"read_write_type": "All"}])).is_empty());
        assert!(basic(json!([excluding, {}])).is_empty());
        assert!(basic(json!([excluding, {"read_write_type": null}])).is_empty());
        assert_eq!(basic(json!([excluding, {"read_write_type": "WriteOnly"}])), VIOLATED);
        assert_eq!(basic(json!([excluding, {"include_management_events": false}])), VIOLATED);
    }

    #[test]
    fn an_advanced_selector_may_leave_them_out_too() {
        let trail = |selectors: serde_json::Value| judge(json!({"advanced_event_selector": selectors}));
        for operator in [
            json!({"field": "eventSource", "not_equals": ["kms.amazonaws.com"]}),
            json!({"field": "eventSource", "not_starts_with": ["kms."]}),
            json!({"field": "eventSource", "not_ends_with": ["ms.amazonaws.com"]}),
        ] {
            assert_eq!(trail(json!([advanced(&[operator])])), VIOLATED);
        }
        let other = json!({"field": "eventSource", "not_equals": ["rdsdata.amazonaws.com"]});
        assert!(trail(json!([advanced(&[other])])).is_empty());
        let kms = json!({"field": "eventSource", "not_equals": ["kms.amazonaws.com"]});
        let data = json!({"field_selector": [{"field": "eventCategory", "equals": ["Data"]}, kms]});
        assert!(trail(json!([data])).is_empty());
        assert!(trail(json!([advanced(std::slice::from_ref(&kms)), advanced(&[])])).is_empty());
        let writes = json!({"field": "readOnly", "equals": ["false"]});
        assert_eq!(trail(json!([advanced(&[kms]), advanced(&[writes])])), VIOLATED);
        let resource = json!({"field": "eventName", "not_equals": ["kms.amazonaws.com"]});
        assert!(trail(json!([advanced(&[resource])])).is_empty());
    }

    #[test]
    fn unknown_selectors_are_undetermined_and_a_trail_that_goes_is_left_alone() {
        let gone = json!({"event_selector": [{"exclude_management_event_sources": ["kms.amazonaws.com"]}]});
        assert_eq!(basic(json!({"$ref": "terraform_data.x.output"})), UNDETERMINED);
        assert_eq!(basic(json!({"$computed": true})), UNDETERMINED, "a dynamic block");
        let within = json!([{"name": "all", "field_selector": {"$computed": true}}]);
        assert_eq!(judge(json!({"advanced_event_selector": within})), UNDETERMINED, "one in a block");
        assert!(verdicts(&KmsEventsExcluded, vec![delete("aws_cloudtrail.t", gone)]).is_empty());
    }
}
