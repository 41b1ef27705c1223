provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["kms:*"]
    resources = [aws_kms_key.app.arn]
    principals {
      type        = "AWS"
      identifiers = ["${local.account}:root"]
    }
  }
}

resource "aws_kms_key_policy" "app" {
  key_id = aws_kms_key.app.key_id
  policy = data.aws_iam_policy_document.app.json
}
