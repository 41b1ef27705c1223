provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  multi_region = true
}

resource "aws_kms_replica_external_key" "app" {
  primary_key_arn = aws_kms_external_key.app.arn
}
