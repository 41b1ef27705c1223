provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "example"
  enable_key_rotation = true
}

resource "aws_kms_key_policy" "app" {
  key_id = aws_kms_key.app.id

  policy = jsonencode({
    Id = "example"
    Statement = [{
      Action    = "kms:*"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Resource  = "*"
      Sid       = "Enable IAM User Permissions"
    }]
    Version = "2012-10-17"
  })
}
