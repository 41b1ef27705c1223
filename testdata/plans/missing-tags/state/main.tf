provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true

  tags = {
    Owner = "payments"
  }
}

resource "aws_kms_key" "other" {
  enable_key_rotation = true
}
