provider "aws" {
  region = "eu-west-1"
}

moved {
  from = aws_kms_key.app
  to   = aws_kms_key.orders
}

resource "aws_kms_key" "orders" {
  enable_key_rotation = true
}
