provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "loses" {
  enable_key_rotation = true

  tags = {
    Owner = "payments"
  }
}

resource "aws_kms_key" "gets" {
  enable_key_rotation = true
}
