provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "terraform_data" "input" {
  input = "eu-west-1"
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

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ebs.eu-west-1.amazonaws.com", "s3.${terraform_data.input.output}.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.app.json
}
