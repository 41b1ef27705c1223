provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "grows" {
  enable_key_rotation     = true
  rotation_period_in_days = 400
}

resource "aws_kms_key" "always" {
  enable_key_rotation     = true
  rotation_period_in_days = 730
}

resource "aws_kms_key" "shrinks" {
  enable_key_rotation     = true
  rotation_period_in_days = 365
}
