provider "aws" {
  region = "eu-west-1"
}

variable "key" {
  default = "1234abcd-12ab-34cd-56ef-1234567890ab"
}

resource "aws_kms_key_policy" "app" {
  key_id = var.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::123456789012:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
}
