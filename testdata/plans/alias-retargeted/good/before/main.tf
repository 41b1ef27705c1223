provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "blue" {
  description         = "Application data, until now"
  enable_key_rotation = true
}

resource "aws_kms_key" "green" {
  description         = "Application data, from now on"
  enable_key_rotation = true
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.blue.key_id
}
