provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "off" {
  enable_key_rotation = true
  is_enabled          = false
}

resource "aws_kms_key" "on" {
  enable_key_rotation = true
  is_enabled          = true
}

resource "aws_sqs_queue" "off" {
  name              = "off"
  kms_master_key_id = aws_kms_key.off.key_id
}
