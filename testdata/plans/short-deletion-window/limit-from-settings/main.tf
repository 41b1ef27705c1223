provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = toset(["13", "14", "30"])

  enable_key_rotation     = true
  deletion_window_in_days = tonumber(each.key)
}
