provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

resource "terraform_data" "guard" {
  input = timestamp()
}

data "aws_iam_policy_document" "app" {
  override_policy_documents = [terraform_data.guard.output]

  statement {
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
