provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

variable "own" {
  type    = bool
  default = false
}

variable "policy" {
  type    = string
  default = null
}

data "aws_iam_policy_document" "primary" {
  statement {
    sid       = "Default"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
  }
}

data "aws_iam_policy_document" "replica" {
  source_policy_documents = [data.aws_iam_policy_document.primary.json]

  statement {
    sid       = "Reports"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:user/reports"]
    }
  }
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = true
  policy              = var.own ? data.aws_iam_policy_document.primary.json : var.policy
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
  policy          = coalesce(var.policy, data.aws_iam_policy_document.replica.json)
}
