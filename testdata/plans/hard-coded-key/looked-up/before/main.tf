provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}
