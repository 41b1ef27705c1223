provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "terraform_data" "key" {
  input = aws_kms_key.app.key_id
}

resource "aws_kms_key_policy" "app" {
  key_id = terraform_data.key.output

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
