provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "aws_iam_user" "admin" {
  name = "admin"
}

data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["${local.account}:root"]
    }
  }
  statement {
    effect    = "Deny"
    actions   = ["kms:ScheduleKeyDeletion"]
    resources = ["*"]
    not_principals {
      type        = "AWS"
      identifiers = ["${local.account}:root"]
    }
    not_principals {
      type        = "AWS"
      identifiers = [aws_iam_user.admin.arn]
    }
  }
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.app.json
}
