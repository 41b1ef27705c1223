provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "period" {
  input = 90
}

resource "aws_kms_key" "off" {
  enable_key_rotation     = false
  rotation_period_in_days = terraform_data.period.output
}

resource "aws_kms_key" "short" {
  enable_key_rotation     = terraform_data.period.output > 0
  rotation_period_in_days = 180
}
