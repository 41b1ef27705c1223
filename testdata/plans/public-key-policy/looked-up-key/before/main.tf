provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.app.key_id
}
