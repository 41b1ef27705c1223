provider "aws" {
  region = "eu-west-1"
}

locals {
  key = aws_kms_key.app.key_id
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_kms_key_policy" "base" {
  key_id = aws_kms_key.app.key_id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "kms:*", Resource = "*" }] })
}

resource "aws_kms_key_policy" "app" {
  key_id = local.key
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:role/x" }, Action = "kms:*", Resource = "*" }] })
}
