provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  guard = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DeletionWindow"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:ListBucket"
      Resource  = "*"
      Condition = { NumericLessThan = { "s3:max-keys" = 30 } }
    }]
  })
}

data "aws_iam_policy_document" "app" {
  source_policy_documents = [local.guard]
}

resource "aws_s3_bucket_policy" "app" {
  bucket = "app"
  policy = data.aws_iam_policy_document.app.json
}
