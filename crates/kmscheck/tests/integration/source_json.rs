//! The same project in Terraform's own syntax and in JSON.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{kmscheck, temporary};

const NATIVE: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "names" {
  type    = set(string)
  default = ["orders", "carts"]
}

variable "denied" {
  type    = list(string)
  default = ["kms:ScheduleKeyDeletion", "kms:DisableKey"]
}

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Owner = "payments" }
  }
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/deployer"
  }
}

locals {
  days    = { orders = 7, carts = 30 }
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Everybody"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
  dynamic "statement" {
    for_each = toset(var.denied)
    iterator = it
    content {
      effect    = "Deny"
      actions   = [it.value]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "StringNotEquals"
        variable = "aws:PrincipalArn"
        values   = ["${local.account}:role/admin"]
      }
    }
  }
}

resource "aws_kms_key" "each" {
  for_each                = var.names
  deletion_window_in_days = local.days[each.key]
  multi_region            = each.key == "orders"
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = { Name = each.key }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags, description]
  }
}

resource "aws_kms_key" "counted" {
  count               = 2
  description         = "number ${count.index}"
  enable_key_rotation = count.index == 1
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for action in ["kms:Decrypt", "kms:*"] : {
      Effect    = "Allow"
      Principal = { AWS = "${local.account}:root" }
      Action    = action
      Resource  = "*"
    }]
  })
}

module "replica" {
  source = "./replica"
  for_each = { a = aws_kms_key.each["orders"].arn }
  primary  = each.value
  providers = {
    aws       = aws
    aws.other = aws.frankfurt
  }
}

resource "aws_sqs_queue" "jobs" {
  provider          = aws.frankfurt
  name              = "jobs"
  kms_master_key_id = aws_kms_key.counted[0].arn
  depends_on        = [aws_kms_key.each]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = "logs"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    }
  }
}
"#;

const JSON: &str = r#"{
  "//": "as a program writes it",
  "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws" } } },
  "variable": {
    "names": { "type": "set(string)", "default": ["orders", "carts"] },
    "denied": [{ "type": "list(string)", "default": ["kms:ScheduleKeyDeletion", "kms:DisableKey"] }]
  },
  "provider": {
    "aws": [
      { "region": "eu-west-1", "default_tags": { "tags": { "Owner": "payments" } } },
      {
        "alias": "frankfurt",
        "region": "eu-central-1",
        "assume_role": [{ "role_arn": "arn:aws:iam::111122223333:role/deployer" }]
      }
    ]
  },
  "locals": {
    "days": { "orders": 7, "carts": 30 },
    "account": "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
  },
  "data": {
    "aws_caller_identity": { "current": {} },
    "aws_iam_policy_document": {
      "key": {
        "statement": [
          {
            "sid": "Everybody",
            "actions": ["kms:*"],
            "resources": ["*"],
            "principals": { "type": "AWS", "identifiers": ["*"] }
          }
        ],
        "dynamic": {
          "statement": {
            "for_each": "${toset(var.denied)}",
            "iterator": "it",
            "content": {
              "effect": "Deny",
              "actions": ["${it.value}"],
              "resources": ["*"],
              "principals": [{ "type": "AWS", "identifiers": ["*"] }],
              "condition": {
                "test": "StringNotEquals",
                "variable": "aws:PrincipalArn",
                "values": ["${local.account}:role/admin"]
              }
            }
          }
        }
      }
    }
  },
  "resource": [
    {
      "aws_kms_key": {
        "each": {
          "for_each": "${var.names}",
          "deletion_window_in_days": "${local.days[each.key]}",
          "multi_region": "${each.key == \"orders\"}",
          "policy": "${data.aws_iam_policy_document.key.json}",
          "tags": { "Name": "${each.key}" },
          "lifecycle": { "prevent_destroy": true, "ignore_changes": ["tags", "description"] }
        },
        "counted": {
          "count": 2,
          "description": "number ${count.index}",
          "enable_key_rotation": "${count.index == 1}",
          "policy": "${jsonencode({ Version = \"2012-10-17\", Statement = [for action in [\"kms:Decrypt\", \"kms:*\"] : { Effect = \"Allow\", Principal = { AWS = \"${local.account}:root\" }, Action = action, Resource = \"*\" }] })}"
        }
      }
    },
    {
      "aws_sqs_queue": {
        "jobs": {
          "provider": "aws.frankfurt",
          "name": "jobs",
          "kms_master_key_id": "${aws_kms_key.counted[0].arn}",
          "depends_on": ["aws_kms_key.each"]
        }
      },
      "aws_s3_bucket_server_side_encryption_configuration": {
        "logs": {
          "bucket": "logs",
          "rule": [
            {
              "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
              }
            }
          ]
        }
      }
    }
  ],
  "module": {
    "replica": {
      "source": "./replica",
      "for_each": { "a": "${aws_kms_key.each[\"orders\"].arn}" },
      "primary": "${each.value}",
      "providers": { "aws": "aws", "aws.other": "${aws.frankfurt}" }
    }
  }
}"#;

