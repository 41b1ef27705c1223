provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  guard = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NoDeletion"
      Effect    = "Deny"
      Principal = "*"
      Action    = "kms:ScheduleKeyDeletion"
      Resource  = "*"
    }]
  })
}

data "aws_iam_policy_document" "app" {
  source_policy_documents = [local.guard]

  statement {
    sid       = "NoDeletion"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.app.json
}
