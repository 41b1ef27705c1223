provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "never" {
  enable_key_rotation = true
}

resource "aws_kms_key" "taken_away" {
  enable_key_rotation = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = ["kms:Describe*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"]
      Resource  = "*"
    }]
  })
}
