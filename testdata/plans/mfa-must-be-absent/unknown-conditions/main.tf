provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "terraform_data" "input" {
  input = "aws:SecureTransport"
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
    effect    = "Allow"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["${local.account}:role/app"]
    }

    dynamic "condition" {
      for_each = split(",", terraform_data.input.output)
      content {
        test     = "StringEquals"
        variable = condition.value
        values   = ["true"]
      }
    }
  }
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.app.json
}
