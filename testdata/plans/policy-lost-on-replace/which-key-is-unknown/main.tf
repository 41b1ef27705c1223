provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "terraform_data" "x" {
  triggers_replace = ["2"]
}

resource "aws_kms_key" "a" {
  enable_key_rotation = true
  multi_region        = true
}
resource "aws_kms_key" "b" {
  enable_key_rotation = true
}
resource "aws_kms_key_policy" "app" {
  key_id = terraform_data.x.id == "1" ? aws_kms_key.a.key_id : aws_kms_key.b.key_id
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
