provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "a" {
  enable_key_rotation = true
}

resource "aws_kms_key" "b" {
  enable_key_rotation = true
}

resource "terraform_data" "choice" {
  input = "a"
}

resource "aws_kms_key_policy" "app" {
  key_id = terraform_data.choice.output == "a" ? aws_kms_key.a.key_id : aws_kms_key.b.key_id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
}
