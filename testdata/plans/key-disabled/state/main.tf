provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "used" {
  is_enabled = false
}

resource "aws_kms_key" "spare" {
  is_enabled = false
}

resource "aws_kms_key" "on" {
  enable_key_rotation = true
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.used.arn
}
