provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  description = "Application data"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_external_key.app.arn
}
