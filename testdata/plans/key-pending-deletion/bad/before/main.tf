provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "shared" {
  description         = "Shared by several teams"
  enable_key_rotation = true
  is_enabled          = false
}

resource "aws_kms_alias" "shared" {
  name          = "alias/shared"
  target_key_id = aws_kms_key.shared.key_id
}
