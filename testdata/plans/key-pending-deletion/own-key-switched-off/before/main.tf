provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  is_enabled          = false
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.app.arn
}
