provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "terraform_data" "later" {
  input = "StringLike"
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
    actions = ["kms:Decrypt"]
    condition {
      test     = terraform_data.later.output
      variable = "kms:ViaService"
      values   = ["s3.*.amazonaws.com"]
    }
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["${local.account}:role/app"]
    }
  }
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.app.json
}
