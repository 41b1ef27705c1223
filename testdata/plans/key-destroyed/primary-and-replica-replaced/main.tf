provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  customer_master_key_spec = "RSA_2048"
  multi_region             = true
}

resource "aws_kms_replica_key" "app" {
  region          = "eu-central-1"
  primary_key_arn = aws_kms_key.app.arn
}