const REPLICA: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", configuration_aliases = [aws.other] }
  }
}
variable "primary" {
  type = string
}
resource "aws_kms_replica_key" "this" {
  provider        = aws.other
  primary_key_arn = var.primary
}
"#;

const REPLICA_JSON: &str = r#"{
  "variable": { "primary": { "type": "string" } },
  "resource": {
    "aws_kms_replica_key": { "this": { "provider": "aws.other", "primary_key_arn": "${var.primary}" } }
  }
}"#;

fn repository(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let directory = temporary(&format!("source_json/{name}/.git/HEAD"), "");
    for (file, text) in files {
        temporary(&format!("source_json/{name}/{file}"), text);
    }
    directory.parent().and_then(Path::parent).unwrap().to_owned()
}

/// What is said, without the places.
fn said(directory: &Path) -> BTreeSet<String> {
    let report =
        kmscheck(&["--format", "json", "--account", "444455556666", directory.to_str().unwrap()]).json();
    assert_eq!((&report["errors"], &report["notices"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    let mut lines = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        for instance in finding["instances"].as_array().unwrap() {
            let related: Vec<_> =
                finding["related"].as_array().unwrap().iter().map(|one| one["address"].to_string()).collect();
            let (check, address) = (&finding["check"], &instance["address"]);
            lines.insert(format!(
                "{check} {} {address} {} {} {related:?}",
                finding["severity"], finding["subject"], finding["message"]
            ));
        }
    }
    for verdict in report["undetermined"].as_array().unwrap() {
        lines.insert(format!("{} {} {}", verdict["check"], verdict["address"], verdict["because"]));
    }
    // A block that there is one of may be an object in JSON: the schema of the provider tells, and source has none.
    lines.into_iter().map(|line| line.replace("default[0].kms_master", "default.kms_master")).collect()
}

#[test]
fn source_in_json_says_what_source_says() {
    let native = repository("native", &[("main.tf", NATIVE), ("replica/main.tf", REPLICA)]);
    let json = repository("json", &[("main.tf.json", JSON), ("replica/main.tf.json", REPLICA_JSON)]);
    let (native, json) = (said(&native), said(&json));
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        one.difference(other).cloned().collect()
    };
    assert_eq!((only(&native, &json), only(&json, &native)), (vec![], vec![]));
    for expected in [
        "\"public-key-policy\" \"critical\"",
        "\"short-deletion-window\"",
        "\"missing-prevent-destroy\"",
        "\"rotation-disabled\"",
        "\"single-region-key-used-cross-region\"",
    ] {
        assert!(native.iter().any(|line| line.starts_with(expected)), "{expected}: {native:#?}");
    }
}

#[test]
fn both_syntaxes_may_be_mixed_and_override_each_other() {
    let key = "resource \"aws_kms_key\" \"app\" {\n  enable_key_rotation = var.rotates\n}\n";
    let variable = r#"{"variable": {"rotates": {"default": true}}}"#;
    let over = r#"{"resource": {"aws_kms_key": {"app": {"enable_key_rotation": false}}}}"#;
    let rotates = |files: &[(&str, &str)], name: &str| {
        !said(&repository(name, files)).iter().any(|line| line.starts_with("\"rotation-disabled\""))
    };
    assert!(rotates(&[("key.tf", key), ("variables.tf.json", variable)], "mixed"));
    let all = [("key.tf", key), ("variables.tf.json", variable), ("key_override.tf.json", over)];
    assert!(!rotates(&all, "overridden"));
}
