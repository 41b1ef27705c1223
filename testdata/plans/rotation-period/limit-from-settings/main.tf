provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "left_out" {
  enable_key_rotation = true
}

resource "aws_kms_key" "more" {
  enable_key_rotation     = true
  rotation_period_in_days = 181
}

resource "aws_kms_key" "enough" {
  enable_key_rotation     = true
  rotation_period_in_days = 180
}
