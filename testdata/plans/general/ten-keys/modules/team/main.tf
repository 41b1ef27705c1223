terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}

variable "team" {
  type = string
}

variable "keys" {
  type = set(string)
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  for_each = var.keys

  statement {
    sid       = "EnableIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "Use"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/${var.team}-${each.key}"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.eu-west-1.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:aws:logs:eu-west-1:${data.aws_caller_identity.current.account_id}:log-group:/${var.team}/${each.key}"]
    }
  }
}

resource "aws_kms_key" "this" {
  for_each = var.keys

  description             = "${each.key} of ${var.team}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  multi_region            = true
  policy                  = data.aws_iam_policy_document.key[each.key].json

  tags = {
    Team = var.team
    Name = each.key
  }
}

resource "aws_kms_replica_key" "this" {
  for_each = var.keys
  provider = aws.replica

  description             = "${each.key} of ${var.team}"
  primary_key_arn         = aws_kms_key.this[each.key].arn
  deletion_window_in_days = 30
  policy                  = replace(data.aws_iam_policy_document.key[each.key].json, "eu-west-1", "eu-central-1")

  tags = {
    Team = var.team
    Name = each.key
  }
}

resource "aws_kms_alias" "this" {
  for_each = var.keys

  name          = "alias/${var.team}/${each.key}"
  target_key_id = aws_kms_key.this[each.key].key_id
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = var.keys

  name              = "/${var.team}/${each.key}"
  kms_key_id        = aws_kms_key.this[each.key].arn
  retention_in_days = 30
}

resource "aws_sqs_queue" "this" {
  for_each = var.keys

  name              = "${var.team}-${each.key}"
  kms_master_key_id = aws_kms_key.this[each.key].arn
}

resource "aws_secretsmanager_secret" "this" {
  for_each = var.keys

  name       = "${var.team}/${each.key}"
  kms_key_id = aws_kms_key.this[each.key].arn
}
