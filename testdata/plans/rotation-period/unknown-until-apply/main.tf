provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "period" {
  input = 90
}

resource "aws_kms_key" "period" {
  enable_key_rotation     = true
  rotation_period_in_days = terraform_data.period.output
}

resource "aws_kms_key" "rotation" {
  enable_key_rotation     = terraform_data.period.output > 0
  rotation_period_in_days = 730
}
