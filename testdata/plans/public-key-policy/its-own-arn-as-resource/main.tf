provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

data "aws_iam_policy_document" "app" {
  statement {
    sid       = "Admin"
    actions   = ["kms:*"]
    resources = [aws_kms_key.app.arn]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
  statement {
    sid       = "Use"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = [aws_kms_key.app.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_kms_key_policy" "app" {
  key_id = aws_kms_key.app.key_id
  policy = data.aws_iam_policy_document.app.json
}
