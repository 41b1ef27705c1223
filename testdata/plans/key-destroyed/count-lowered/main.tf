provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  count = 2

  enable_key_rotation = true
}
