provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  customer_master_key_spec = "RSA_4096"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.app.arn
}

resource "aws_sqs_queue" "mails" {
  name              = "mails"
  kms_master_key_id = aws_kms_key.app.key_id
}
