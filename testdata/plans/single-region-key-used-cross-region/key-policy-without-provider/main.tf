provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "frankfurt" {
  provider            = aws.frankfurt
  description         = "orders"
  enable_key_rotation = true
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key_policy" "frankfurt" {
  key_id = aws_kms_key.frankfurt.key_id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
