provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "aws_kms_key" "a" {
  enable_key_rotation = true
}
resource "aws_kms_key" "b" {
  enable_key_rotation = true
}
resource "aws_kms_key_policy" "a" {
  key_id = aws_kms_key.a.key_id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
}
resource "aws_kms_key_policy" "b" {
  key_id = aws_kms_key.b.key_id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { AWS = "${local.account}:role/app" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}
