provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Deny"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/reports" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
  multi_region        = true
  policy              = local.policy
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  description     = "Application data"
  primary_key_arn = aws_kms_key.app.arn
}
