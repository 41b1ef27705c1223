provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  region          = "eu-central-1"
  primary_key_arn = aws_kms_key.app.arn
}
