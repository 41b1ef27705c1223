provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "blue" {
  enable_key_rotation = true
}
