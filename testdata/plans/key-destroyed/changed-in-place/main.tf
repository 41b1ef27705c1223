provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description             = "after"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  is_enabled              = false

  tags = {
    Owner = "payments"
  }
}
