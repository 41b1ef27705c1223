provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "orders and carts"
  enable_key_rotation = true
}
