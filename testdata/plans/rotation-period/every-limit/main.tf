provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = toset(["90", "365", "366", "2560"])

  enable_key_rotation     = true
  rotation_period_in_days = tonumber(each.key)
}
